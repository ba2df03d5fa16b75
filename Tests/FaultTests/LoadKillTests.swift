import CommandTesting
import Dispatch
import Foundation
import Glibc
import RandomTesting
import Testing

/// Loads that are killed at any moment, of every write disposition: run again, they end with the tables of loads that
/// nobody killed.
@Suite struct LoadKillTests {
  private static let rows = 2000

  private static let loads = """
    loads:
      - name: shop
        from: ./data
        tables:
          - {name: appended, from: "in/*.csv", write: append}
          - {name: since, from: all.csv, write: append, cursor: n}
          - {name: replaced, from: all.csv, write: replace}
          - {name: merged, from: all.csv, write: merge, key: [id], cursor: n}
          - {name: history, from: all.csv, write: scd2, key: [id], cursor: changed}
    """

  /// What the tables hold, in a form that two projects can be compared by. Load times differ, and are left out.
  private static let contents =
    [
      ("appended", "id, n, changed"), ("since", "id, n, changed"), ("replaced", "id, n, changed"),
      ("merged", "id, n, changed"),
      ("history", "id, n, changed, valid_from, valid_to"),
    ].map { "select '\($0.0)' as t, count(*) as n, sum(hash(\($0.1))) as h from shop.\($0.0)" }
    .joined(separator: " union all ") + " order by t"

  private static let state =
    "select table_name, \"cursor\", (select count(*) from shop._weir_files f where f.table_name = c.table_name) as files "
    + "from shop._weir_cursors c order by 1"

  private static func project() throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try scratch.write("name: killed\n", to: "weir.yml")
    try scratch.write(loads, to: "loads/shop.yml")
    return scratch
  }

  /// The source as it is in a round: a further file, and one file of everything, whose rows change.
  private static func write(_ round: Int, to project: ScratchFolder) throws {
    func line(_ row: Int, _ version: Int) -> String {
      let n = version * rows + row
      return "\(row % 700),\(n),2026-01-01 \(two(version / 60)):\(two(version % 60)):\(two(row / 700))\n"
    }
    let lines = (0..<rows).map { line($0, round) }.joined()
    try project.write("id,n,changed\n" + lines, to: "data/in/\(round).csv")
    let earlier = (0..<20).map { line($0 * 90, max(0, round - 1)) }.joined()
    try project.write("id,n,changed\n" + earlier + lines, to: "data/all.csv")
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

  private static func show(_ query: String, in project: ScratchFolder) async throws -> String {
    let shown = try await Command.weir(
      ["show", "--inline", query, "--limit", "-1", "--output", "csv", "--quiet"], in: project.path
    ).run()
    try #require(shown.status == 0, "the warehouse cannot be read:\n\(shown.output)\(shown.errors)")
    return shown.output
  }

  @Test("A load killed at a random moment and run again leaves the tables of one that was not killed")
  func killed() async throws {
    let environment = ProcessInfo.processInfo.environment
    let rounds = environment["WEIR_ROUNDS"].flatMap { Int($0) } ?? (environment["WEIR_SLOW"] == "1" ? 60 : 15)
    let seed = environment["WEIR_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...1_000_000)
    print("load kill test: \(rounds) rounds, WEIR_SEED=\(seed)")
    var random = SeededRandom(seed: seed)
    let (hit, calm) = (try Self.project(), try Self.project())
    let clock = ContinuousClock()
    var whole = Duration.milliseconds(100)
    var killed = 0
    for round in 0...rounds {
      for project in [hit, calm] { try Self.write(round, to: project) }
      if round > 0 {
        let running = try Command.weir(["load"], in: hit.path).start()
        let alarm = DispatchWorkItem { running.signal(SIGKILL) }
        let microseconds = Int((whole * Double.random(in: 0...1.1, using: &random)) / .microseconds(1))
        DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(microseconds), execute: alarm)
        let outcome = try await running.finish()
        alarm.cancel()
        if outcome.status == 137 { killed += 1 }
      }
      for project in [hit, calm] {
        whole = try await clock.measure {
          let outcome = try await Command.weir(["load"], in: project.path).run()
          try #require(
            outcome.status == 0, "round \(round), seed \(seed):\n\(outcome.output)\(outcome.errors)")
        }
      }
      guard round % 10 == 0 || round == rounds else { continue }
      let (found, expected) = (
        try await Self.show(Self.contents, in: hit), try await Self.show(Self.contents, in: calm)
      )
      try #require(found == expected, "round \(round), seed \(seed)")
    }
    print("load kill test: \(killed) of \(rounds) loads were killed before they ended")
    #expect(killed * 3 > rounds, "too few loads were hit")
    #expect(try await Self.show(Self.state, in: hit) == Self.show(Self.state, in: calm))
    let spool = hit.path + "/.weir/spool"
    if FileManager.default.fileExists(atPath: spool) {
      #expect(try FileManager.default.contentsOfDirectory(atPath: spool) == [])
    }
  }
}
