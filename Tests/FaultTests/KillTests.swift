import CommandTesting
import Dispatch
import Foundation
import Glibc
import RandomTesting
import Testing

/// A build that is killed at any moment leaves every live table whole, and the next build succeeds.
@Suite struct KillTests {
  static let tables = ["numbers", "squares", "totals", "history"]
  static let rows = 20_000

  /// A chain of tables that all carry the version they were built with, an incremental one, a view and a seed.
  static func project() throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try scratch.write("name: killed\nmodels:\n  killed:\n    +materialized: table\n", to: "weir.yml")
    try scratch.write("id,name\n1,one\n2,two\n", to: "seeds/names.csv")
    try scratch.write(
      "select i, {{ var('version') }} as version from range(\(rows)) as t(i)\n", to: "models/numbers.sql")
    try scratch.write(
      "select i * i as square, version from {{ ref('numbers') }}\n", to: "models/squares.sql")
    try scratch.write(
      "select count(*) as n, min(version) as version from {{ ref('squares') }} join {{ ref('names') }} on true\n",
      to: "models/totals.sql")
    try scratch.write(
      """
      {{ config(materialized='incremental') }}
      select i, version from {{ ref('numbers') }} where i < 100
      {% if is_incremental() %} and version > (select max(version) from {{ this }}) {% endif %}
      """, to: "models/history.sql")
    try scratch.write(
      "{{ config(materialized='view') }}\nselect max(version) as version from {{ ref('history') }}\n",
      to: "models/latest.sql")
    try scratch.write(
      """
      version: 2
      models:
        - name: numbers
          columns: [{name: i, data_tests: [unique, not_null]}]
        - name: squares
          columns: [{name: square, data_tests: [not_null]}]
      """, to: "models/models.yml")
    return scratch
  }

  /// What the live tables hold: for each, the versions in it and how many rows each version has.
  static func contents(of project: ScratchFolder) async throws -> [String: [Int: Int]] {
    let query = tables.map { "select '\($0)' as name, version, count(*) as n from \($0) group by all" }
      .joined(separator: " union all ")
    let shown = try await show(query, in: project)
    var found: [String: [Int: Int]] = [:]
    for line in shown.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",")
      try #require(fields.count == 3, "unexpected output: \(line)")
      found[String(fields[0]), default: [:]][Int(fields[1]) ?? -1] = Int(fields[2])
    }
    return found
  }

  static func show(_ query: String, in project: ScratchFolder) async throws -> String {
    let arguments = ["show", "--inline", query, "--limit", "-1", "--output", "csv", "--quiet"]
    let shown = try await Command.weir(arguments + ["--vars", "{version: 0}"], in: project.path).run()
    try #require(shown.status == 0, "the warehouse cannot be read:\n\(shown.output)\(shown.errors)")
    return shown.output
  }

  static func build(_ version: Int, in project: ScratchFolder) -> Command {
    .weir(["build", "--vars", "{version: \(version)}"], in: project.path)
  }

  /// Everything under `.weir` and beside it, without what a run names anew each time and the project as it was last read.
  static func files(of project: ScratchFolder) throws -> Set<String> {
    let names = try FileManager.default.subpathsOfDirectory(atPath: project.path)
    return Set(
      names.filter { ($0.hasPrefix(".weir/") || !$0.contains("/")) && !$0.hasPrefix(".weir/parse/") })
  }

  @Test("A build killed at a random moment leaves whole tables, and the next build succeeds")
  func killed() async throws {
    let slow = ProcessInfo.processInfo.environment["WEIR_SLOW"] == "1"
    let rounds = slow ? 300 : 20
    let seed =
      ProcessInfo.processInfo.environment["WEIR_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 1...1_000_000)
    print("kill test: \(rounds) rounds, WEIR_SEED=\(seed)")
    var random = SeededRandom(seed: seed)
    let project = try Self.project()
    let clock = ContinuousClock()
    var outcome = try await Self.build(1, in: project).run()
    try #require(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let files = try Self.files(of: project)
    var whole = try await clock.measure { _ = try await Self.build(1, in: project).run() }
    var killed = 0
    for version in 2...(rounds + 1) {
      let moment = whole * Double.random(in: 0...1, using: &random)
      let running = try Self.build(version, in: project).start()
      let alarm = DispatchWorkItem { running.signal(SIGKILL) }
      let microseconds = Int(moment / .microseconds(1))
      DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(microseconds), execute: alarm)
      outcome = try await running.finish()
      alarm.cancel()
      if outcome.status == 137 { killed += 1 }
      let found = try await Self.contents(of: project)
      let (old, new) = (Self.contents(after: version - 1), Self.contents(after: version))
      for table in Self.tables {
        #expect(
          found[table] == old[table] || found[table] == new[table],
          "\(table) after a kill at \(moment), round \(version), seed \(seed)")
      }
      whole = try await clock.measure { outcome = try await Self.build(version, in: project).run() }
      try #require(
        outcome.status == 0, "round \(version), seed \(seed), next build:\n\(outcome.output)\(outcome.errors)"
      )
      let left = try Self.files(of: project).symmetricDifference(files)
      #expect(left.isEmpty, "leftovers in round \(version), seed \(seed)")
    }
    print("kill test: \(killed) of \(rounds) builds were killed before they ended")
    #expect(killed * 3 > rounds, "too few builds were hit")
    #expect(try await Self.contents(of: project) == Self.contents(after: rounds + 1))
    let names = try await Self.show("select table_name from duckdb_tables() order by all", in: project)
    #expect(names == "table_name\nhistory\nnames\nnumbers\nsquares\ntotals\n")
  }

  /// What the live tables hold after a whole build of a version.
  private static func contents(after version: Int) -> [String: [Int: Int]] {
    [
      "numbers": [version: rows], "squares": [version: rows], "totals": [version: 1],
      "history": Dictionary(uniqueKeysWithValues: (1...version).map { ($0, 100) }),
    ]
  }
}
