extension DiagnosticCode {
  /// A server answered with a status that is not success.
  public static let sourceRefused = DiagnosticCode("WEIR-E1201", "a source answered with an error")
  /// Paging does not come to an end, or cannot be followed.
  public static let sourcePaging = DiagnosticCode("WEIR-E1202", "the pages of a source cannot be followed")
  /// A server did not give a token, or refused it.
  public static let sourceAuthentication = DiagnosticCode("WEIR-E1203", "a source refused the credentials")
  /// A setting of a source cannot be used.
  public static let sourceSetting = DiagnosticCode("WEIR-E1204", "a source's setting cannot be used")
  /// A parent's row lacks what a request for its children needs.
  public static let sourceParent = DiagnosticCode("WEIR-E1205", "a parent's row lacks what a request needs")
  /// Rows on their way cannot be written to or read from disk.
  public static let spoolUnusable = DiagnosticCode("WEIR-E1206", "rows cannot be kept on disk")
  /// Something about a source's answers should be looked at.
  public static let sourceDoubtful = DiagnosticCode("WEIR-E1207", "a source's answers should be looked at")

  /// Codes of connectors: E12xx.
  static let connectors: [DiagnosticCode] = [
    sourceRefused, sourcePaging, sourceAuthentication, sourceSetting, sourceParent, spoolUnusable,
    sourceDoubtful,
  ]
}
