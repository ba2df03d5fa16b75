import Diagnostics
import EngineCore

/// Reads a table of a profile and collects what is wrong with it.
struct ProfileReader {
  /// Where the table stands in the profile, for messages.
  let place: String
  private let settings: [String: ConnectionProfile.Setting]
  private let span: SourceSpan?
  private let places: [String: SourceSpan]
  /// What is wrong so far.
  private(set) var problems: [Diagnostic] = []

  /// Reads `settings`, which stand at `span`, and each of which may stand at one of `places`; every key that is not
  /// known is a problem, with the nearest known one as a hint.
  init(
    _ settings: [String: ConnectionProfile.Setting], place: String, at span: SourceSpan?,
    places: [String: SourceSpan] = [:], known: Set<String>?
  ) {
    self.place = place
    self.settings = settings
    self.span = span
    self.places = places
    guard let known else { return }
    for key in settings.keys.sorted() where !known.contains(key) {
      complain(
        "\(place) has an unknown key \(key)", key: key,
        hint: Spelling.nearest(to: key, among: known.sorted()).map { "did you mean \($0)?" }
          ?? "the keys are \(known.sorted().joined(separator: ", "))")
    }
  }

  /// Records a problem, of a key or of the whole.
  mutating func complain(_ message: String, key: String? = nil, hint: String? = nil) {
    problems.append(
      Diagnostic(.profileSetting, message, at: key.flatMap { places[$0] } ?? span, hint: hint))
  }

  /// Takes over another reader's problems.
  mutating func adopt(_ other: ProfileReader) { problems += other.problems }

  /// The keys that are there, in order.
  var keys: [String] { settings.keys.sorted() }

  subscript(key: String) -> ConnectionProfile.Setting? { settings[key] }

  /// A text or number; a problem if it is anything else.
  mutating func text(_ key: String) -> String? {
    guard let setting = settings[key] else { return nil }
    if let text = setting.scalarText { return text }
    complain("\(place): \(key) is not a text", key: key)
    return nil
  }

  /// True or false; a problem if it is anything else.
  mutating func flag(_ key: String) -> Bool {
    switch settings[key] {
    case nil: return false
    case .boolean(let value): return value
    case .text(let text) where ["true", "false"].contains(text.lowercased()):
      return text.lowercased() == "true"
    default:
      complain("\(place): \(key) is neither true nor false", key: key)
      return false
    }
  }

  /// A table of settings; a problem if it is anything else.
  mutating func table(_ key: String) -> [String: ConnectionProfile.Setting] {
    switch settings[key] {
    case nil: return [:]
    case .table(let table): return table
    default:
      complain("\(place): \(key) is not a map of names to values", key: key)
      return [:]
    }
  }

  /// A list; a problem if it is anything else.
  mutating func list(_ key: String) -> [ConnectionProfile.Setting] {
    switch settings[key] {
    case nil: return []
    case .list(let list): return list
    default:
      complain("\(place): \(key) is not a list", key: key)
      return []
    }
  }

  /// Each table of a list, with a reader of its own; an entry that is no table is a problem.
  mutating func tables(_ key: String, known: Set<String>?) -> [ProfileReader] {
    var readers: [ProfileReader] = []
    for (index, entry) in list(key).enumerated() {
      let place = "\(key)[\(index + 1)]"
      guard case .table(let table) = entry else {
        complain("\(self.place): \(place) is not a map of names to values", key: key)
        continue
      }
      readers.append(
        ProfileReader(table, place: "\(self.place): \(place)", at: places[key] ?? span, known: known))
    }
    return readers
  }
}

extension ConnectionProfile.Setting {
  /// A plain value as text; nil for lists and tables.
  var scalarText: String? {
    switch self {
    case .text(let text): text
    case .integer(let number): String(number)
    case .number(let number): String(number)
    case .boolean(let flag): flag ? "true" : "false"
    case .list, .table: nil
    }
  }

  /// The value as DuckDB's SQL has it.
  var literal: String {
    switch self {
    case .text(let text): DuckDBDialect().literal(text)
    case .integer, .number, .boolean: scalarText ?? ""
    case .list(let items): "[\(items.map(\.literal).joined(separator: ", "))]"
    case .table(let table):
      "MAP {"
        + table.sorted { $0.key < $1.key }.map { "\(DuckDBDialect().literal($0.key)): \($0.value.literal)" }
        .joined(separator: ", ") + "}"
    }
  }

  /// Every text in the value, for hiding.
  var texts: [String] {
    switch self {
    case .list(let items): items.flatMap(\.texts)
    case .table(let table): table.values.flatMap(\.texts)
    default: scalarText.map { [$0] } ?? []
    }
  }
}
