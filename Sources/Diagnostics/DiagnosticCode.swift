/// A stable code such as `WEIR-E0101`: it never changes its meaning, so that people and programs can rely on it.
///
/// The codes of each area stand in `Codes/`, and `docs/errors` has a line for each.
public struct DiagnosticCode: Sendable, Hashable, CustomStringConvertible {
  /// The code as shown.
  public let rawValue: String
  /// What it stands for, in a few words.
  public let title: String

  /// Declares a code. Only the files in `Codes/` do.
  init(_ rawValue: String, _ title: String) {
    self.rawValue = rawValue
    self.title = title
  }

  /// The code as shown.
  public var description: String { rawValue }

  /// Codes are equal if they are shown alike.
  public static func == (left: DiagnosticCode, right: DiagnosticCode) -> Bool {
    left.rawValue == right.rawValue
  }

  /// Hashes what equality compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

  /// Every code there is, in order.
  public static let all: [DiagnosticCode] =
    project + jinja + graph + engine + checks + run + state + commandLine + artifacts + loads + connectors
}

extension DiagnosticCode: Codable {
  /// Reads the value from its text.
  public init(from decoder: any Decoder) throws {
    let raw = try decoder.singleValueContainer().decode(String.self)
    self = DiagnosticCode.all.first { $0.rawValue == raw } ?? DiagnosticCode(raw, "")
  }

  /// Writes the value as plain data.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
