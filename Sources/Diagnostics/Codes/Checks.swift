extension DiagnosticCode {
  /// A check found failing rows.
  public static let checkFailed = DiagnosticCode("WEIR-E0601", "a check found failing rows")

  /// Codes of checks and contracts: E06xx.
  static let checks: [DiagnosticCode] = [
    checkFailed
  ]
}
