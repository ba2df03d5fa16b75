import CommandTesting
import Dispatch
import Foundation
import Glibc
import RandomTesting
import Testing

/// However a build is killed, the next one that asks for changes alone takes nothing stale for up to date.
@Suite struct ChangedKillTests {
  private static let tables = ["numbers", "squares", "totals"]

  private static func build(_ version: Int, in project: ScratchFolder) -> Command {
    .weir(
      ["build", "--changed", "--exclude", "history", "latest", "--vars", "{version: \(version)}"],
      in: project.path)
  }

  private static func versions(in project: ScratchFolder) async throws -> [String] {
    let query = tables.map { "select distinct '\($0)' as name, version from \($0)" }.joined(
      separator: " union all ")
    return try await KillTests.show("from (\(query)) order by all", in: project).split(separator: "\n")
      .dropFirst()
      .map(String.init)
  }

  @Test(
    "A build of changes that is killed at a random moment never leaves something stale that counts as up to date"
  )
  func killed() async throws {
    let environment = ProcessInfo.processInfo.environment
    let rounds = environment["WEIR_SLOW"] == "1" ? 150 : 8
    let seed = environment["WEIR_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...1_000_000)
    print("kill test of changes: \(rounds) rounds, WEIR_SEED=\(seed)")
    var random = SeededRandom(seed: seed)
    let project = try KillTests.project()
    var whole = Duration.zero
    var killed = 0
    for version in 1...rounds {
      if version > 1 {
        let moment = whole * Double.random(in: 0...1, using: &random)
        let running = try Self.build(version, in: project).start()
        let alarm = DispatchWorkItem { running.signal(SIGKILL) }
        DispatchQueue.global().asyncAfter(
          deadline: .now() + .microseconds(Int(moment / .microseconds(1))), execute: alarm)
        if try await running.finish().status == 137 { killed += 1 }
        alarm.cancel()
      }
      // The one that was killed, or the one before it again.
      let wanted = version - (Bool.random(using: &random) && version > 1 ? 1 : 0)
      var outcome = try await Self.build(wanted, in: project).run()
      try #require(outcome.status == 0, "round \(version), seed \(seed):\n\(outcome.output)\(outcome.errors)")
      let expected = Self.tables.map { "\($0),\(wanted)" }
      #expect(try await Self.versions(in: project) == expected, "round \(version), seed \(seed)")
      outcome = try await Self.build(wanted, in: project).run()
      #expect(
        outcome.output.contains("PASS=0 WARN=0 ERROR=0 SKIP=0 NO-OP=7 TOTAL=7"),
        "round \(version), seed \(seed)")
      whole = try await ContinuousClock().measure {
        outcome = try await Self.build(wanted + 100, in: project).run()
      }
      try #require(outcome.status == 0)
    }
    print("kill test of changes: \(killed) of \(rounds - 1) builds were killed before they ended")
  }
}
