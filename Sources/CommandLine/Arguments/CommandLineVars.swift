import Diagnostics
import Jinja
import Project

/// The mapping that `--vars` holds.
enum CommandLineVars {
  /// Reads YAML or JSON. Throws if it is anything but a mapping.
  static func parse(_ text: String) throws(Diagnostic) -> DataValue {
    throw Diagnostic(.usage, "--vars is not yet read")
  }
}
