import EngineCore
import Testing

@testable import Runner

@Suite("What a history's columns need")
struct SnapshotColumnPlanTests {
  private func plan(_ old: String, _ new: String) -> SnapshotColumnPlan {
    SnapshotColumnPlan(
      history: [ColumnDescription(name: "Value", type: old)],
      new: [ColumnDescription(name: "value", type: new)])
  }

  @Test("a column that is not there is added, whatever the case of those that are")
  func adds() {
    let columns = [
      ColumnDescription(name: "ID", type: "INTEGER"), ColumnDescription(name: "note", type: "VARCHAR"),
    ]
    let plan = SnapshotColumnPlan(history: [ColumnDescription(name: "id", type: "INTEGER")], new: columns)
    #expect(plan.added == [columns[1]])
    #expect(plan.widened.isEmpty)
  }

  @Test(
    "a type that holds what comes stays",
    arguments: [
      ("BIGINT", "INTEGER"), ("VARCHAR", "DATE"), ("TIMESTAMP", "DATE"), ("DECIMAL(10,2)", "DECIMAL(8,2)"),
      ("DOUBLE", "FLOAT"),
    ])
  func keeps(old: String, new: String) {
    let plan = plan(old, new)
    #expect(plan.widened.isEmpty && plan.lossy.isEmpty && plan.cast.isEmpty)
  }

  @Test(
    "a type that does not is widened to one that holds both",
    arguments: [
      ("INTEGER", "BIGINT", "BIGINT"), ("DECIMAL(8,2)", "DECIMAL(10,4)", "DECIMAL(10,4)"),
      ("INTEGER", "DECIMAL(4,2)", "DECIMAL(12,2)"), ("DATE", "TIMESTAMP", "TIMESTAMP"),
      ("FLOAT", "DOUBLE", "DOUBLE"),
      ("INTEGER", "DOUBLE", "DOUBLE"), ("UINTEGER", "INTEGER", "BIGINT"),
    ])
  func widens(old: String, new: String, wider: String) {
    let plan = plan(old, new)
    #expect(plan.widened.map(\.type) == [wider])
    #expect(plan.widened.map(\.name) == ["Value"])
  }

  @Test(
    "values that would be rounded are refused", arguments: [("BIGINT", "DOUBLE"), ("DECIMAL(8,2)", "DOUBLE")])
  func refuses(old: String, new: String) {
    #expect(plan(old, new).lossy.map(\.new) == [new])
  }

  @Test(
    "other types are left to the engine's casts",
    arguments: [("INTEGER", "VARCHAR"), ("TIMESTAMP", "TIMESTAMPTZ")])
  func casts(old: String, new: String) {
    #expect(plan(old, new).cast.map(\.old) == [old])
  }
}
