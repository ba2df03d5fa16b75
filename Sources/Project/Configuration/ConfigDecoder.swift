import Diagnostics
import Jinja

/// Reads merged configuration into its typed form and collects what cannot be.
struct ConfigDecoder {
  /// What is configured, for messages: `model 'orders'`.
  let subject: String
  /// The node's own place, for what is written nowhere.
  let span: SourceSpan
  let origins: ConfigOrigins
  /// What macros add to strategies and materializations.
  let macros: KnownMacros
  private(set) var problems: [Diagnostic] = []

  init(
    subject: String, span: SourceSpan, origins: ConfigOrigins = ConfigOrigins(),
    macros: KnownMacros = KnownMacros()
  ) {
    self.macros = macros
    self.subject = subject
    self.span = span
    self.origins = origins
  }

  /// The typed form of a model's or seed's configuration.
  mutating func node(_ values: DataValue, isSeed: Bool) -> NodeConfig {
    var config = NodeConfig(materialization: isSeed ? .seed : materialization(values), values: values)
    if !isSeed {
      config.ownMaterialization = macros.materialization(values["materialized"]?.scalarText ?? "view")?.id
    }
    if config.ownMaterialization != nil { config.materialization = .own }
    shared(values, &config)
    config.preHooks = hooks("pre-hook", values)
    config.postHooks = hooks("post-hook", values)
    config.publish =
      choice("publish", values, ["after_checks", "always"]).flatMap(PublishRule.init) ?? .afterChecks
    if !isSeed {
      config.access = access(values, config.materialization)
      config.contract = contract(values, config.materialization)
    }
    buildFreshness(values)
    config.uniqueKey = texts("unique_key", values).filter { !$0.isEmpty }
    config.incrementalPredicates = texts("incremental_predicates", values) + texts("predicates", values)
    config.fullRefresh = bool("full_refresh", values)
    config.columnTypes = columnTypes(values)
    config.delimiter = text("delimiter", values) ?? ","
    config.quotesColumns = bool("quote_columns", values)
    if config.isIncremental {
      config.incrementalStrategy = strategy(values, config)
      config.incremental = incremental(values, config)
    }
    if config.materialization == .external { config.external = external(values) }
    warnAboutUnsupported(values)
    return config
  }

  /// The typed form of a check's configuration.
  mutating func check(_ values: DataValue, storesFailures override: Bool?) -> NodeConfig {
    var config = NodeConfig(materialization: .check, values: values)
    shared(values, &config)
    let severity = choice("severity", values, ["error", "warn"])
    config.severity = severity.flatMap(CheckSeverity.init) ?? .error
    config.warnIf = text("warn_if", values) ?? config.warnIf
    config.errorIf = text("error_if", values) ?? config.errorIf
    config.failureCalculation = text("fail_calc", values) ?? config.failureCalculation
    config.condition = text("where", values)
    config.limit = integer("limit", values)
    let kind = choice("store_failures_as", values, ["table", "view", "ephemeral"])
    let stores = bool("store_failures", values)
    config.values = failureStorage(values, kind, stores)
    config.storesFailures = kind.map { $0 != "ephemeral" } ?? override ?? stores ?? false
    config.storesFailuresAs = kind == "view" ? .view : .table
    return config
  }

  /// The typed form of a unit test's configuration.
  mutating func unitTest(_ values: DataValue) -> NodeConfig {
    var config = NodeConfig(materialization: .unit, values: values)
    shared(values, &config)
    return config
  }

  /// Either of the two settings for stored failures says the other, as in dbt.
  private func failureStorage(_ values: DataValue, _ kind: String?, _ stores: Bool?) -> DataValue {
    if let kind { return values.setting("store_failures", to: .bool(kind != "ephemeral")) }
    return values.setting(
      "store_failures_as", to: stores.map { .string($0 ? "table" : "ephemeral") } ?? .none)
  }

  /// Looks over what sources and exposures may configure.
  mutating func declaration(_ values: DataValue) {
    _ = bool("enabled", values)
    _ = texts("tags", values)
    tags(values)
    mappings(["meta"], values)
  }

  mutating func shared(_ values: DataValue, _ config: inout NodeConfig) {
    mappings(["meta", "docs", "quoting", "contract", "persist_docs", "grants"], values)
    config.isEnabled = bool("enabled", values) ?? true
    config.database = text("database", values)
    config.schema = text("schema", values)
    config.alias = text("alias", values)
    config.group = text("group", values)
    var seen: Set<String> = []
    config.tags = texts("tags", values).filter { seen.insert($0).inserted }
    tags(values)
    if let show = values["docs"]?["show"], !show.isNone, show.boolValue == nil {
      report(
        "docs", .badValue, "'show' under 'docs' of \(subject) must be true or false, not \(show.typeName)")
    }
  }

  // MARK: - Single settings

  private mutating func materialization(_ values: DataValue) -> Materialization {
    let known = ["view", "table", "incremental", "ephemeral", "external"]
    guard let written = text("materialized", values) else { return .view }
    if known.contains(written), let value = Materialization(rawValue: written) { return value }
    if macros.materialization(written) != nil { return .own }
    let later = ["snapshot", "materialized_view", "table_function", "dynamic_table", "clone"]
    if later.contains(written) {
      report(
        "materialized", .unsupported, "the materialization '\(written)' of \(subject) is not supported yet")
    } else {
      report(
        "materialized", .badValue, "\(subject) has the unknown materialization '\(written)'",
        hint: Spelling.hint(for: written, among: known + macros.materializations)
          ?? "there are view, table, incremental, ephemeral, external, and what a block {% materialization \(written), default %} in the macros folder defines"
      )
    }
    return .view
  }

  private mutating func columnTypes(_ values: DataValue) -> [ColumnType] {
    guard let value = values["column_types"], !value.isNone else { return [] }
    guard let entries = value.entries else {
      report(
        "column_types", .badValue, "'column_types' of \(subject) must be a mapping, not \(value.typeName)")
      return []
    }
    return entries.compactMap { key, type in
      if let type = type.scalarText { return ColumnType(column: key, type: type) }
      report(
        "column_types", .badValue,
        "the type of column '\(key)' of \(subject) must be text, not \(type.typeName)"
      ) { $0[key].map { $0.scalarText == nil } ?? false }
      return nil
    }
  }

  mutating func hooks(_ key: String, _ values: DataValue) -> [Hook] {
    guard let value = values[key], !value.isNone else { return [] }
    do {
      return try Self.hooks(value)
    } catch {
      report(key, .badValue, "'\(key)' of \(subject) must be SQL text or a list of it") { !Self.areHooks($0) }
      return []
    }
  }

  private struct NotHooks: Error {}

  private static func areHooks(_ value: DataValue) -> Bool {
    do { return try hooks(value).count >= 0 } catch { return false }
  }

  /// Hooks as dbt writes them: text, a mapping of `sql` and `transaction`, or a list of either.
  static func hooks(_ value: DataValue) throws -> [Hook] {
    try (value.items ?? [value]).compactMap { item in
      switch item {
      case .none: return nil
      case .string(let text): return try encodedHook(text) ?? Hook(sql: text)
      case .dict: return try hook(item)
      default: throw NotHooks()
      }
    }
  }

  /// `before_begin()` and the like give their hook as JSON text, whose SQL may hold Jinja.
  private static func encodedHook(_ text: String) throws -> Hook? {
    let start = text.utf8.filter { $0 > 0x20 }.prefix(2)
    guard start.elementsEqual("{\"".utf8), text.utf8.last == UInt8(ascii: "}") else { return nil }
    guard let data = try YAMLFile.parse(text, file: "hook")?.data, data["sql"] != nil else { return nil }
    return try hook(data)
  }

  private static func hook(_ data: DataValue) throws -> Hook {
    guard case .string(let sql)? = data["sql"] else { throw NotHooks() }
    var isTransactional = true
    if case .bool(let value)? = data["transaction"] { isTransactional = value }
    return Hook(sql: sql, isTransactional: isTransactional)
  }

  mutating func warnAboutUnsupported(_ values: DataValue) {
    if !(values["grants"]?.entries ?? []).isEmpty, macros.adapter == "duckdb" {
      report("grants", .unsupported, "'grants' of \(subject) has no effect: DuckDB has no users", .warning)
    }
    if let value = values["indexes"], !value.isNone {
      do throws(Diagnostic) {
        _ = try IndexDefinition.list(value)
      } catch {
        report("indexes", .badValue, "'indexes' of \(subject): \(error.message)", hint: error.hint)
      }
    }
    if let value = values["sql_header"], !value.isNone, value.stringValue == nil {
      report("sql_header", .badValue, "'sql_header' of \(subject) must be SQL text, not \(value.typeName)")
    }
  }

  // MARK: - Values

  /// Complains about the value of `key`; of several that are joined about the one that `isBad`.
  mutating func report(
    _ key: String, _ code: DiagnosticCode, _ message: String, _ severity: Severity = .error,
    hint: String? = nil, where isBad: (DataValue) -> Bool = { _ in true }
  ) {
    let place = origins.span(of: key, where: isBad) ?? span
    problems.append(Diagnostic(code, message, at: place, severity: severity, hint: hint))
  }

  private mutating func mappings(_ keys: [String], _ values: DataValue) {
    for key in keys {
      guard let value = values[key], !value.isNone, value.entries == nil else { continue }
      report(key, .badValue, "'\(key)' of \(subject) must be a mapping, not \(value.typeName)") {
        $0.entries == nil
      }
    }
  }

  mutating func text(_ key: String, _ values: DataValue) -> String? {
    guard let value = values[key], !value.isNone else { return nil }
    guard let text = value.scalarText else {
      report(key, .badValue, "'\(key)' of \(subject) must be text, not \(value.typeName)")
      return nil
    }
    return text
  }

  mutating func texts(_ key: String, _ values: DataValue) -> [String] {
    guard let value = values[key] else { return [] }
    guard let texts = value.texts else {
      let wrong = value.items?.first { $0.scalarText == nil } ?? value
      report(key, .badValue, "'\(key)' of \(subject) must be text or a list of it, not \(wrong.typeName)") {
        $0.texts == nil
      }
      return []
    }
    return texts
  }

  /// As in dbt, tags are texts: numbers are not.
  private mutating func tags(_ values: DataValue) {
    guard let written = values["tags"], written.texts != nil else { return }
    guard let wrong = (written.items ?? [written]).first(where: { $0.stringValue == nil }) else { return }
    report(
      "tags", .badValue, "'tags' of \(subject) must be text or a list of it, not \(wrong.typeName)",
      hint: "put it in quotes: '\(wrong.scalarText ?? "")'")
  }

  mutating func bool(_ key: String, _ values: DataValue) -> Bool? {
    guard let value = values[key], !value.isNone else { return nil }
    switch value {
    case .bool(let truth): return truth
    case .string(let text) where text.lowercased() == "true": return true
    case .string(let text) where text.lowercased() == "false": return false
    default:
      report(key, .badValue, "'\(key)' of \(subject) must be true or false, not \(value.typeName)")
      return nil
    }
  }

  mutating func integer(_ key: String, _ values: DataValue) -> Int? {
    guard let value = values[key], !value.isNone else { return nil }
    switch value {
    case .int(let number): return number
    case .string(let text):
      if let number = Int(text) { return number }
      fallthrough
    default:
      report(key, .badValue, "'\(key)' of \(subject) must be a whole number")
      return nil
    }
  }

  mutating func choice(_ key: String, _ values: DataValue, _ known: [String]) -> String? {
    guard let written = text(key, values) else { return nil }
    let lowered = written.lowercased()
    if known.contains(lowered) { return lowered }
    report(
      key, .badValue, "'\(key)' of \(subject) cannot be '\(written)'",
      hint: Spelling.hint(for: written, among: known) ?? "it is one of: " + known.joined(separator: ", "))
    return nil
  }
}
