extension DiagnosticCode {
  /// A template does not parse.
  public static let templateSyntax = DiagnosticCode("WEIR-E0201", "a template does not parse")
  /// A template fails while it renders.
  public static let templateRuntime = DiagnosticCode("WEIR-E0202", "a template fails while it renders")
  /// A template was stopped because it would not end or grew too large.
  public static let templateLimit = DiagnosticCode("WEIR-E0203", "a template exceeds a limit")

  /// Codes of templates: E02xx.
  static let jinja: [DiagnosticCode] = [
    templateSyntax, templateRuntime, templateLimit,
  ]
}
