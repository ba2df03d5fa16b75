import Diagnostics
import Jinja
import Project

/// The mapping that `--vars` holds.
enum CommandLineVars {
  /// Reads YAML, and so JSON. Throws if it is anything but a mapping.
  static func parse(_ text: String) throws(Diagnostic) -> DataValue {
    let value: DataValue
    do {
      value = try DataValue.parse(yaml: text, name: "--vars")
    } catch {
      var problem = error
      problem.hint = problem.hint ?? "--vars takes a mapping, as in --vars '{day: 2013-01-01}'"
      throw problem
    }
    switch value {
    case .dict: return value
    case .none: return .dict(DataMap())
    default:
      throw Diagnostic(
        .usage, "--vars is no mapping but \(value.kindName): '\(TerminalText.oneLine(text))'",
        hint: "name the variable, as in --vars '{day: 2013-01-01}'")
    }
  }
}
