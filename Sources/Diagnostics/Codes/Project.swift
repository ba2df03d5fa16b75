extension DiagnosticCode {
  /// A file or folder cannot be read.
  public static let unreadableFile = DiagnosticCode("WEIR-E0101", "a file or folder cannot be read")
  /// A YAML file does not parse.
  public static let brokenYAML = DiagnosticCode("WEIR-E0102", "a YAML file does not parse")

  /// Codes of reading a project: E01xx.
  static let project: [DiagnosticCode] = [
    unreadableFile, brokenYAML,
  ]
}
