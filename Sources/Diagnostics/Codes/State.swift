extension DiagnosticCode {
  /// The state file cannot be used.
  public static let stateUnusable = DiagnosticCode("WEIR-E0801", "the state file cannot be used")
  /// Another process works on the project.
  public static let projectLocked = DiagnosticCode("WEIR-E0802", "another process works on the project")
  /// The state file was damaged and has been replaced.
  public static let stateReplaced = DiagnosticCode("WEIR-E0803", "a damaged state file was replaced")
  /// The state file was written by a newer version.
  public static let stateTooNew = DiagnosticCode("WEIR-E0804", "the state file is of a newer version")
  /// The project's `.weir` folder cannot be used.
  public static let stateFolderUnusable = DiagnosticCode(
    "WEIR-E0805", "the folder for local state cannot be used")

  /// Codes of local state: E08xx.
  static let state: [DiagnosticCode] = [
    stateUnusable, projectLocked, stateReplaced, stateTooNew, stateFolderUnusable,
  ]
}
