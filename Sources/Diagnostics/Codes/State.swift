extension DiagnosticCode {
  /// The state file cannot be used.
  public static let stateUnusable = DiagnosticCode("WEIR-E0801", "the state file cannot be used")

  /// Codes of local state: E08xx.
  static let state: [DiagnosticCode] = [
    stateUnusable
  ]
}
