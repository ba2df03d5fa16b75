import Checks
import EngineCore
import Testing

@Suite("A model's columns and its contract")
struct ContractComparisonTests {
  private func column(_ name: String, _ type: String) -> ColumnDescription {
    ColumnDescription(name: name, type: type)
  }

  @Test("agree in any order")
  func agreeing() {
    let comparison = ContractComparison(
      definition: [column("b", "DATE"), column("a", "INTEGER")],
      contract: [column("a", "INTEGER"), column("b", "DATE")])
    #expect(comparison.mismatches.isEmpty)
  }

  @Test("differ by type, by what one lacks and by what the other does, told as a table")
  func differing() {
    let comparison = ContractComparison(
      definition: [column("id", "BIGINT"), column("more", "INTEGER"), column("Name", "VARCHAR")],
      contract: [column("id", "INTEGER"), column("gone", "DATE"), column("name", "VARCHAR")])
    #expect(
      comparison.lines == [
        "| column | definition type | contract type | reason                |",
        "| ------ | --------------- | ------------- | --------------------- |",
        "| Name   | VARCHAR         |               | missing in contract   |",
        "| gone   |                 | DATE          | missing in definition |",
        "| id     | BIGINT          | INTEGER       | data type mismatch    |",
        "| more   | INTEGER         |               | missing in contract   |",
        "| name   |                 | VARCHAR       | missing in definition |",
      ])
  }
}
