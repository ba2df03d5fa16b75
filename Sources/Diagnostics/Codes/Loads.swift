extension DiagnosticCode {
  /// A secret stands in a file as plain text.
  public static let plainSecret = DiagnosticCode("WEIR-E1101", "a secret is written as plain text")
  /// A connection is named that no file declares.
  public static let unknownConnection = DiagnosticCode("WEIR-E1102", "a connection is not declared")
  /// A secret cannot be had from where the project says it is.
  public static let secretUnavailable = DiagnosticCode("WEIR-E1103", "a secret cannot be had")
  /// A source cannot be reached, or refuses.
  public static let sourceUnreachable = DiagnosticCode("WEIR-E1104", "a source cannot be reached")
  /// A source does not have what is asked for.
  public static let sourceMissing = DiagnosticCode("WEIR-E1105", "a source does not have what is asked for")
  /// A source gave what cannot be read.
  public static let sourceUnreadable = DiagnosticCode("WEIR-E1106", "a source gave what cannot be read")
  /// More malformed rows than the project bears.
  public static let tooManyRejects = DiagnosticCode("WEIR-E1107", "too many malformed rows")
  /// Two names of a source become one in the warehouse.
  public static let nameCollision = DiagnosticCode("WEIR-E1108", "two names of a source become one")
  /// A source changed in a way that its contract does not allow.
  public static let contractBroken = DiagnosticCode("WEIR-E1109", "a source changed against its contract")
  /// A load's key does not identify its rows.
  public static let badLoadKey = DiagnosticCode("WEIR-E1110", "a load's key does not identify its rows")
  /// A load's cursor cannot be used.
  public static let badCursor = DiagnosticCode("WEIR-E1111", "a load's cursor cannot be used")
  /// What a load keeps in the warehouse is not what this version writes.
  public static let badLoadState = DiagnosticCode("WEIR-E1112", "a load's state cannot be used")
  /// A source changed: columns were added, widened, renamed or vanished.
  public static let sourceChanged = DiagnosticCode("WEIR-E1113", "a source changed")

  /// A secret is kept where others can read it.
  public static let secretExposed = DiagnosticCode("WEIR-E1114", "a secret is kept where others can read it")

  /// Codes of loads and connections: E11xx.
  public static let loads: [DiagnosticCode] = [
    plainSecret, unknownConnection, secretUnavailable, sourceUnreachable, sourceMissing, sourceUnreadable,
    tooManyRejects, nameCollision, contractBroken, badLoadKey, badCursor, badLoadState, sourceChanged,
    secretExposed,
  ]
}
