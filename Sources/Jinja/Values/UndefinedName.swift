/// What an undefined value stands for, and so what using it says.
public final class UndefinedName: Sendable {
  /// The name, attribute or key that was not found.
  public let name: String
  /// Tells the message from the name; most undefined values are never used, so it is made on demand.
  private let reason: Reason

  enum Reason: Sendable {
    case name
    case attribute(of: String)
    case element(of: String)
    case explained(String)
  }

  /// The undefined value of an unknown variable.
  public init(_ name: String) {
    self.name = name
    reason = .name
  }

  /// An undefined value whose use fails with `message`.
  public init(_ name: String, message: String) {
    self.name = name
    reason = .explained(message)
  }

  init(_ name: String, _ reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// What a use of the value fails with, in Jinja's words.
  public var message: String {
    switch reason {
    case .name: "\(Repr.quoted(name)) is undefined"
    case .attribute(let type):
      "\(Repr.quoted(UndefinedName.owner(type))) has no attribute \(Repr.quoted(name))"
    case .element(let type): "\(UndefinedName.owner(type)) has no element \(name)"
    case .explained(let message): message
    }
  }

  private static func owner(_ type: String) -> String { type == "NoneType" ? "None" : type + " object" }
}
