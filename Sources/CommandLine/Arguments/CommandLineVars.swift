import Diagnostics
import Jinja
import Project

/// The mapping that `--vars` and `--args` hold.
enum CommandLineVars {
  /// Reads YAML, and so JSON. Throws if it is anything but a mapping.
  static func parse(
    _ text: String, flag: String = "--vars", example: String = "{day: 2013-01-01}"
  ) throws(Diagnostic) -> DataValue {
    let value: DataValue
    do {
      value = try DataValue.parse(yaml: text, name: flag)
    } catch {
      var problem = error
      problem.hint = problem.hint ?? "\(flag) takes a mapping, as in \(flag) '\(example)'"
      throw problem
    }
    switch value {
    case .dict: return value
    case .none: return .dict(DataMap())
    default:
      throw Diagnostic(
        .usage, "\(flag) is no mapping but \(value.kindName): '\(TerminalText.oneLine(text))'",
        hint: flag == "--vars"
          ? "name the variable, as in --vars '\(example)'" : "name the argument, as in \(flag) '\(example)'")
    }
  }
}
