import Diagnostics
import DuckDBEngine
import EngineCore
import Project
import Testing

@testable import Loads

@Suite("What becomes of a source's columns")
struct TablePlannerTests {
  private func table(_ configure: (inout LoadTable) -> Void = { _ in }) -> LoadTable {
    var table = LoadTable(
      name: "orders", from: "orders.csv", span: SourceSpan(file: "loads/shop.yml", line: 4, column: 5))
    configure(&table)
    return table
  }

  private func planner(_ table: LoadTable, infersTypes: Bool = false) -> TablePlanner {
    TablePlanner(table: table, naming: .snakeCase, dialect: DuckDBDialect(), infersTypes: infersTypes)
  }

  private func columns(_ list: [(String, String)]) -> [ColumnDescription] {
    list.map { ColumnDescription(name: $0.0, type: $0.1) }
  }

  private func problems(_ body: () throws -> TablePlan) -> [Diagnostic] {
    do {
      _ = try body()
      return []
    } catch {
      return DiagnosticList.collecting(error, else: .nodeFailed, "unexpected")
    }
  }

  @Test("a new table takes the source's columns by their new names")
  func newTable() throws {
    let plan = try planner(table()).plan(
      source: columns([("OrderID", "BIGINT"), ("Paid At", "TIMESTAMP")]), destination: nil)
    #expect(plan.columns.map(\.name) == ["order_id", "paid_at"])
    #expect(plan.columns.map(\.expression) == ["\"OrderID\"", "\"Paid At\""])
    #expect(plan.alterations.isEmpty)
    #expect(plan.changes.isEmpty)
  }

  @Test("two names that become one are refused, and both are named")
  func collision() {
    let found = problems {
      try planner(table()).plan(
        source: columns([("OrderID", "BIGINT"), ("order_id", "BIGINT"), ("x", "BIGINT")]), destination: nil)
    }
    #expect(found.map(\.code) == [.nameCollision])
    #expect(
      found.first?.message == "the columns 'OrderID' and 'order_id' of 'orders.csv' would both be 'order_id'")
  }

  @Test("columns are added, widened and missed, and all of it is told")
  func evolution() throws {
    let plan = try planner(table()).plan(
      source: columns([("id", "BIGINT"), ("amount", "DOUBLE"), ("note", "VARCHAR")]),
      destination: columns([("id", "INTEGER"), ("amount", "DECIMAL(10,2)"), ("old", "DATE")]))
    #expect(
      plan.alterations == [
        .widen(column: "id", from: .integer(bits: 32, isSigned: true), to: .bigint),
        .widen(column: "amount", from: .decimal(precision: 10, scale: 2), to: .double),
        .add(column: "note", type: .text),
      ])
    #expect(
      plan.changes.map(\.text) == [
        "column 'id' was widened from INTEGER to BIGINT",
        "column 'amount' was widened from DECIMAL(10,2) to DOUBLE",
        "column 'note' is new (VARCHAR)", "column 'old' is not in the source any more",
      ])
    #expect(plan.kept.map(\.name) == ["old"])
    #expect(plan.lossy.map(\.column) == ["amount"])
  }

  @Test("a column that gave way to one of its type was perhaps renamed")
  func renamed() throws {
    let plan = try planner(table()).plan(
      source: columns([("id", "BIGINT"), ("customer", "VARCHAR")]),
      destination: columns([("id", "BIGINT"), ("client", "VARCHAR")]))
    #expect(plan.changes.last == .perhapsRenamed(from: "client", to: "customer"))
  }

  @Test("a frozen contract refuses new columns and other types, all at once")
  func frozen() {
    let frozen = table { $0.contract = Contract(tables: .freeze, columns: .freeze, types: .freeze) }
    let found = problems {
      try planner(frozen).plan(
        source: columns([("id", "VARCHAR"), ("new", "DATE")]), destination: columns([("id", "BIGINT")]))
    }
    #expect(found.map(\.code) == [.contractBroken, .contractBroken])
    #expect(
      found.map(\.message) == [
        "'orders': the column 'id' is BIGINT, and the source now has VARCHAR, and the contract freezes types",
        "'orders': the column 'new' (DATE) is new, and the contract freezes columns",
      ])
  }

  @Test("a contract leaves out new columns, or the rows that have them")
  func discarded() throws {
    let source = columns([("id", "BIGINT"), ("new", "DATE")])
    let leaving = table { $0.contract.columns = .discardColumns }
    let left = try planner(leaving).plan(source: source, destination: columns([("id", "BIGINT")]))
    #expect(left.columns.map(\.name) == ["id"])
    #expect(left.rowRules.isEmpty)
    let rejecting = table { $0.contract.columns = .discardRows }
    let rejected = try planner(rejecting).plan(source: source, destination: columns([("id", "BIGINT")]))
    #expect(rejected.columns.map(\.name) == ["id"])
    #expect(rejected.rowRules.map(\.condition) == ["\"new\" IS NOT NULL"])
  }

  @Test("text that a reader guessed is looked at before a number's column is widened for it")
  func doubtful() throws {
    var planner = planner(table(), infersTypes: true)
    let source = columns([("id", "VARCHAR")])
    let destination = columns([("id", "BIGINT")])
    let first = try planner.plan(source: source, destination: destination)
    #expect(first.doubtful.map(\.column) == ["id"])
    #expect(first.alterations.isEmpty)
    planner.isSure = true
    #expect(try planner.plan(source: source, destination: destination).alterations.count == 1)
    planner.fitting = ["id"]
    #expect(try planner.plan(source: source, destination: destination).alterations.isEmpty)
  }

  @Test("structures are flattened, and lists split off, where the table says so")
  func nested() throws {
    let source = columns([
      ("id", "BIGINT"), ("shipTo", "STRUCT(\"City\" VARCHAR, pos STRUCT(x DOUBLE))"),
      ("items", "STRUCT(sku VARCHAR)[]"),
    ])
    let flat = try planner(table { $0.nesting = .flatten }).plan(source: source, destination: nil)
    #expect(flat.columns.map(\.name) == ["id", "ship_to__city", "ship_to__pos__x", "items"])
    #expect(flat.columns[1].expression == "\"shipTo\".\"City\"")
    let split = try planner(table { $0.nesting = .split }).plan(source: source, destination: nil)
    #expect(split.columns.map(\.name) == ["id", "ship_to__city", "ship_to__pos__x", "_weir_row_id"])
    #expect(split.lists.map(\.name) == ["items"])
  }

  @Test("columns are taken and left out by either name")
  func selection() throws {
    let source = columns([("OrderID", "BIGINT"), ("Note", "VARCHAR"), ("Secret", "VARCHAR")])
    let taking = table {
      $0.selected = ["order_id", "Secret"]
      $0.excluded = ["secret"]
    }
    #expect(try planner(taking).plan(source: source, destination: nil).columns.map(\.name) == ["order_id"])
  }
}
