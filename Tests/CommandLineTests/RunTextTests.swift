import Diagnostics
import Project
import Runner
import Testing

@testable import CommandLine

@Suite struct RunTextTests {
  private let seed = Fixtures.seed("raw_orders")
  private let orders = Fixtures.model("orders")
  private let view = Fixtures.model("stg_orders", .view)
  private let check = Fixtures.check("unique_orders_id")

  private func withoutClock(_ lines: [String]) -> [String] { lines.map { String($0.dropFirst(10)) } }

  @Test("Every node is a line, its checks stand below it, and all columns are aligned")
  func lines() {
    var text = RunText(
      nodes: [seed, view, orders, check].map(NodeFacts.init), style: .plain, width: nil)
    let lines =
      text.lines(for: Fixtures.result(seed, .success, rows: 1234), at: Fixtures.time)
      + text.lines(for: Fixtures.result(view, .success, seconds: 12.3), at: Fixtures.time)
      + text.lines(
        for: Fixtures.result(orders, .success, rows: 1, audits: [Fixtures.result(check, .pass, failures: 0)]),
        at: Fixtures.time)
    #expect(
      withoutClock(lines) == [
        "1/4  OK     seed   main.raw_orders         1,234 rows   0.02s",
        "2/4  OK     view   main.stg_orders                     12.30s",
        "3/4  OK     table  main.orders                  1 row   0.02s",
        "4/4  PASS   check    unique_orders_id                   0.02s",
      ])
  }

  @Test("Failures are counted, and what is skipped says why")
  func failures() {
    var text = RunText(nodes: [orders, check, view].map(NodeFacts.init), style: .plain, width: nil)
    var skipped = Fixtures.result(view, .skipped)
    skipped.skippedBecause = orders.id
    let lines =
      text.lines(
        for: Fixtures.result(orders, .error, audits: [Fixtures.result(check, .fail, failures: 3)]),
        at: Fixtures.time) + text.lines(for: skipped, at: Fixtures.time)
    #expect(
      withoutClock(lines) == [
        "1/3  ERROR  table  main.orders                          0.02s",
        "2/3  FAIL   check    unique_orders_id      3 failures   0.02s",
        "3/3  SKIP   view   main.stg_orders     because of orders",
      ])
  }

  @Test("On a narrow terminal long names are cut")
  func narrow() {
    let long = Fixtures.model("a_model_with_a_very_long_name_that_nobody_should_have_given_it")
    var text = RunText(nodes: [NodeFacts(long)], style: .plain, width: 72)
    let lines = text.lines(for: Fixtures.result(long, .success, rows: 5), at: Fixtures.time)
    #expect(withoutClock(lines) == ["1/1  OK     table  main.a_model_wi…          5 rows   0.02s"])
  }

  @Test("Counts read as dbt's last line")
  func counts() {
    let counts = RunSummary.Counts([
      Fixtures.result(orders, .success), Fixtures.result(check, .pass), Fixtures.result(check, .warn),
      Fixtures.result(check, .fail), Fixtures.result(orders, .error), Fixtures.result(orders, .skipped),
    ])
    #expect(counts.line == "Done. PASS=2 WARN=1 ERROR=2 SKIP=1 TOTAL=6")
  }

  @Test("Tallies name seeds first and checks last")
  func tally() {
    let nodes = [check, orders, view, seed, Fixtures.model("other")].map(NodeFacts.init)
    #expect(Tally(nodes).text == "1 seed, 2 table models, 1 view model, 1 check")
  }
}
