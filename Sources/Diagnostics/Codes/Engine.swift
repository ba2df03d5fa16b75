extension DiagnosticCode {
  /// The engine refused or failed a statement.
  public static let engineFailure = DiagnosticCode("WEIR-E0501", "the engine failed a statement")
  /// The running statement was interrupted.
  public static let engineInterrupted = DiagnosticCode("WEIR-E0502", "a statement was interrupted")
  /// Another process holds the database file.
  public static let databaseLocked = DiagnosticCode("WEIR-E0503", "another process holds the database file")

  /// Codes of engines: E05xx.
  static let engine: [DiagnosticCode] = [
    engineFailure, engineInterrupted, databaseLocked,
  ]
}
