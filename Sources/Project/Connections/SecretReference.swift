import Diagnostics

/// What `secret('…')` names.
public enum SecretReference: Sendable, Hashable, CustomStringConvertible {
  /// A file, relative to the project or absolute.
  case file(String)
  /// A command of the shell whose first line of output is the secret.
  case command(String)

  /// Reads what stands in the parentheses.
  public init(_ text: String) throws(Diagnostic) {
    if text.hasPrefix("file:"), text.count > 5 {
      self = .file(String(text.dropFirst(5)))
    } else if text.hasPrefix("command:"), text.count > 8 {
      self = .command(String(text.dropFirst(8)))
    } else {
      throw Diagnostic(
        .badValue, "secret('\(text)') names neither a file nor a command",
        hint: "write secret('file:secrets/password.txt') or secret('command:pass show shop')")
    }
  }

  /// As it is written.
  public var description: String {
    switch self {
    case .file(let path): "file:\(path)"
    case .command(let command): "command:\(command)"
    }
  }
}

/// A secret, and what is doubtful about how it is kept.
public struct SecretValue: Sendable {
  /// The secret itself.
  public var text: String
  /// A warning, such as of a file that everybody can read.
  public var warning: Diagnostic?

  /// Makes a value.
  public init(_ text: String, warning: Diagnostic? = nil) {
    self.text = text
    self.warning = warning
  }
}

/// Where secrets are had from. May block: asked on a thread of its own.
public protocol SecretSource: Sendable {
  /// The secret that is named. `root` is where relative paths start. Gives up with a `CancellationError` soon after
  /// `isCancelled` says so. Throws a `Diagnostic` that never holds a secret.
  func value(
    of reference: SecretReference, root: String, isCancelled: @Sendable () -> Bool
  ) throws -> SecretValue
}
