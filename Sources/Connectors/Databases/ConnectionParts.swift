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

  /// `CREATE SECRET` of the settings that are there.
  func secret(type: String) -> String {
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
