import Diagnostics
import EngineCore

/// Tells the columns of what a unit test's model reads: as they are in the warehouse, or, where nothing is built yet,
/// as its SQL would give them.
final class ColumnPlanner {
  private let compiler: Compiler
  let seed: (Node) throws -> String
  private var known: [NodeID: [ColumnDescription]] = [:]
  /// What is being told, so that nothing is asked for itself.
  private var open: Set<NodeID> = []

  init(compiler: Compiler, seed: @escaping (Node) throws -> String) {
    self.compiler = compiler
    self.seed = seed
  }

  var dialect: any Dialect { compiler.connection?.dialect ?? StandardDialect(name: "") }

  /// The columns of a node or source. Throws a diagnostic at `span` if they cannot be told.
  func columns(of id: NodeID, at span: SourceSpan) throws -> [ColumnDescription] {
    if let columns = known[id] { return columns }
    guard let connection = compiler.connection, open.insert(id).inserted else { throw unknown(id, span, nil) }
    defer { open.remove(id) }
    var columns: [ColumnDescription] = []
    if let source = compiler.project.source(id) {
      columns = try of(source, connection)
    } else if let node = compiler.project.node(id) {
      columns = try node.relation.map { try connection.columns(of: $0) } ?? []
      if columns.isEmpty { columns = try planned(node, connection, span) }
    }
    guard !columns.isEmpty else { throw unknown(id, span, nil) }
    known[id] = columns
    return columns
  }

  private func of(_ source: SourceTable, _ connection: any Connection) throws -> [ColumnDescription] {
    let found: [ColumnDescription]
    do {
      found = try connection.columns(of: source.relation)
    } catch let problem as Diagnostic where source.relation.expression != nil && !source.columns.isEmpty {
      // Files that are not there yet have the columns that are declared, if they are.
      guard source.columns.allSatisfy({ $0.dataType != nil }) else { throw problem }
      found = []
    }
    guard found.isEmpty, source.columns.allSatisfy({ $0.dataType != nil }) else { return found }
    return source.columns.map { ColumnDescription(name: $0.name, type: $0.dataType ?? "") }
  }

  /// The columns that a node would have: its SQL is planned over tables without rows.
  private func planned(
    _ node: Node, _ connection: any Connection, _ span: SourceSpan
  ) throws -> [ColumnDescription] {
    do {
      if node.resourceType == .seed { return try connection.columns(ofQuery: try seed(node)) }
      let inputs = InputSubstitution(dialect) { [self] id in
        if let relation = try existing(id, connection) { return .relation(relation) }
        let fixture = FixtureSQL(dialect: dialect, subject: "", span: span)
        return .query(try fixture.select([], try columns(of: id, at: span)))
      }
      let other = Compiler(
        project: compiler.project, invocation: compiler.invocation, connection: connection, log: compiler.log)
      let sql = try other.render(node, inputs, nil)
      return try connection.columns(ofQuery: CommonTableInjection.inject(inputs.tables, into: sql))
    } catch {
      let problems = DiagnosticList.collecting(error, else: .badUnitTest, "its SQL cannot be planned")
      throw unknown(node.id, span, problems.first)
    }
  }

  /// The relation, if it stands in the warehouse.
  private func existing(_ id: NodeID, _ connection: any Connection) throws -> Relation? {
    if let source = compiler.project.source(id) {
      return try connection.columns(of: source.relation).isEmpty ? nil : source.relation
    }
    guard let relation = compiler.project.node(id)?.relation else { return nil }
    return try connection.columns(of: relation).isEmpty ? nil : relation
  }

  private func unknown(_ id: NodeID, _ span: SourceSpan, _ cause: Diagnostic?) -> Diagnostic {
    Diagnostic(
      .badUnitTest, "the columns of '\(id)' are not known: it is not built, and its SQL does not tell them",
      at: span, hint: "build it first, or give the input as SQL: {format: sql, rows: select 1 as id}",
      cause: cause?.message)
  }
}
