import Diagnostics
import EngineCore
import Jinja

/// A node's final SQL.
public struct CompiledNode: Sendable {
  /// The unique name.
  public var id: NodeID
  /// The SQL with its ephemeral parents as common table expressions; hooks are apart.
  public var sql: String
  /// Every ephemeral model that the SQL reads, directly or through another, parents first.
  public var ephemeralParents: [(id: NodeID, sql: String)]

  /// Makes a compiled node.
  public init(id: NodeID, sql: String, ephemeralParents: [(id: NodeID, sql: String)]) {
    self.id = id
    self.sql = sql
    self.ephemeralParents = ephemeralParents
  }
}

/// Renders nodes, checks and hooks to SQL. One for each session; it must not be used from two threads at once.
public final class Compiler {
  let project: Project
  let invocation: Invocation
  let connection: (any Connection)?
  let log: (LogLine) -> Void
  private let base: BaseContext
  let context: NodeContext
  private var ephemerals: [NodeID: (sql: String, parents: [NodeID], outside: OutsideReads)] = [:]
  private var hookTemplates: [String: Template] = [:]
  /// Whether the text that was compiled last asked for its own relation, even if compiling it failed.
  public private(set) var readsItself = false

  /// What was used that is no node's own, since this was last set.
  public var outside: OutsideReads {
    get { context.outside }
    set { context.outside = newValue }
  }

  /// Makes a compiler. Without a connection `execute` is false, and what would read the warehouse fails.
  public init(
    project: Project, invocation: Invocation, connection: (any Connection)?,
    log: @escaping (LogLine) -> Void
  ) {
    self.project = project
    self.invocation = invocation
    self.connection = connection
    self.log = log
    base = BaseContext(invocation: invocation, log: log)
    base.vars = project.vars
    base.packageVars = project.packageVars
    base.packageVersions = project.packageVersions
    context = NodeContext(
      base: base, settings: project.settings, target: project.target, macros: project.macroTable,
      project: project, connection: connection)
  }

  /// A model's SQL, or for a check the SQL that gives the rows that fail, before `limit` and `fail_calc`.
  /// Throws `Diagnostic`s with places in the project's files.
  public func compile(_ node: Node, isIncremental: Bool = false) throws -> CompiledNode {
    try compile(node, isIncremental: isIncremental, batch: nil)
  }

  /// A model's SQL for a span of time: of what has an `event_time` it reads that span alone.
  public func compile(_ node: Node, isIncremental: Bool, batch: EventBatch?) throws -> CompiledNode {
    let (sql, direct) = try located(node) {
      defer { readsItself = context.frame.readsItself }
      return try body(of: node, isIncremental: isIncremental, batch: batch)
    }
    return try finished(node.id, sql, direct)
  }

  /// A model's hook.
  public func render(_ hook: Hook, for node: Node) throws -> String {
    try located(node) {
      enter(node, isIncremental: false)
      context.frame.checksDependencies = false
      return try context.interpreter.render(try template(hook.sql, SnippetNames.hook(of: node.span.file)))
    }
  }

  /// A hook of `on-run-start` or `on-run-end`; the latter is given what became of the run's nodes.
  public func render(_ hook: Hook, after reports: [NodeReport]?) throws -> String {
    enterNothing()
    if let package = hook.package { context.frame.package = package }
    context.frame.reports = reports
    let file = project.settings.file
    return try SnippetNames.relocating(to: SourceSpan(file: file)) {
      try context.interpreter.render(try template(hook.sql, SnippetNames.hook(of: file)))
    }
  }

  /// SQL that stands in no file.
  public func compile(inline sql: String, name: String) throws -> CompiledNode {
    enterNothing()
    let id = NodeID(.operation, project.settings.name, name)
    if YAMLRenderer.holdsJinja(sql) {
      let template = try Template(parsing: sql, name: name)
      let text = try context.interpreter.render(template)
      return try finished(id, CommonTableInjection.withoutTerminator(text), context.frame.ephemerals)
    }
    if TableQuestion.isOne(sql) { return try finished(id, CommonTableInjection.withoutTerminator(sql), []) }
    let references: [TableReference]
    do {
      references = try connection?.tableReferences(in: sql) ?? []
    } catch var problem as Diagnostic {
      if problem.span?.file.isEmpty ?? false { problem.span?.file = name }
      throw problem
    }
    let found = project.plainNames.references(in: sql, references, own: nil)
    let (text, direct) = try PlainSQL.compiled(sql, found, project, context)
    return try finished(id, CommonTableInjection.withoutTerminator(text), direct)
  }

  // MARK: - Unit tests

  /// Takes over what a unit test overrides, for all that is rendered from now on.
  func override(_ test: UnitTestDefinition) {
    context.overrides = test.macros
    base.overriddenVars = test.vars
    base.overriddenEnvironment = test.environment
  }

  /// A model's SQL over what stands in place of its inputs, which are not injected yet.
  func render(_ node: Node, _ inputs: InputSubstitution, _ test: UnitTestDefinition?) throws -> String {
    try located(node) {
      enter(node, isIncremental: test?.isIncremental ?? false)
      context.frame.inputs = inputs
      if let test {
        let reads = test.given.contains { $0.input == .this }
        context.frame.this = reads ? try inputs.relation(for: node.id) : nil
      }
      let sql: String
      if node.isPlainSQL {
        sql = try PlainSQL.compiled(node.code, node.plainReferences, context.dialect, inputs)
      } else {
        let template = try parsedText(of: node)
        sql = try context.interpreter.render(template)
      }
      return CommonTableInjection.withoutTerminator(sql)
    }
  }

  // MARK: - Bodies

  /// The text, parsed: while the project was read, or now, where it was kept from another time.
  private func parsedText(of node: Node) throws -> Template {
    try node.template ?? Template(parsing: node.codeOffset.placed(node.code), name: node.span.file)
  }

  private func body(
    of node: Node, isIncremental: Bool, batch: EventBatch? = nil
  ) throws -> (String, [NodeID]) {
    enter(node, isIncremental: isIncremental, batch: batch)
    if case .generic(let check)? = node.check {
      let sql = try CheckRendering(context: context, check: check).sql()
      return (sql, context.frame.ephemerals)
    }
    if node.isPython, node.function == nil { return (try pythonModel(of: node).text, []) }
    if node.isPlainSQL {
      let (sql, direct) = try PlainSQL.compiled(node.code, node.plainReferences, project, context)
      return (CommonTableInjection.withoutTerminator(sql), direct)
    }
    let template = try parsedText(of: node)
    let sql = node.codeOffset.removed(from: try context.interpreter.render(template))
    return (CommonTableInjection.withoutTerminator(sql), context.frame.ephemerals)
  }

  func finished(_ id: NodeID, _ sql: String, _ direct: [NodeID]) throws -> CompiledNode {
    guard !direct.isEmpty else { return CompiledNode(id: id, sql: sql, ephemeralParents: []) }
    var ordered: [NodeID] = []
    for parent in direct { try collect(parent, within: [id], &ordered) }
    let tables = ordered.compactMap { parent -> (id: NodeID, name: String, sql: String)? in
      guard let node = project.node(parent), let body = ephemerals[parent] else { return nil }
      return (parent, CommonTableInjection.name(of: node.standardAlias), body.sql)
    }
    return CompiledNode(
      id: id, sql: CommonTableInjection.inject(tables.map { ($0.name, $0.sql) }, into: sql),
      ephemeralParents: tables.map { ($0.id, $0.sql) })
  }

  /// Compiles an ephemeral model and those that it reads, and appends them, parents first.
  private func collect(_ id: NodeID, within path: [NodeID], _ ordered: inout [NodeID]) throws {
    guard !ordered.contains(id) else { return }
    guard !path.contains(id) else {
      throw Diagnostic(
        .cycle, "ephemeral models read each other in a circle",
        notes: [(path + [id]).map(\.rawValue).joined(separator: " → ")])
    }
    guard let node = project.node(id) else { return }
    let body: (sql: String, parents: [NodeID], outside: OutsideReads)
    if let known = ephemerals[id] {
      body = known
    } else {
      let before = outside
      outside = OutsideReads()
      defer { outside = before }
      let (sql, parents) = try located(node) { try self.body(of: node, isIncremental: false) }
      body = (sql, parents, outside)
      ephemerals[id] = body
    }
    outside.add(body.outside)
    for parent in body.parents { try collect(parent, within: path + [id], &ordered) }
    ordered.append(id)
  }

  // MARK: - Frames

  func enter(_ node: Node, isIncremental: Bool, batch: EventBatch? = nil) {
    var frame = RenderFrame(package: node.package)
    frame.model = node
    frame.this =
      node.relation
      ?? Relation(
        database: project.target.database, schema: project.target.schema,
        identifier: node.config.alias ?? node.standardAlias)
    frame.isIncremental = isIncremental
    frame.batch = batch
    frame.checksDependencies = true
    context.frame = frame
    base.currentNode = node.id
  }

  func enterNothing() {
    context.frame = RenderFrame(package: project.settings.name)
    base.currentNode = nil
  }

  private func template(_ text: String, _ name: String) throws -> Template {
    let key = name + "\u{0}" + text
    if let known = hookTemplates[key] { return known }
    let template = try Template(parsing: text, name: name)
    hookTemplates[key] = template
    return template
  }

  func located<T>(_ node: Node, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch {
      let problems = context.explained(
        DiagnosticList.collecting(
          error, else: .templateRuntime, "\(node.resourceType.rawValue) '\(node.name)' does not compile"))
      let located = problems.map { problem in
        var problem = SnippetNames.relocated(problem.located(at: node.span), to: node.span)
        if node.check != nil, problem.span != node.span, problem.span?.file != node.span.file {
          problem.notes.append("in the check '\(node.name)', declared at \(node.span)")
        }
        return problem
      }
      if located.count == 1, let only = located.first { throw only }
      throw DiagnosticList(located)
    }
  }
}
