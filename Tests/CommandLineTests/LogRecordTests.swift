import Diagnostics
import Project
import Runner
import Testing

@testable import CommandLine

@Suite struct LogRecordTests {
  @Test("A record is one line of JSON in dbt's shape, with secrets hidden")
  func line() {
    let record = LogRecord(.info, "FoundStats", "W006", "Found \"3\" s3cret\nmodels") {
      $0.member("stat_line", "s3cret")
    }
    let line = record.line(at: 0.5, invocationID: "id-1", redactor: Redactor(secrets: ["s3cret"]))
    #expect(
      line
        == #"{"data":{"stat_line":"*****"},"info":{"category":"","code":"W006","extra":{},"#
        + #""invocation_id":"id-1","level":"info","msg":"Found \"3\" *****\nmodels","name":"FoundStats","#
        + #""ts":"1970-01-01T00:00:00.500000Z"}}"#)
  }

  @Test("Nodes' records carry dbt's event names and levels")
  func events() {
    let seed = Fixtures.seed("raw")
    let orders = Fixtures.model("orders")
    let check = Fixtures.check("unique_orders_id")
    let records = RunRecords(nodes: [seed, orders, check].map(NodeFacts.init))
    let started = records.started(seed.id, index: 1, at: 0)
    #expect(started.message == "1 of 3 START seed seed main.raw")
    let finished =
      records.finished(Fixtures.result(seed, .success, rows: 5), index: 1, at: 1)
      + records.finished(
        Fixtures.result(orders, .error, audits: [Fixtures.result(check, .fail, failures: 2)]), index: 2, at: 2
      )
    #expect(finished.map(\.name) == ["LogSeedResult", "LogModelResult", "LogTestResult"])
    #expect(finished.map(\.code) == ["Q016", "Q012", "Q007"])
    #expect(finished.map(\.level) == [.info, .error, .error])
    #expect(
      finished.map(\.message) == [
        "1 of 3 SUCCESS seed seed main.raw in 0.02s", "2 of 3 ERROR table model main.orders in 0.02s",
        "3 of 3 FAIL test unique_orders_id in 0.02s",
      ])
  }
}
