import Diagnostics
import EngineCore
import Jinja

/// A unit test as SQL: two queries whose rows are to be the same.
public struct CompiledUnitTest: Sendable {
  /// What the model makes of the given rows.
  public var actual: String
  /// What it should.
  public var expected: String

  /// Makes a compiled unit test.
  public init(actual: String, expected: String) {
    self.actual = actual
    self.expected = expected
  }
}

extension Compiler {
  /// A unit test's SQL. It asks the engine for columns and reads no rows. `seed` gives the query that reads a seed's
  /// file. Throws `Diagnostic`s with places in the project's files.
  public func compile(unitTest node: Node, seed: @escaping (Node) throws -> String) throws -> CompiledUnitTest
  {
    guard let test = node.unitTest, let model = project.node(test.modelNode), let connection else {
      throw Diagnostic(.needsConnection, "the unit test '\(node.name)' needs a connection", at: node.span)
    }
    let planner = ColumnPlanner(compiler: self, seed: seed)
    let inputs = InputSubstitution(connection.dialect) { [project] id in
      guard let given = test.given.first(where: { project.id(of: $0.input, in: test, model.package) == id })
      else {
        throw self.missing(id, in: test)
      }
      return .query(try self.rows(given, id, node, planner))
    }
    let other = compiler(for: test)
    let sql = try other.render(model, inputs, test)
    outside.add(other.outside)
    let actual = CommonTableInjection.inject(inputs.tables, into: sql)
    return try compare(actual, test, node, connection)
  }

  private func missing(_ id: NodeID, in test: UnitTestDefinition) -> Diagnostic {
    let shown =
      id == test.modelNode
      ? "this"
      : project.source(id).map { "source('\($0.sourceName)', '\($0.name)')" }
        ?? project.node(id).map { "ref('\($0.name)')" } ?? id.rawValue
    return Diagnostic(
      .badUnitTest, "the model reads \(shown), and the unit test does not say its rows",
      at: test.expect.span, hint: "add it under 'given', if need be without rows: {input: \(shown), rows: []}"
    )
  }

  /// The given rows of an input as a query.
  private func rows(
    _ given: UnitTestDefinition.Given, _ id: NodeID, _ node: Node, _ planner: ColumnPlanner
  ) throws -> String {
    switch given.fixture.rows {
    case .sql(let text): return try rendered(text, node)
    case .seed:
      guard let own = project.node(id) else { return "" }
      return try seed(own, planner)
    case .list(let rows):
      let fixture = FixtureSQL(
        dialect: planner.dialect, subject: "'\(project.node(id)?.name ?? given.text)'",
        span: given.fixture.span)
      return try fixture.select(rows, try planner.columns(of: id, at: given.fixture.span))
    }
  }

  private func seed(_ node: Node, _ planner: ColumnPlanner) throws -> String { try planner.seed(node) }

  /// A fixture's own SQL, which may hold Jinja.
  private func rendered(_ text: String, _ node: Node) throws -> String {
    guard YAMLRenderer.holdsJinja(text) else { return CommonTableInjection.withoutTerminator(text) }
    let other = Compiler(project: project, invocation: invocation, connection: connection, log: log)
    return try other.compile(inline: text, name: node.span.file).sql
  }

  /// A compiler of its own, that reads what the test overrides.
  private func compiler(for test: UnitTestDefinition) -> Compiler {
    let other = Compiler(project: project, invocation: invocation, connection: connection, log: log)
    other.override(test)
    return other
  }

  private func compare(
    _ actual: String, _ test: UnitTestDefinition, _ node: Node, _ connection: any Connection
  ) throws -> CompiledUnitTest {
    let columns = try connection.columns(ofQuery: actual)
    let fixture = FixtureSQL(
      dialect: connection.dialect, subject: "expected output", span: test.expect.span)
    var expected: String
    var named = columns
    switch test.expect.rows {
    case .list(let rows):
      named = try fixture.named(rows, columns)
      expected = try fixture.select(rows, named)
    case .sql(let text): expected = try rendered(text, node)
    case .seed: expected = ""
    }
    let list = named.map { connection.dialect.quoted($0.name) }.joined(separator: ", ")
    expected = "SELECT \(list) FROM (\n\(expected)\n) AS weir_expected"
    return CompiledUnitTest(
      actual: "SELECT \(list) FROM (\n\(actual)\n) AS weir_actual", expected: expected)
  }
}

extension Project {
  /// What an input of a unit test means; nil if it is nothing of the project's.
  func id(of input: UnitTestDefinition.Input, in test: UnitTestDefinition, _ package: String) -> NodeID? {
    switch input {
    case .this: return test.modelNode
    case .model(let reference):
      guard case .success(let index) = references.resolve(reference, from: package, in: self) else {
        return nil
      }
      return nodes[index].id
    case .source(let reference):
      guard case .success(let table) = references.resolve(reference, from: package, in: self) else {
        return nil
      }
      return table.id
    }
  }
}
