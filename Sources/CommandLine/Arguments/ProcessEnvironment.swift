import Diagnostics

/// dbt's environment variables, which stand in for flags that were not given.
struct ProcessEnvironment: Sendable {
  /// All variables of the process.
  let values: [String: String]

  /// A variable that is set and not empty. dbt's come under an older and a newer prefix, and the newer one counts.
  func text(_ name: String) -> String? {
    if name.hasPrefix("DBT_"), let value = values["DBT_ENGINE_" + name.dropFirst(4)], !value.isEmpty {
      return value
    }
    guard let value = values[name], !value.isEmpty else { return nil }
    return value
  }

  /// A variable that says yes or no, in the spellings that dbt takes.
  func isOn(_ name: String) throws(Diagnostic) -> Bool? {
    guard let value = text(name) else { return nil }
    switch value.lowercased() {
    case "1", "true", "t", "yes", "y", "on": return true
    case "0", "false", "f", "no", "n", "off": return false
    default:
      throw Diagnostic(
        .usage, "the environment variable \(name) is neither true nor false", hint: "set it to 1 or 0")
    }
  }

  /// A variable that is one of a set of words.
  func choice<Choice: CaseIterable & RawRepresentable>(
    _ name: String, of type: Choice.Type
  ) throws(Diagnostic) -> Choice? where Choice.RawValue == String {
    guard let value = text(name) else { return nil }
    if let choice = Choice(rawValue: value.lowercased()) { return choice }
    let words = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    throw Diagnostic(.usage, "the environment variable \(name) must be one of \(words)")
  }

  /// The values that must never be shown: dbt's rule for variables that hold secrets.
  var secrets: [String] {
    values.filter { $0.key.hasPrefix("DBT_ENV_SECRET") || $0.key.hasPrefix("WEIR_SECRET") }.map(\.value)
  }
}

extension ProcessEnvironment {
  /// A variable that is a list of words with spaces or commas between them.
  func words(_ name: String) -> [String] {
    text(name)?.split { $0 == " " || $0 == "," }.map(String.init) ?? []
  }
}
