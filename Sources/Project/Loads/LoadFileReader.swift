import Diagnostics
import Jinja

/// Reads a file of `loads/` into loads and collects what is wrong with it.
struct LoadFileReader {
  let place: FilePlace
  let root: String
  let connections: [ConnectionDefinition]
  let interpreter: Interpreter
  private(set) var loads: [DeclaredLoad] = []
  var problems: [Diagnostic] = []

  var file: String { place.path }

  init(
    place: FilePlace, root: String, connections: [ConnectionDefinition], interpreter: Interpreter
  ) {
    self.place = place
    self.root = root
    self.connections = connections
    self.interpreter = interpreter
  }

  /// Reads the file's text.
  mutating func read(_ text: String) throws(Diagnostic) {
    guard let node = try YAMLFile.parse(text, file: file) else { return }
    check(
      node,
      .mapping([
        Field("version", .integer(1...1), "the version of the file's format"),
        Field("loads", .list(.anything), "the loads", isRequired: true),
      ]), "a file of loads")
    for item in node["loads"]?.items ?? [] { readLoad(item) }
  }

  mutating func check(_ node: YAMLNode, _ shape: Shape, _ subject: String) {
    var checker = ShapeChecker(file: file, allowsJinja: true)
    checker.check(node, shape, subject)
    problems += checker.problems
  }

  mutating func report(
    _ code: DiagnosticCode, _ message: String, at node: YAMLNode, hint: String? = nil
  ) {
    problems.append(Diagnostic(code, message, at: node.span(in: file), hint: hint))
  }

  // MARK: - Loads

  private mutating func readLoad(_ written: YAMLNode) {
    let name = written["name"]?.scalarText ?? ""
    let subject = name.isEmpty ? "a load" : "load '\(name)'"
    guard written.entries != nil else {
      return report(.badValue, "an entry of 'loads' must be a mapping, not \(written.typeName)", at: written)
    }
    let origin = self.origin(written["from"], subject)
    guard let origin else { return checkAnyKind(written, subject) }
    let type = origin.type
    let node = rendered(written, own: Set(LoadShapes.ownFields(of: type).map(\.key)), type)
    check(node, .mapping(Self.outer(LoadShapes.fields(of: type))), subject)
    require(LoadShapes.fields(of: type), node, subject)
    if !name.isEmpty, !LoadNames.isName(name) {
      report(
        .badValue, "'\(name)' cannot be the name of a load", at: written["name"] ?? written,
        hint: "use letters, digits, underscores and dashes, and no digit first")
    }
    var definition = LoadDefinition(
      name: name, origin: origin.value, database: node["database"]?.scalarText,
      schema: node["schema"]?.scalarText ?? name, tables: [],
      settings: own(LoadShapes.ownFields(of: type), of: node))
    if let rule = node["naming"]?.scalarText.flatMap(NamingRule.init(rawValue:)) { definition.naming = rule }
    let tables = readTables(node, origin, load: name, subject)
    definition.tables = tables.map(\.table)
    guard !name.isEmpty else { return }
    add(definition, node, written, tables.map(\.node))
  }

  /// Checks a load whose source is not known: any kind's keys may be meant.
  private mutating func checkAnyKind(_ node: YAMLNode, _ subject: String) {
    check(node, .mapping(Self.outer(LoadShapes.anyLoad)), subject)
    for item in node["tables"]?.items ?? [] {
      check(item, .mapping(LoadShapes.anyTable.map(\.loosened)), "a table of \(subject)")
    }
  }

  /// The keys of a load, those of its tables aside: each table is checked by itself, under its own name.
  private static func outer(_ fields: [Field]) -> [Field] {
    fields.map { field in
      var copy = field.loosened
      if field.key == "tables" { copy.shape = .list(.anything) }
      if field.key == "defaults" { copy.shape = .anything }
      return copy
    }
  }

  private mutating func add(
    _ definition: LoadDefinition, _ node: YAMLNode, _ written: YAMLNode, _ tables: [YAMLNode]
  ) {
    let sources = LoadedSources(file: file, load: definition, node: node, tables: tables).read()
    problems += sources.problems
    loads.append(
      DeclaredLoad(
        definition: definition, place: place, span: written.span(in: file), description: node["description"],
        tags: node["tags"]?.data.texts ?? [], meta: node["meta"]?.data ?? .emptyMapping,
        isEnabled: node["enabled"]?.bool ?? true, written: node.data, sources: sources.sources))
  }

  /// The settings that the kind of source brings, as they are written.
  func own(_ fields: [Field], of node: YAMLNode) -> DataValue {
    .mapping(
      fields.compactMap { field in
        guard let value = node[field.key], !value.isNull else { return nil }
        return (field.key, value.data)
      })
  }

  /// Says which required keys are not there.
  mutating func require(_ fields: [Field], _ node: YAMLNode, _ subject: String) {
    for field in fields where field.isRequired && (node[field.key].map(\.isNull) ?? true) {
      report(
        .missingKey, "\(subject) does not say its '\(field.key)'", at: node,
        hint: "'\(field.key)': \(field.summary)")
    }
  }

  // MARK: - Jinja

  /// Keys whose Jinja is rendered with what they belong to.
  private static let lateKeys: Set<String> = ["description", "tests", "data_tests", "checks"]

  /// The load with its Jinja rendered, but for what may hold secrets: `from` and the settings of its kind.
  private mutating func rendered(
    _ node: YAMLNode, own: Set<String>, _ type: ConnectionType
  ) -> YAMLNode {
    guard YAMLRenderer.holdsJinja(node) else { return node }
    let kept = own.union(["from"])
    let keptOfTables = Set(LoadShapes.ownTableFields(of: type).map(\.key))
    var copy = node
    copy.content = .map(
      (node.entries ?? []).map { entry in
        var entry = entry
        switch entry.key {
        case "tables":
          if let items = entry.value.items {
            entry.value.content = .list(items.map { render($0, keeping: keptOfTables) })
          }
        case "defaults": entry.value = render(entry.value, keeping: keptOfTables)
        case let key where kept.contains(key) || Self.lateKeys.contains(key): break
        default: entry.value = render(entry.value)
        }
        return entry
      })
    return copy
  }

  private mutating func render(_ node: YAMLNode, keeping kept: Set<String>) -> YAMLNode {
    guard let entries = node.entries else { return render(node) }
    var copy = node
    copy.content = .map(
      entries.map { entry in
        guard !kept.contains(entry.key), !Self.lateKeys.contains(entry.key) else { return entry }
        var entry = entry
        entry.value = render(entry.value)
        return entry
      })
    return copy
  }

  private mutating func render(_ node: YAMLNode) -> YAMLNode {
    guard YAMLRenderer.holdsJinja(node) else { return node }
    var renderer = YAMLRenderer(interpreter: interpreter, file: file)
    let result = renderer.render(node, skipping: Self.lateKeys.contains)
    problems += renderer.problems
    return result
  }
}

extension Field {
  /// The same key where it may be left out.
  var loosened: Field {
    var copy = self
    copy.isRequired = false
    return copy
  }
}
