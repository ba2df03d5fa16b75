extension DiagnosticCode {
  /// A command was called wrongly.
  public static let usage = DiagnosticCode("WEIR-E0901", "a command was called wrongly")

  /// Codes of the command line: E09xx.
  static let commandLine: [DiagnosticCode] = [
    usage
  ]
}
