extension DiagnosticCode {
  /// The engine refused or failed a statement.
  public static let engineFailure = DiagnosticCode("WEIR-E0501", "the engine failed a statement")
  /// The running statement was interrupted.
  public static let engineInterrupted = DiagnosticCode("WEIR-E0502", "a statement was interrupted")
  /// Another process holds the database file.
  public static let databaseLocked = DiagnosticCode("WEIR-E0503", "another process holds the database file")
  /// The database cannot be opened.
  public static let databaseUnusable = DiagnosticCode("WEIR-E0504", "the database cannot be opened")
  /// The engine's parser does not understand a statement.
  public static let sqlSyntax = DiagnosticCode("WEIR-E0505", "a statement does not parse")
  /// A statement names something that is not there or does not fit.
  public static let sqlBinding = DiagnosticCode("WEIR-E0506", "a statement names what is not there")
  /// A value cannot be converted, is out of range or breaks a function's rules.
  public static let sqlData = DiagnosticCode("WEIR-E0507", "a value does not fit")
  /// A statement would break a constraint.
  public static let sqlConstraint = DiagnosticCode("WEIR-E0508", "a constraint is broken")
  /// Two transactions changed the same thing; trying again helps.
  public static let transactionConflict = DiagnosticCode(
    "WEIR-E0509", "two transactions changed the same thing")
  /// A file or an object store cannot be read or written.
  public static let engineInputOutput = DiagnosticCode("WEIR-E0510", "the engine cannot read or write")
  /// The engine ran out of memory.
  public static let engineOutOfMemory = DiagnosticCode("WEIR-E0511", "the engine ran out of memory")
  /// An extension of the engine is not installed.
  public static let extensionMissing = DiagnosticCode(
    "WEIR-E0512", "an extension of the engine is not installed")
  /// A profile's output has a setting that the engine cannot use.
  public static let profileSetting = DiagnosticCode("WEIR-E0513", "a profile's setting cannot be used")
  /// A session was used after it was closed, or for two things at once.
  public static let sessionMisused = DiagnosticCode("WEIR-E0514", "a session cannot be used now")
  /// A type of the engine cannot be exchanged.
  public static let engineType = DiagnosticCode("WEIR-E0515", "a type cannot be read or written")
  /// Rows in Arrow's form cannot be exchanged.
  public static let arrowExchange = DiagnosticCode("WEIR-E0516", "rows cannot be exchanged in Arrow's form")
  /// A statement, with all views that it reads, nests deeper than the engine follows.
  public static let sqlTooDeep = DiagnosticCode("WEIR-E0517", "a statement is nested too deeply")

  /// A text holds several statements where one is expected.
  public static let severalStatements = DiagnosticCode(
    "WEIR-E0518", "SQL holds several statements where one is expected")

  /// Codes of engines: E05xx.
  static let engine: [DiagnosticCode] = [
    engineFailure, engineInterrupted, databaseLocked, databaseUnusable, sqlSyntax, sqlBinding, sqlData,
    sqlConstraint, transactionConflict, engineInputOutput, engineOutOfMemory, extensionMissing,
    profileSetting, sessionMisused, engineType, arrowExchange, sqlTooDeep, severalStatements,
  ]
}
