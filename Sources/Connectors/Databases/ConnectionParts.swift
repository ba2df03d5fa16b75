import Jinja
import Project

/// A server's address and credentials, as the engine's extensions take them: as a secret of the session, so that no
/// message of theirs shows a password.
struct ConnectionParts {
  private let settings: DataValue
  private let alias: String

  init(_ settings: DataValue, alias: String) {
    self.settings = settings
    self.alias = alias
  }

  /// The URL, where a load names one in place of a connection.
  var url: String? { settings["url"]?.stringValue }

  /// Whether there is anything to say in a secret.
  var hasServer: Bool { url == nil }

  /// `CREATE SECRET` of the settings that are there; nil for a URL.
  func secret(type: String) -> String? {
    guard hasServer else { return nil }
    var parts = ["TYPE \(type)"]
    for key in ["host", "port", "database", "user", "password", "ssl_mode"] {
      guard let value = settings[key], !value.isNone else { continue }
      let text = value.stringValue ?? value.intValue.map(String.init) ?? ""
      parts.append("\(key.uppercased()) \(StandardQuoting.literal(text))")
    }
    return "CREATE OR REPLACE TEMPORARY SECRET \(alias) (\(parts.joined(separator: ", ")))"
  }

  /// A value of a libpq connection string.
  static func libpqValue(_ text: String) -> String {
    "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
  }
}
