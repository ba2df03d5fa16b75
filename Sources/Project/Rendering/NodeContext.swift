import Diagnostics
import EngineCore
import Jinja

/// What a template sees beyond the base names while it is parsed or compiled: one for each thread.
final class NodeContext {
  let base: BaseContext
  let settings: ProjectSettings
  let target: Target
  let macros: MacroTable
  let dialect: any Dialect
  /// The whole project; nil while it is being loaded, when references are only recorded.
  let project: Project?
  /// The session, for what is no question to the warehouse, or only one of a node's own relation.
  let session: (any Connection)?
  /// What was used that is no node's own, since somebody last looked.
  var outside = OutsideReads()
  var frame: RenderFrame
  /// The node that is being parsed, for what `model` shows meanwhile.
  var parsedModel: Node?
  /// What a unit test says that macros give, by name, some with their package's before it.
  var overrides: DataValue?
  /// Results of `statement` blocks by name.
  var results: [String: Value] = [:]
  /// Nodes that the target was seen to have.
  var presentNodes: Set<NodeID> = []
  private(set) lazy var interpreter = makeInterpreter()
  private var macroValues: [NodeID: Value] = [:]
  private lazy var graphValue = GraphValues.graph(project)
  private lazy var natives = NativeMacros(self)

  init(
    base: BaseContext, settings: ProjectSettings, target: Target, macros: MacroTable, project: Project? = nil,
    connection: (any Connection)? = nil
  ) {
    self.base = base
    self.settings = settings
    self.target = target
    self.macros = macros
    self.project = project
    session = connection
    dialect = connection?.dialect ?? StandardDialect(name: target.type)
    frame = RenderFrame(package: settings.name)
    base.projectName = macros.root
    base.package = { [unowned self] in frame.package }
    base.target = target.visibleValues
    base.needsVariables = project != nil
    if project != nil {
      base.noteEnvironment = { [unowned self] in outside.note(environment: $0) }
      base.noteVariable = { [unowned self] in outside.note(variable: $0, of: frame.package) }
    }
  }

  /// Whether templates may read the warehouse.
  var isExecuting: Bool { project != nil && session != nil }

  /// What answers questions about the warehouse; whoever takes it is taken to ask.
  var connection: (any Connection)? {
    if session != nil { outside.noteWarehouse() }
    return session
  }

  private func makeInterpreter() -> Interpreter {
    let interpreter = Interpreter { [unowned self] name in self.value(name) }
    HostFilters.install(in: interpreter)
    return interpreter
  }

  // MARK: - Names

  private func value(_ name: String) -> Value? {
    if overrides != nil, let value = overriding(name) ?? overriding("dbt." + name) { return value }
    if !frame.additions.isEmpty, let value = frame.additions[name] { return value }
    if let macro = macro(name) { return macro }
    if project != nil { outside.note(name: name) }
    return contextValue(name) ?? base.value(name) ?? natives.value(name)
  }

  /// What a unit test puts in the place of a name: what is called gives the value, anything else is it.
  func overriding(_ name: String) -> Value? {
    guard let value = overrides?[name].map({ Value($0) }) else { return nil }
    let plain = name.split(separator: ".").last.map(String.init) ?? name
    guard macro(plain) != nil || natives.value(plain) != nil || plain != name else { return value }
    return .function(plain) { _, _ in value }
  }

  /// A macro by its name alone: of the package whose text is rendered, or of the project.
  func macro(_ name: String) -> Value? { macros.macro(name, from: frame.package).map(callable) }

  /// A macro of a package.
  func macro(_ name: String, of package: String) -> Value? { macros.macro(name, of: package).map(callable) }

  func callable(_ definition: MacroDefinition) -> Value {
    frame.macros.insert(definition.id)
    if project != nil { outside.note(macro: definition.id) }
    noteCall(definition.id)
    if let value = macroValues[definition.id] { return value }
    let value = interpreter.macro(
      definition.template.definitions[definition.definitionIndex], of: definition.template)
    macroValues[definition.id] = value
    return value
  }

  /// Notes a macro that the text itself calls, and not another macro for it.
  func noteCall(_ id: NodeID) {
    guard project == nil, interpreter.callDepth == 0, !frame.calledMacros.contains(id) else { return }
    frame.calledMacros.append(id)
  }

  private func contextValue(_ name: String) -> Value? {
    switch name {
    case "ref": .function("ref") { [unowned self] arguments, _ in try self.ref(arguments) }
    case "source": .function("source") { [unowned self] arguments, _ in try self.source(arguments) }
    // As in dbt, an exposure depends on no functions.
    case "function" where !frame.takesMetrics:
      .function("function") { [unowned self] arguments, _ in try self.function(arguments) }
    case "metric" where frame.takesMetrics:
      .function("metric") { [unowned self] arguments, _ in try self.metric(arguments) }
    case "config": .object(ConfigObject(self))
    case "this": ownRelation
    case "model": (frame.model ?? parsedModel).map(modelValue) ?? Value.none
    case "execute": .bool(isExecuting)
    case "graph": graphValue
    case "adapter": .object(AdapterObject(self))
    case "api":
      Value([("Relation", .object(RelationFactory(dialect))), ("Column", .object(ColumnFactory(dialect)))])
    case "doc": .function("doc") { [unowned self] arguments, _ in try self.doc(arguments) }
    case "database": .string(frame.this?.database ?? target.database)
    case "schema": .string(frame.this?.schema ?? target.schema)
    case "results": runValues?.results
    case "schemas": runValues?.schemas
    case "database_schemas": runValues?.databaseSchemas
    case "selected_resources": Value(base.invocation.selected.map { .string($0.rawValue) })
    case "pre_hooks", "post_hooks": hooks(name)
    case "sql", "compiled_code": .string(frame.compiledSQL ?? "")
    case "render": renderFunction
    case "context": .object(ContextObject(self))
    case "builtins": builtins
    case "store_result", "store_raw_result":
      .function(name) { [unowned self] arguments, _ in
        self.results[arguments.value(0, "name")?.description ?? ""] =
          arguments.value(2, "agate_table") ?? Value.none
        return ""
      }
    case "load_result", "fetch_result":
      .function(name) { [unowned self] arguments, _ in
        self.results[arguments.value(0, "name")?.description ?? ""] ?? Value.none
      }
    case "dbt", "dbt_duckdb", settings.name: .object(NamespaceObject(name, self))
    case let name where macros.has(package: name): .object(NamespaceObject(name, self))
    default: nil
    }
  }

  /// `this`.
  private var ownRelation: Value {
    frame.readsItself = true
    return frame.this.map { .object(RelationObject($0.withoutKind, dialect)) } ?? Value.none
  }

  private var runValues: RunValues? { frame.reports.map { RunValues(reports: $0, project: project) } }

  /// A name as `context[…]` finds it.
  func lookup(_ name: String) -> Value? { value(name) }

  /// dbt's own version of a name that the project may have replaced.
  func original(_ name: String) -> Value? { natives.value(name) ?? contextValue(name) }

  private var builtins: Value {
    Value(
      [("ref", contextValue("ref").map { .object(ReferenceFunction($0, self)) } ?? Value.none)]
        + ["source", "function", "config", "this", "doc", "execute"].compactMap { name in
          contextValue(name).map { (name, $0) }
        }
        + ["var", "env_var", "log", "return", "tojson", "fromjson", "target"].compactMap { name in
          base.value(name).map { (name, $0) }
        })
  }

  // MARK: - References

  private func ref(_ arguments: Arguments) throws -> Value {
    try relation(of: try Self.reference(arguments))
  }

  /// What `ref()` gives.
  func relation(of reference: ModelReference) throws -> Value {
    guard let project else {
      frame.record(reference, at: interpreter.location)
      return placeholder(reference.name)
    }
    let index = try project.references.resolve(reference, from: frame.package, in: project)
      .located(at: interpreter.location)
    let id = project.nodes[index].id
    try checkDeclared(id, reference.call)
    if let inputs = frame.inputs { return .object(RelationObject(try inputs.relation(for: id), dialect)) }
    let name = project.nodes[index].standardAlias
    if project.nodes[index].config.materialization == .ephemeral {
      frame.recordEphemeral(id)
      return .object(RelationObject(.commonTable(name), dialect, filter: rowFilter(id)))
    }
    guard let relation = project.nodes[index].relation else { return placeholder(name) }
    return try readRelation(of: id, relation.withoutKind)
  }

  static func reference(_ arguments: Arguments) throws -> ModelReference {
    let names = arguments.positional.map(\.description)
    var version: Value?
    for (key, value) in arguments.keyword {
      switch key {
      case "v", "version": version = value.isNone ? version : value
      case "package", "project": continue
      default: throw Diagnostic(.templateRuntime, "ref() got an unexpected keyword argument '\(key)'")
      }
    }
    let package = arguments["package"] ?? arguments["project"]
    let isNumber = version.map { $0.stringValue == nil } ?? false
    switch names.count {
    case 1:
      return ModelReference(
        package: package?.description, name: names[0], version: version?.description,
        hasNumericVersion: isNumber)
    case 2:
      return ModelReference(
        package: names[0], name: names[1], version: version?.description, hasNumericVersion: isNumber)
    default: throw Diagnostic(.templateRuntime, "ref() takes 1 or 2 names but \(names.count) were given")
    }
  }

  /// Notes what an exposure uses.
  private func metric(_ arguments: Arguments) throws -> Value {
    let names = arguments.positional.map(\.description)
    guard let name = names.last, names.count <= 2 else {
      throw Diagnostic(.templateRuntime, "metric() takes 1 or 2 names but \(names.count) were given")
    }
    frame.metrics.append(MetricReference(package: names.count == 2 ? names[0] : nil, name: name))
    return .string(name)
  }

  private func source(_ arguments: Arguments) throws -> Value {
    let names = arguments.positional.map(\.description)
    guard names.count == 2 else {
      throw Diagnostic(
        .templateRuntime, "source() takes a source's and a table's name, not \(names.count) names")
    }
    return try relation(of: SourceReference(source: names[0], table: names[1]))
  }

  /// What `source()` gives.
  func relation(of reference: SourceReference) throws -> Value {
    guard let project else {
      frame.record(reference, at: interpreter.location)
      return placeholder(reference.table)
    }
    let table = try project.references.resolve(reference, from: frame.package, in: project)
      .located(at: interpreter.location)
    try checkDeclared(table.id, "source('\(reference.source)', '\(reference.table)')")
    if let inputs = frame.inputs {
      return .object(RelationObject(try inputs.relation(for: table.id), dialect))
    }
    return try readRelation(of: table.id, table.relation)
  }

  /// What is read in a node's or source's place.
  private func readRelation(of id: NodeID, _ own: Relation) throws -> Value {
    let relation = try relation(readFor: id, own: own)
    return .object(RelationObject(relation, dialect, filter: rowFilter(id)))
  }

  /// A reference that shows only while executing would not be built in time: dbt refuses it, and so does this.
  func checkDeclared(_ id: NodeID, _ call: String) throws {
    guard frame.checksDependencies, let own = frame.model?.id, id != own,
      frame.model?.dependencies.contains(id) == false
    else { return }
    throw Diagnostic(
      .missingReference,
      "'\(frame.model?.name ?? "")' depends on '\(id)' only while it runs, so it cannot be planned",
      at: interpreter.location, hint: "add a line to the file: -- depends_on: {{ \(call) }}")
  }

  /// What stands for a relation while nothing is known yet.
  func placeholder(_ name: String) -> Value {
    .object(
      RelationObject(Relation(database: target.database, schema: target.schema, identifier: name), dialect))
  }

  private func doc(_ arguments: Arguments) throws -> Value {
    let names = arguments.positional.map(\.description)
    guard let name = names.last, names.count <= 2 else {
      throw Diagnostic(.templateRuntime, "doc() takes 1 or 2 names but \(names.count) were given")
    }
    let docs = project?.docs ?? frame.docs
    let named = docs.filter { $0.name == name }
    let owners = names.count == 2 ? [names[0]] : [macros.root, frame.package]
    let own = owners.lazy.compactMap { owner in named.first { $0.package == owner } }
    guard let block = own.first ?? (names.count == 2 ? nil : named.first) else {
      throw Diagnostic(
        .missingReference, "there is no docs block '\(name)'",
        hint: Spelling.hint(for: name, among: docs.map(\.name)))
    }
    if !frame.docsBlocks.contains(block.id) { frame.docsBlocks.append(block.id) }
    return .string(block.contents)
  }

  /// Runs a query for a template.
  func table(of sql: String, _ function: String) throws -> ResultTable {
    guard let connection else {
      throw Diagnostic(
        .needsConnection, "\(function)() needs a connection, and there is none here",
        hint: "put it inside {% if execute %} … {% endif %}")
    }
    return ResultTable(
      try Self.asked(sql, function) { try frame.host?.query(sql) ?? connection.query(sql) })
  }

  /// Runs what a template asks of the warehouse. A failure is the template's: its place is the call, and the place
  /// in the SQL that the engine names becomes a note.
  static func asked<T>(_ sql: String, _ function: String, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch var diagnostic as Diagnostic {
      if let span = diagnostic.span, span.file.isEmpty {
        diagnostic.span = nil
        let text = sql.count > 200 ? sql.prefix(200) + "…" : sql[...]
        diagnostic.notes.append("in the SQL of \(function)(), line \(span.line): \(text)")
      }
      throw diagnostic
    }
  }
}

extension Relation {
  /// The relation as templates get it: what it is only the warehouse can tell.
  var withoutKind: Relation {
    var copy = self
    copy.kind = nil
    return copy
  }

  /// Whether it stands for an ephemeral model.
  var isCommonTable: Bool { expression?.hasPrefix("__dbt__cte__") ?? false }

  /// The common table expression that stands for an ephemeral model.
  static func commonTable(_ name: String) -> Relation {
    let name = CommonTableInjection.name(of: name)
    return Relation(identifier: name, expression: name)
  }
}

/// How names are quoted where no engine is there to ask: as the standard says.
struct StandardDialect: Dialect {
  let name: String
}

/// What is rendered now, and what it was seen to use.
struct RenderFrame {
  var package: String
  var model: Node?
  var this: Relation?
  var isIncremental = false
  /// Whether `this` was asked for.
  var readsItself = false
  /// Whether references must be among the node's dependencies.
  var checksDependencies = false
  /// The SELECT of the model that a macro builds.
  var compiledSQL: String?
  /// The span of time that is built, for microbatch models.
  var batch: EventBatch?
  /// What carries out the statements of a macro that builds a model.
  var host: (any MaterializationHost)?
  var docs: [DocsBlock] = []
  /// What `config()` said, and where first.
  var config: DataValue = .emptyMapping
  var configSpan: SourceSpan?
  private(set) var references: [ModelReference] = []
  private(set) var referenceSpans: [SourceSpan?] = []
  private(set) var sources: [SourceReference] = []
  private(set) var sourceSpans: [SourceSpan?] = []
  private(set) var functions: [FunctionReference] = []
  private(set) var functionSpans: [SourceSpan?] = []
  private(set) var ephemerals: [NodeID] = []
  var macros: Set<NodeID> = []
  /// What became of the run's nodes, for hooks at its end.
  var reports: [NodeReport]?
  /// The macros that the text itself calls, in order.
  var calledMacros: [NodeID] = []
  /// The docs blocks that a description holds.
  var docsBlocks: [NodeID] = []
  /// The `metric` calls, where such may be: in what an exposure depends on.
  var metrics: [MetricReference] = []
  var takesMetrics = false
  /// What templates added to the names they see, with `context.update`.
  var additions: [String: Value] = [:]
  /// What stands in place of what the text reads, for unit tests.
  var inputs: InputSubstitution?

  init(package: String) { self.package = package }

  mutating func record(_ reference: ModelReference, at span: SourceSpan?) {
    guard !references.contains(reference) else { return }
    references.append(reference)
    referenceSpans.append(span)
  }

  mutating func record(_ reference: SourceReference, at span: SourceSpan?) {
    guard !sources.contains(reference) else { return }
    sources.append(reference)
    sourceSpans.append(span)
  }

  mutating func record(_ reference: FunctionReference, at span: SourceSpan?) {
    guard !functions.contains(reference) else { return }
    functions.append(reference)
    functionSpans.append(span)
  }

  mutating func recordEphemeral(_ id: NodeID) {
    if !ephemerals.contains(id) { ephemerals.append(id) }
  }
}

extension Result where Failure == Diagnostic {
  /// The value, or the diagnostic thrown with a place.
  func located(at span: SourceSpan?) throws -> Success {
    switch self {
    case .success(let value): return value
    case .failure(let diagnostic): throw diagnostic.located(at: span)
    }
  }
}
