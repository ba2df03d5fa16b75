import Diagnostics
import Jinja

/// What unit tests of a package may test and take their rows from.
struct UnitTestSurroundings: Sendable {
  private var models: [String: [Node]] = [:]
  private var fixtures: [String: FilePlace] = [:]

  init(_ nodes: [Node], fixtures places: [FilePlace]) {
    for node in nodes where node.resourceType == .model { models[node.name, default: []].append(node) }
    for place in places {
      let (stem, kind) = Path.stem(of: place.path)
      if fixtures[stem + "." + kind] == nil { fixtures[stem + "." + kind] = place }
    }
  }

  /// The models of a name, all versions.
  func models(named name: String) -> [Node] { models[name] ?? [] }

  /// Every model's name.
  var modelNames: [String] { models.keys.sorted() }

  /// The file that a fixture's name means.
  func fixture(_ name: String, _ format: UnitTestDefinition.Format) -> FilePlace? {
    fixtures["\(name).\(format.rawValue)"]
  }

  /// Every fixture's name.
  var fixtureNames: [String] { fixtures.keys.sorted() }
}

extension NodeBuilder {
  /// The nodes of a unit test: one, or one for each of its model's versions.
  func unitTests(_ entry: UnitTestProperties, _ surroundings: UnitTestSurroundings) -> [NodeOutcome] {
    let models = tested(entry, surroundings)
    var outcomes: [NodeOutcome] = []
    for model in models {
      outcomes.append(outcome { try unitTest(entry, model, surroundings) })
      // What is wrong with the declaration is so for every version.
      if outcomes.count > 1 { outcomes[outcomes.count - 1].problems = [] }
    }
    if models.isEmpty { outcomes.append(outcome { throw untested(entry, surroundings) }) }
    return outcomes
  }

  /// The models that an entry means: of several versions those that it takes.
  private func tested(_ entry: UnitTestProperties, _ surroundings: UnitTestSurroundings) -> [Node] {
    let (name, version) = Self.tested(entry.model, surroundings)
    let found = surroundings.models(named: name)
    guard found.contains(where: { $0.version != nil }) else { return found }
    func texts(_ key: String) -> [String]? {
      entry.versions?[key].flatMap { $0.isNull ? nil : $0.data.texts }
    }
    let (included, excluded) = (texts("include"), texts("exclude") ?? [])
    return found.filter { model in
      guard let own = model.version?.text else { return false }
      if let version { return own == version || "v" + own == version }
      return (included?.contains(own) ?? true) && !excluded.contains(own)
    }
  }

  /// The model's name, which may hold spaces, and the version that may stand behind it.
  private static func tested(
    _ text: String, _ surroundings: UnitTestSurroundings
  ) -> (name: String, version: String?) {
    guard surroundings.models(named: text).isEmpty, let space = text.lastIndex(of: " ") else {
      return (text, nil)
    }
    return (String(text[..<space]), String(text[text.index(after: space)...]))
  }

  private func untested(_ entry: UnitTestProperties, _ surroundings: UnitTestSurroundings) -> Diagnostic {
    let name = Self.tested(entry.model, surroundings).name
    let known = surroundings.models(named: name).compactMap { $0.version?.text }
    guard known.isEmpty else {
      return Diagnostic(
        .badUnitTest, "unit test '\(entry.name)' tests no version of model '\(name)'", at: entry.span,
        notes: ["it has: " + known.joined(separator: ", ")])
    }
    return Diagnostic(
      .badUnitTest, "unit test '\(entry.name)' tests the model '\(entry.model)', which does not exist",
      at: (entry.item["model"] ?? entry.item).span(in: entry.file),
      hint: Spelling.hint(for: name, among: surroundings.modelNames))
  }

  private func unitTest(
    _ entry: UnitTestProperties, _ model: Node, _ surroundings: UnitTestSurroundings
  ) throws -> ParsedNode? {
    if model.isPython {
      throw Diagnostic(
        .badUnitTest, "unit test '\(entry.name)' tests the Python model '\(model.searchName)'",
        at: (entry.item["model"] ?? entry.item).span(in: entry.file),
        hint: "as in dbt, only SQL models have unit tests; test the model's functions with Python's own tools"
      )
    }
    let package = environment.settings.name
    let file = environment.settings.inner(entry.file)
    let suffix = model.version.map { "_v\($0.text)" } ?? ""
    let folders = file.split(separator: "/").dropFirst().dropLast().map(String.init)
    var node = Node(
      id: NodeID(.unitTest, package, "\(entry.model).\(entry.name)\(suffix)"), resourceType: .unitTest,
      name: entry.name, package: package, path: "\(entry.name)\(suffix).sql", originalPath: file,
      fqn: [package] + folders + [entry.model, entry.name], span: entry.span,
      config: NodeConfig(materialization: .unit, values: .emptyMapping), code: model.code, checksum: "")
    enter()
    configure(&node, trees.unitTests, ConfigDefaults.unitTest, nil, entry.config)
    var decoder = ConfigDecoder(
      subject: "unit test '\(entry.name)'", span: entry.span,
      origins: ConfigOrigins(entries: [.init(node: entry.item, file: entry.file)]))
    node.config = decoder.unitTest(node.config.values)
    problems += decoder.problems
    node.description = Describer(context: context, file: entry.file).text(entry.description, &problems)
    var test = UnitTestDefinition(
      model: entry.model, modelNode: model.id, version: model.version?.value, given: [],
      expect: try fixture(entry.expect, entry, surroundings))
    for given in entry.given {
      if let given = try self.given(given, entry, surroundings) { test.given.append(given) }
    }
    override(&test, entry)
    test.versions = versions(entry, model)
    problems += incrementalProblems(test, entry, model)
    node.unitTest = test
    node.checksum = test.checksum
    if model.config.isEnabled { node.dependencies = [model.id] } else { node.config.isEnabled = false }
    return ParsedNode(node: node)
  }

  private func versions(_ entry: UnitTestProperties, _ model: Node) -> UnitTestDefinition.Versions? {
    guard let node = entry.versions, node.entries?.isEmpty == false else { return nil }
    if model.version == nil {
      problems.append(
        Diagnostic(
          .badUnitTest, "unit test '\(entry.name)' names versions, and model '\(model.name)' has none",
          at: node.span(in: entry.file)))
    }
    return .init(include: node["include"]?.data.items, exclude: node["exclude"]?.data.items)
  }

  private func override(_ test: inout UnitTestDefinition, _ entry: UnitTestProperties) {
    guard let node = entry.overrides, !node.isNull else { return }
    test.hasOverrides = true
    for part in node.entries ?? [] where !["macros", "vars", "env_vars"].contains(part.key) {
      problems.append(
        Diagnostic(
          .badUnitTest, "unit test '\(entry.name)' overrides '\(part.key)', which it cannot",
          at: part.span(in: entry.file), hint: "there are macros, vars and env_vars"))
    }
    func values(_ key: String) -> DataValue {
      guard let value = node[key], !value.isNull else { return .emptyMapping }
      if value.entries == nil {
        problems.append(
          Diagnostic(
            .badUnitTest, "'\(key)' of unit test '\(entry.name)' must be a mapping, not \(value.typeName)",
            at: value.span(in: entry.file)))
      }
      return value.data
    }
    test.macros = values("macros")
    test.vars = values("vars")
    test.environment = values("env_vars")
  }

  /// As in dbt, a test must say which of its two ways an incremental model goes, and what it has already.
  private func incrementalProblems(
    _ test: UnitTestDefinition, _ entry: UnitTestProperties, _ model: Node
  ) -> [Diagnostic] {
    guard model.calledMacros.contains(NodeID(.macro, "dbt", "is_incremental")) else { return [] }
    guard let isIncremental = test.isIncremental else {
      return [
        Diagnostic(
          .badUnitTest,
          "unit test '\(entry.name)' does not say whether '\(model.searchName)' is to be incremental",
          at: entry.span, hint: "write overrides: {macros: {is_incremental: true}}, or false")
      ]
    }
    guard isIncremental, !test.given.contains(where: { $0.input == .this }) else { return [] }
    return [
      Diagnostic(
        .badUnitTest, "unit test '\(entry.name)' does not say what '\(model.searchName)' holds before",
        at: entry.span, hint: "add an input: {input: this, rows: [...]}")
    ]
  }

  private func given(
    _ given: FixtureProperties, _ entry: UnitTestProperties, _ surroundings: UnitTestSurroundings
  ) throws -> UnitTestDefinition.Given? {
    let fixture = try fixture(given, entry, surroundings)
    let text = NativeMacros.trimmed(given.input)
    if text == "this" { return .init(text: given.input, input: .this, fixture: fixture) }
    let before = context.frame
    defer { context.frame = before }
    context.frame = RenderFrame(package: environment.settings.name)
    let bad = Diagnostic(
      .badUnitTest, "'\(given.input)' is no input of a model", at: given.span,
      hint: "write ref('model'), source('source', 'table') or this")
    let call = YAMLRenderer.soleExpression(text) ?? text
    guard CheckRendering.looksLikeCall(call) else { throw bad }
    do {
      _ = try context.interpreter.evaluate(expression: call, name: entry.file)
    } catch {
      throw bad
    }
    if let reference = context.frame.references.first {
      return .init(text: given.input, input: .model(reference), fixture: fixture)
    }
    guard let source = context.frame.sources.first else { throw bad }
    return .init(text: given.input, input: .source(source), fixture: fixture)
  }

  private func fixture(
    _ fixture: FixtureProperties, _ entry: UnitTestProperties, _ surroundings: UnitTestSurroundings
  ) throws -> UnitTestDefinition.Fixture {
    let what = fixture.input.isEmpty ? "what unit test '\(entry.name)' expects" : fixture.input
    func wrong(_ message: String, _ hint: String) -> Diagnostic {
      Diagnostic(.badUnitTest, message, at: fixture.span, hint: hint)
    }
    var rows: UnitTestDefinition.Rows
    switch fixture.format {
    case .dict where fixture.rows == nil && fixture.file == nil && !fixture.input.isEmpty: rows = .seed
    case .dict:
      guard let items = fixture.rows?.items, items.allSatisfy({ $0.entries != nil }) else {
        throw wrong("the rows of \(what) must be a list of mappings", "write for example: rows: [{id: 1}]")
      }
      rows = .list(items.map(\.data))
    case .csv, .sql:
      let written = fixture.rows?.string.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }
      let text = try fixture.file.map { try contents(of: $0, fixture, surroundings) } ?? written
      guard let text else {
        throw wrong(
          "the rows of \(what) must be text in \(fixture.format.rawValue)",
          "write them below 'rows: |', or name a file of tests/fixtures: fixture: name")
      }
      rows = fixture.format == .sql ? .sql(text) : .list(FixtureCSV.rows(text))
    }
    if case .list(var list) = rows {
      // As in dbt, a row that says everything comes first.
      if let whole = list.firstIndex(where: { ($0.entries ?? []).allSatisfy { !$0.value.isNone } }), whole > 0
      {
        list.swapAt(0, whole)
        rows = .list(list)
      }
    }
    return .init(format: fixture.format, rows: rows, file: fixture.file, span: fixture.span)
  }

  private func contents(
    of name: String, _ fixture: FixtureProperties, _ surroundings: UnitTestSurroundings
  ) throws -> String {
    guard let place = surroundings.fixture(name, fixture.format) else {
      throw Diagnostic(
        .badUnitTest,
        "there is no fixture '\(name)': no file tests/fixtures/\(name).\(fixture.format.rawValue)",
        at: fixture.span,
        hint: Spelling.hint(for: "\(name).\(fixture.format.rawValue)", among: surroundings.fixtureNames))
    }
    return try FileSystem.text(of: Path.joined(environment.settings.root, place.path), shownAs: place.path)
  }
}
