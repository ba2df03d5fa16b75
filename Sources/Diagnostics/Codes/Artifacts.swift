extension DiagnosticCode {
  /// An artifact cannot be written.
  public static let unwritableArtifact = DiagnosticCode("WEIR-E1001", "an artifact cannot be written")

  /// Codes of artifacts: E10xx.
  static let artifacts: [DiagnosticCode] = [
    unwritableArtifact
  ]
}
