extension DiagnosticCode {
  /// A node failed.
  public static let nodeFailed = DiagnosticCode("WEIR-E0701", "a node failed")

  /// Codes of running: E07xx.
  static let run: [DiagnosticCode] = [
    nodeFailed
  ]
}
