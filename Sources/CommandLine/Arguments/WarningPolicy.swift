import Diagnostics
import Jinja
import Project

/// Which warnings count as errors, and which are not told: `--warn-error` and `--warn-error-options`.
struct WarningPolicy: Sendable {
  /// What becomes of a warning.
  enum Verdict: Sendable { case warning, error, silenced }

  /// Where it was asked for, for messages.
  private(set) var origin = ""
  private var isAll = false
  private var errors: Set<String> = []
  private var warnings: Set<String> = []
  private var silenced: Set<String> = []

  /// Warnings are warnings.
  init() {}

  /// Every warning is an error.
  static func everything(_ origin: String) -> WarningPolicy {
    var policy = WarningPolicy()
    policy.origin = origin
    policy.isAll = true
    return policy
  }

  /// Reads a YAML mapping. Throws usage errors.
  init(yaml text: String, origin: String) throws(Diagnostic) {
    try self.init(
      CommandLineVars.parse(text, flag: origin, example: "{error: all, warn: [NoNodeForYamlKey]}"),
      origin: origin)
  }

  /// Reads a mapping of `error` (or `include`), `warn` (or `exclude`) and `silence`, each a list of names; `error` may be
  /// `all`. Throws usage errors.
  init(_ options: DataValue, origin: String) throws(Diagnostic) {
    self.origin = origin
    guard let entries = options.dictValue else { throw Diagnostic(.usage, "\(origin) must be a mapping") }
    let known = ["error", "include", "warn", "exclude", "silence"]
    for key in entries.keys where !known.contains(key) {
      throw Diagnostic(
        .usage, "\(origin) has no '\(TerminalText.oneLine(key))'", hint: Spelling.hint(for: key, among: known)
      )
    }
    for (new, old) in [("error", "include"), ("warn", "exclude")]
    where options[new] != nil && options[old] != nil {
      throw Diagnostic(.usage, "\(origin) has both '\(new)' and '\(old)', which mean the same")
    }
    let banned = options["error"] ?? options["include"] ?? .none
    if ["all", "*"].contains(banned.stringValue) {
      isAll = true
    } else {
      errors = try Self.names(banned, "error", origin)
    }
    warnings = try Self.names(options["warn"] ?? options["exclude"] ?? .none, "warn", origin)
    silenced = try Self.names(options["silence"] ?? .none, "silence", origin)
    let group = WarningNames.deprecations
    guard warnings.isEmpty || isAll || errors.contains(group) || silenced.contains(group) else {
      throw Diagnostic(
        .usage, "'warn' of \(origin) takes out nothing",
        hint: "it goes with 'error: all', or 'Deprecations' in 'error'")
    }
  }

  private static func names(_ value: DataValue, _ key: String, _ origin: String) throws(Diagnostic) -> Set<
    String
  > {
    if value.isNone { return [] }
    guard let items = value.listValue, items.allSatisfy({ $0.stringValue != nil }) else {
      throw Diagnostic(
        .usage, "'\(key)' of \(origin) must be a list of names" + (key == "error" ? ", or 'all'" : ""))
    }
    let names = items.compactMap(\.stringValue)
    for name in names where !WarningNames.all.contains(name) {
      throw Diagnostic(
        .usage, "'\(TerminalText.oneLine(name))' of \(origin) is no name of a warning",
        hint: Spelling.hint(for: name, among: WarningNames.all.sorted())
          ?? "names are dbt's, or codes as WEIR-E0115")
    }
    return Set(names)
  }

  /// Whether a flag asked for it.
  var isFlag: Bool { origin.hasPrefix("-") }

  /// What becomes of a warning. What is only worth knowing counts as no error.
  func verdict(_ diagnostic: Diagnostic) -> Verdict {
    let names = WarningNames.names(of: diagnostic.code)
    let group = WarningNames.deprecations
    let isDeprecation = names.contains(group)
    let own = names.subtracting([group])
    if !silenced.isDisjoint(with: own) { return .silenced }
    let isNamedOtherwise = !errors.union(warnings).isDisjoint(with: own)
    if isDeprecation, silenced.contains(group), !isNamedOtherwise { return .silenced }
    return diagnostic.severity > .note && isError(own, isDeprecation) ? .error : .warning
  }

  /// By dbt's order: a name goes before the group, and that before all; to warn goes before to fail.
  private func isError(_ names: Set<String>, _ isDeprecation: Bool) -> Bool {
    if !warnings.isDisjoint(with: names) { return false }
    if !errors.isDisjoint(with: names) { return true }
    if isDeprecation, warnings.contains(WarningNames.deprecations) { return false }
    return isAll || (isDeprecation && errors.contains(WarningNames.deprecations))
  }

  /// What becomes of what templates warn of.
  var templateWarnings: TemplateWarnings {
    switch verdict(Diagnostic(.raised, "", severity: .warning)) {
    case .warning: .told
    case .error: .failing(origin: origin)
    case .silenced: .silenced
    }
  }

  /// Whether a check that warns fails the run.
  var bansFailingChecks: Bool { isError(["LogTestResult", DiagnosticCode.checkFailed.rawValue], false) }

  /// Whether a source that is older than it should be fails the run.
  var bansStaleSources: Bool { isError(["LogFreshnessResult", DiagnosticCode.staleSource.rawValue], false) }
}
