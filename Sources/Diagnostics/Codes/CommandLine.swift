extension DiagnosticCode {
  /// A command was called wrongly.
  public static let usage = DiagnosticCode("WEIR-E0901", "a command was called wrongly")
  /// A file or folder that a command makes cannot be written.
  public static let unwritableFile = DiagnosticCode("WEIR-E0902", "a file or folder cannot be written")
  /// A folder to be started in is not empty.
  public static let folderNotEmpty = DiagnosticCode("WEIR-E0903", "a new project's folder is not empty")
  /// A folder to be deleted lies outside the project.
  public static let unsafeDeletion = DiagnosticCode(
    "WEIR-E0904", "a folder to delete is not the project's own")
  /// A selection that must name one node names none or several.
  public static let unclearSelection = DiagnosticCode("WEIR-E0905", "a selection does not fit the command")
  /// Warnings were to count as errors, and there were some.
  public static let warningsAsErrors = DiagnosticCode("WEIR-E0906", "warnings count as errors")
  /// Documentation cannot be served.
  public static let notServed = DiagnosticCode("WEIR-E0907", "the documentation cannot be served")
  /// Something failed that nobody foresaw.
  public static let internalFailure = DiagnosticCode("WEIR-E0999", "something failed that was not foreseen")

  /// Codes of the command line: E09xx.
  static let commandLine: [DiagnosticCode] = [
    usage, unwritableFile, folderNotEmpty, unsafeDeletion, unclearSelection, warningsAsErrors,
    notServed, internalFailure,
  ]
}
