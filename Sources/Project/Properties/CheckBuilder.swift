import Diagnostics
import Jinja

/// A check as a property file declares it: named and numbered as dbt does, not yet configured.
struct DeclaredCheck: Sendable {
  /// What it is declared on.
  enum Owner: Sendable {
    case resource(name: String, version: DataValue? = nil)
    case source(source: String, table: String)
  }

  var namespace: String?
  var testName: String
  /// The arguments, `model` and `column_name` among them, in dbt's order.
  var arguments: DataValue
  /// What the declaration configures.
  var config: DataValue
  var description: String
  /// The whole name, and the one that is short enough for files and tables.
  var fullName: String
  var shortName: String
  /// The last part of the unique name.
  var hash: String
  var owner: Owner
  var column: String?
  var columnTags: [String]
  var file: String
  var span: SourceSpan
}

/// Reads one entry under `data_tests:` (or `tests:`).
struct CheckBuilder {
  let owner: DeclaredCheck.Owner
  let file: String
  let column: ColumnDefinition?

  /// Configuration that may stand beside the arguments.
  private static let configKeys = [
    "severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc", "store_failures",
    "store_failures_as", "meta", "database", "schema", "alias",
  ]

  /// The check. `render` renders a text of its configuration.
  func build(
    _ entry: YAMLNode, render: (String) throws -> DataValue
  ) throws -> DeclaredCheck {
    let span = entry.span(in: file)
    let (written, body) = try nameAndBody(entry, span)
    let (namespace, name) = try split(written, span)
    var arguments = try self.arguments(body, span)
    var config: [(String, DataValue)] = []
    let nested = try nestedConfig(&arguments, span)
    for key in Self.configKeys {
      let beside = Self.take(key, from: &arguments)
      if let beside, !beside.isNone, let inside = nested[key], !inside.isNone {
        throw Diagnostic(
          .badCheck, "the check '\(written)' says '\(key)' both in and beside its config", at: span)
      }
      guard let value = beside.flatMap({ $0.isNone ? nil : $0 }) ?? nested[key], !value.isNone else {
        continue
      }
      config.append((key, try rendered(value, render)))
    }
    for (key, value) in nested.entries ?? [] where !Self.configKeys.contains(key) && !value.isNone {
      config.append((key, try rendered(value, render)))
    }
    let description = Self.take("description", from: &arguments)?.scalarText ?? ""
    let custom = Self.take("name", from: &arguments)?.scalarText
    arguments.append(("model", .string(modelExpression)))
    var (short, full) = (custom ?? "", custom ?? "")
    if custom == nil {
      (short, full) = names(name, namespace, arguments)
      if short != full, !config.contains(where: { $0.0 == "alias" }) {
        config.append(("alias", .string(short)))
      }
    }
    return DeclaredCheck(
      namespace: namespace, testName: name, arguments: .mapping(arguments), config: .mapping(config),
      description: description, fullName: full, shortName: short,
      hash: hash(full, name, namespace, arguments), owner: owner, column: column?.name,
      columnTags: column?.tags ?? [], file: file, span: span)
  }

  // MARK: - Reading

  private func nameAndBody(_ entry: YAMLNode, _ span: SourceSpan) throws -> (String, YAMLNode?) {
    if let name = entry.string { return (name, nil) }
    guard let entries = entry.entries else {
      throw Diagnostic(.badCheck, "a check must be a name or a mapping, not \(entry.typeName)", at: span)
    }
    if let name = entry["test_name"] {
      guard let text = name.string else {
        throw Diagnostic(.badCheck, "'test_name' must be text, not \(name.typeName)", at: name.span(in: file))
      }
      var body = entry
      body.content = .map(entries.filter { $0.key != "test_name" })
      return (text, body)
    }
    guard entries.count == 1, let only = entries.first else {
      throw Diagnostic(
        .badCheck, "a check must be one name with its arguments under it, not \(entries.count) keys",
        at: span,
        notes: ["it has: " + entries.map(\.key).joined(separator: ", ")],
        hint: "indent the arguments below the name, or name the check with 'test_name'")
    }
    guard only.value.entries != nil || only.value.isNull else {
      throw Diagnostic(
        .badCheck, "the arguments of the check '\(only.key)' must be a mapping, not \(only.value.typeName)",
        at: only.value.span(in: file))
    }
    return (only.key, only.value.isNull ? nil : only.value)
  }

  private func split(_ written: String, _ span: SourceSpan) throws -> (namespace: String?, name: String) {
    let parts = written.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let areNames = parts.allSatisfy { part in
      !part.isEmpty && !(part.utf8.first.map { (48...57).contains($0) } ?? true)
        && part.utf8.allSatisfy { byte in
          (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || byte == UInt8(ascii: "_")
        }
    }
    guard areNames, parts.count <= 2, let name = parts.last else {
      throw Diagnostic(.badCheck, "'\(written)' cannot be the name of a check", at: span)
    }
    return (parts.count == 2 ? parts[0] : nil, name)
  }

  private func arguments(_ body: YAMLNode?, _ span: SourceSpan) throws -> [(String, DataValue)] {
    var arguments = (body?.entries ?? []).map { ($0.key, $0.value.data) }
    if let column { Self.set("column_name", .string(column.name), in: &arguments) }
    if let nested = Self.take("arguments", from: &arguments), !nested.isNone {
      guard let entries = nested.entries else {
        throw Diagnostic(.badCheck, "'arguments' must be a mapping, not \(nested.typeName)", at: span)
      }
      for (key, value) in entries { Self.set(key, value, in: &arguments) }
    }
    guard !arguments.contains(where: { $0.0 == "model" }) else {
      throw Diagnostic(
        .badCheck, "a check cannot be given 'model': it is what the check is declared on", at: span)
    }
    return arguments
  }

  private func nestedConfig(
    _ arguments: inout [(String, DataValue)], _ span: SourceSpan
  ) throws -> DataValue {
    guard let nested = Self.take("config", from: &arguments), !nested.isNone else { return .emptyMapping }
    guard nested.entries != nil else {
      throw Diagnostic(.badCheck, "'config' of a check must be a mapping, not \(nested.typeName)", at: span)
    }
    return nested
  }

  private func rendered(_ value: DataValue, _ render: (String) throws -> DataValue) throws -> DataValue {
    guard case .string(let text) = value, YAMLRenderer.holdsJinja(text) else { return value }
    return try render(text)
  }

  private static func take(_ key: String, from entries: inout [(String, DataValue)]) -> DataValue? {
    guard let index = entries.firstIndex(where: { $0.0 == key }) else { return nil }
    return entries.remove(at: index).1
  }

  private static func set(_ key: String, _ value: DataValue, in entries: inout [(String, DataValue)]) {
    if let index = entries.firstIndex(where: { $0.0 == key }) {
      entries[index].1 = value
    } else {
      entries.append((key, value))
    }
  }

  // MARK: - Naming

  private var modelExpression: String {
    switch owner {
    case .resource(let name, let version):
      "{{ get_where_subquery(ref('\(name)'\(version.map { ", version='\($0.scalarText ?? "")'" } ?? ""))) }}"
    case .source(let source, let table): "{{ get_where_subquery(source('\(source)', '\(table)')) }}"
    }
  }

  private func names(
    _ name: String, _ namespace: String?, _ arguments: [(String, DataValue)]
  ) -> (short: String, full: String) {
    var type = name
    let ownerName: String
    switch owner {
    case .resource(let name, let version):
      ownerName = name + (version.map { "_v\($0.scalarText ?? "")" } ?? "")
    case .source(let source, let table):
      type = "source_" + name
      ownerName = source + "_" + table
    }
    if let namespace { type = namespace + "_" + type }
    let identifier = type + "_" + ownerName
    let parts = arguments.filter { $0.0 != "model" }.sorted { $0.0 < $1.0 }.flatMap { Self.flattened($0.1) }
    let full = identifier + "_" + parts.map(Self.cleaned).joined(separator: "__")
    guard full.unicodeScalars.count >= 64 else { return (full, full) }
    return (
      String(String.UnicodeScalarView(identifier.unicodeScalars.prefix(30))) + "_" + Digest.md5(full), full
    )
  }

  private static func flattened(_ value: DataValue) -> [String] {
    if let entries = value.entries { return entries.map(\.value.pythonText) }
    if let items = value.items { return items.map(\.pythonText) }
    return [value.pythonText]
  }

  /// Every run of characters that cannot be in a name becomes one underscore.
  private static func cleaned(_ text: String) -> String {
    var result: [UInt8] = []
    var isInRun = false
    for byte in text.utf8 {
      let isPlain = (48...57).contains(byte) || (65...90).contains(byte & 0xDF) && byte < 128
      if isPlain || byte == UInt8(ascii: "_") {
        result.append(byte)
        isInRun = false
      } else {
        if !isInRun { result.append(UInt8(ascii: "_")) }
        isInRun = true
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The end of the MD5 of the name and of everything that the check is given, as Python would print it.
  private func hash(
    _ full: String, _ name: String, _ namespace: String?, _ arguments: [(String, DataValue)]
  ) -> String {
    let metadata: DataValue = .mapping([
      ("namespace", namespace.map { .string($0) } ?? .none), ("name", .string(name)),
      ("kwargs", .mapping(arguments)),
    ])
    return String(Digest.md5(full + Value(Self.hashable(metadata)).repr()).suffix(10))
  }

  private static func hashable(_ value: DataValue) -> DataValue {
    if let entries = value.entries {
      return .mapping(entries.sorted { $0.key < $1.key }.map { ($0.key, hashable($0.value)) })
    }
    if let items = value.items { return .list(items.map(hashable)) }
    return .string(value.pythonText)
  }
}
