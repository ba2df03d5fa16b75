import CommandTesting
import Foundation
import RandomTesting
import Testing

@Suite("Killing a run in a lake")
struct LakeKillTests {
  @Test(
    "After a kill at any moment, building again gives what an undisturbed build gives",
    arguments: [LakePlace.duckDBFile, .sqliteFile, .postgresAndS3])
  func kill(_ place: LakePlace) async throws {
    let environment = ProcessInfo.processInfo.environment
    let rounds = environment["WEIR_SLOW"] == "1" ? 25 : 2
    let seed = environment["WEIR_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<100_000)
    print("lake kill test: \(place.rawValue), WEIR_SEED=\(seed)")
    var random = SeededRandom(seed: seed)
    let project = try LakeProject(target: try await place.target())
    try await project.build()
    var expected: Set<Int> = [1, 2]
    for round in 1...rounds {
      try project.seed((0..<50).map { "\(round * 100 + $0),n\($0)" })
      let started = try Command.weir(["build"], in: project.folder.path).start()
      try await Task.sleep(for: .milliseconds(Int(random.next() % 1200)))
      started.signal(SIGKILL)
      _ = try await started.finish()
      try await project.build()
      expected.formUnion((0..<50).map { round * 100 + $0 })
      let kept = try await project.rows(of: "select id from {{ ref('kept') }}").compactMap { Int($0) }
      #expect(kept.count == expected.count && Set(kept) == expected, "round \(round), seed \(seed)")
      #expect(
        try await project.rows(of: "select count(*), min(id) from {{ ref('loud') }}") == ["50,\(round * 100)"]
      )
    }
  }
}
