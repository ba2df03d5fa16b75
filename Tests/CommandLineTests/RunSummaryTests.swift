import Diagnostics
import Project
import Runner
import Testing

@testable import CommandLine

@Suite struct RunSummaryTests {
  private let orders = Fixtures.model("orders")
  private let check = Fixtures.check("accepted_status")

  private func lines(
    _ result: RunResult, compiled: String? = nil, unwritten: [Diagnostic] = []
  ) -> [String] {
    let facts = [orders, check].map(NodeFacts.init)
    return RunSummary(result, nodes: facts, unwritten: unwritten) { $0 == check.id ? compiled : nil }
      .lines(style: .plain, width: nil) { DiagnosticRenderer().render($0) }
  }

  @Test("A run without trouble ends in two lines")
  func success() {
    let result = RunResult(
      status: .succeeded,
      nodes: [Fixtures.result(orders, .success, audits: [Fixtures.result(check, .pass)])], diagnostics: [],
      elapsed: .seconds(0.5))
    #expect(
      lines(result) == [
        "", "Completed successfully", "", "Finished 1 table model, 1 check in 0.50s.",
        "Done. PASS=2 WARN=0 ERROR=0 SKIP=0 TOTAL=2",
      ])
  }

  @Test("Files that could not be written are part of the verdict")
  func unwritten() {
    let result = RunResult(
      status: .succeeded, nodes: [Fixtures.result(orders, .success)], diagnostics: [], elapsed: .seconds(0.5))
    let problem = Diagnostic(.unwritableArtifact, "'target/manifest.json' cannot be written: disk full")
    #expect(
      lines(result, unwritten: [problem]) == [
        "", "Completed, but what the run leaves could not be written:", "",
        "error[WEIR-E1001]: 'target/manifest.json' cannot be written: disk full", "",
        "Finished 1 table model in 0.50s.", "Done. PASS=1 WARN=0 ERROR=0 SKIP=0 TOTAL=1",
      ])
  }

  @Test("A failing check shows where it stands, rows that fail, and where to find all")
  func failure() {
    var failed = Fixtures.result(check, .fail, failures: 7)
    failed.failingRows = Fixtures.table([(1, "lost"), (22, nil)])
    failed.failingRowsPath = "target/failures/accepted_status.csv"
    let result = RunResult(
      status: .failed, nodes: [Fixtures.result(orders, .error, audits: [failed])], diagnostics: [],
      elapsed: .seconds(1))
    #expect(
      lines(result, compiled: "target/compiled/shop/accepted_status.sql") == [
        "", "Completed with 2 errors:", "",
        "error[WEIR-E0601]: check accepted_status: 7 failing rows\n  --> models/schema.yml:12:11", "",
        "  |  id | status |", "  | --: | ------ |", "  |   1 | lost   |", "  |  22 | NULL   |",
        "  failing rows: target/failures/accepted_status.csv",
        "  compiled: target/compiled/shop/accepted_status.sql", "",
        "  not published: main.orders stays as it was before", "",
        "Finished 1 table model, 1 check in 1.00s.", "Done. PASS=0 WARN=0 ERROR=2 SKIP=0 TOTAL=2",
      ])
  }

  @Test("A warning beside a failing check does not hide what became of the model")
  func warningBesideFailure() {
    var built = Fixtures.result(orders, .error, audits: [Fixtures.result(check, .fail, failures: 1)])
    built.diagnostics = [
      Diagnostic(.repeatedKeys, "several rows have one key", severity: .warning),
      Diagnostic(.notPublished, "'orders' was built but not published"),
    ]
    let result = RunResult(status: .failed, nodes: [built], diagnostics: [], elapsed: .seconds(1))
    #expect(
      lines(result) == [
        "", "Completed with 2 errors:", "",
        "error[WEIR-E0601]: check accepted_status: 1 failing row\n  --> models/schema.yml:12:11", "",
        "  not published: main.orders stays as it was before", "",
        "warning[WEIR-E0712]: several rows have one key", "", "Finished 1 table model, 1 check in 1.00s.",
        "Done. PASS=0 WARN=0 ERROR=2 SKIP=0 TOTAL=2",
      ])
  }

  @Test("Warnings are told, and do not make a failure")
  func warning() {
    let result = RunResult(
      status: .succeeded, nodes: [Fixtures.result(check, .warn, failures: 1)], diagnostics: [],
      elapsed: .seconds(1))
    #expect(
      lines(result) == [
        "", "Completed with 1 warning:", "",
        "warning[WEIR-E0601]: check accepted_status: 1 failing row\n  --> models/schema.yml:12:11", "",
        "Finished 1 check in 1.00s.", "Done. PASS=0 WARN=1 ERROR=0 SKIP=0 TOTAL=1",
      ])
  }

  @Test("An interrupted run says so first")
  func interrupted() {
    let result = RunResult(status: .interrupted, nodes: [], diagnostics: [], elapsed: .seconds(1))
    #expect(lines(result)[1] == "Interrupted: what was running was rolled back.")
  }
}
