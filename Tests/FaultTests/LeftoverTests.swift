import CommandTesting
import Foundation
import Glibc
import Testing

/// What a killed build leaves on the disk is gone after the next one.
@Suite struct LeftoverTests {
  /// All but the project as it was last read, which is kept whoever was killed.
  private func files(_ project: ScratchFolder) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: project.path).sorted()
      .filter { !$0.hasPrefix(".weir/parse/") }
  }

  @Test("The build after a killed one leaves the files of a build that nobody killed, and no others")
  func cleans() async throws {
    let project = try await LongBuild.project()
    let running = try await LongBuild.start(in: project)
    running.signal(SIGKILL)
    #expect(try await running.finish().status == 137)
    // The log of the state file is there because the process had no time to close it.
    let killed = try files(project)
    #expect(killed.contains(".weir/state.sqlite-wal"))
    // What else a kill at a worse moment leaves. No process has this number.
    let left = [
      "target/manifest.json.99999999.tmp", "target/run_results.json.99999999.tmp", ".weir/tmp/x.parquet",
      "long.duckdb.tmp/duckdb_temp_storage_DEFAULT-0.tmp", "long.duckdb.tmp/duckdb_temp_block-1.block",
    ]
    for file in left { try project.write("x", to: file) }
    try project.write("select 2 as version\n", to: "models/answer.sql")
    let next = try await Command.weir(["build"], in: project.path).run()
    #expect(next.status == 0, "\(next.output)\(next.errors)")
    #expect(
      try files(project) == [
        ".weir", ".weir/.gitignore", ".weir/lock", ".weir/parse", ".weir/state.sqlite", ".weir/tmp",
        "long.duckdb",
        "models", "models/answer.sql", "started", "target", "target/compiled", "target/compiled/long",
        "target/compiled/long/models", "target/compiled/long/models/answer.sql", "target/manifest.json",
        "target/run", "target/run/long", "target/run/long/models", "target/run/long/models/answer.sql",
        "target/run_results.json", "target/semantic_manifest.json", "weir.yml",
      ])
  }
}
