/// How grave a diagnostic is.
public enum Severity: String, Sendable, Codable, Comparable, CaseIterable {
  case note, warning, error

  /// Orders by how grave they are.
  public static func < (left: Severity, right: Severity) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .error: 2
    }
  }
}

/// One problem, told to a person: what failed, where, and what to do. The only error type that leaves a module.
public struct Diagnostic: Error, Sendable, Hashable, Codable {
  /// The stable code, listed in `docs/errors`.
  public var code: DiagnosticCode
  /// An error stops the run; a warning does not.
  public var severity: Severity
  /// What failed, in one line.
  public var message: String
  /// Where in the user's files, if it is in one.
  public var span: SourceSpan?
  /// Further facts, one a line.
  public var notes: [String]
  /// What to do about it.
  public var hint: String?
  /// The underlying error's own words, whole.
  public var cause: String?
  /// Whether trying again later may succeed.
  public var isTransient: Bool

  /// Makes a diagnostic; an error unless told otherwise.
  public init(
    _ code: DiagnosticCode, _ message: String, at span: SourceSpan? = nil, severity: Severity = .error,
    notes: [String] = [], hint: String? = nil, cause: String? = nil, isTransient: Bool = false
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.span = span
    self.notes = notes
    self.hint = hint
    self.cause = cause
    self.isTransient = isTransient
  }

  /// The same diagnostic at `span`, if it had none.
  public func located(at span: SourceSpan?) -> Diagnostic {
    guard self.span == nil, let span else { return self }
    var copy = self
    copy.span = span
    return copy
  }

  /// Any error as a diagnostic: itself if it is one, else `code` with the error's words as the cause.
  public static func wrapping(_ error: any Error, _ code: DiagnosticCode, _ message: String) -> Diagnostic {
    if let diagnostic = error as? Diagnostic { return diagnostic }
    return Diagnostic(code, message, cause: String(describing: error))
  }
}

/// Several problems found by one pass. Never empty when thrown.
public struct DiagnosticList: Error, Sendable, Hashable, Codable {
  /// The problems, in the order they were found.
  public var items: [Diagnostic]

  /// Makes a list of the given problems.
  public init(_ items: [Diagnostic]) { self.items = items }

  /// Whether any of them is an error.
  public var hasErrors: Bool { items.contains { $0.severity == .error } }

  /// The diagnostics that any error carries.
  public static func collecting(
    _ error: any Error, else code: DiagnosticCode, _ message: String
  ) -> [Diagnostic] {
    if let list = error as? DiagnosticList { return list.items }
    return [.wrapping(error, code, message)]
  }
}
