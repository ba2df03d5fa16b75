import Diagnostics
import Jinja

extension DataValue {
  /// The value that YAML text holds; none if it is empty. `name` stands for the file in diagnostics. Throws what is
  /// wrong with the text, with its place.
  public static func parse(yaml text: String, name: String) throws(Diagnostic) -> DataValue {
    try YAMLFile.parse(text, file: name)?.data ?? .none
  }
}
