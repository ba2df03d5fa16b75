extension DiagnosticCode {
  /// A check found failing rows.
  public static let checkFailed = DiagnosticCode("WEIR-E0601", "a check found failing rows")
  /// A check's threshold is not a comparison.
  public static let badThreshold = DiagnosticCode("WEIR-E0602", "a check's threshold is not a comparison")
  /// A check's result says nothing.
  public static let noVerdict = DiagnosticCode("WEIR-E0603", "a check gives no count of failures")

  /// A model's columns are not those of its contract.
  public static let modelContractBroken = DiagnosticCode("WEIR-E0604", "a model breaks its contract")
  /// A unit test's rows are not those that it expects.
  public static let unitTestFailed = DiagnosticCode("WEIR-E0605", "a unit test failed")
  /// A source's newest row is older than it may be.
  public static let staleSource = DiagnosticCode("WEIR-E0611", "a source is older than it may be")

  /// Codes of checks and contracts: E06xx.
  static let checks: [DiagnosticCode] = [
    checkFailed, badThreshold, noVerdict, modelContractBroken, unitTestFailed, staleSource,
  ]
}
