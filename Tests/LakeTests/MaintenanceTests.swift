import CommandTesting
import Foundation
import ServiceTesting
import Testing

@Suite("weir maintain")
struct MaintenanceTests {
  /// A lake in which there is something to do: deleted rows, small files, a file of no table.
  private func used(_ place: LakePlace) async throws -> LakeProject {
    let project = try LakeProject(target: try await place.target())
    try project.folder.write(
      "{{ config(materialized='incremental', unique_key='id') }}\n"
        + "select range as id from range({{ var('from', 0) }}, {{ var('from', 0) }} + 100)",
      to: "models/kept.sql")
    try project.folder.write("models: []", to: "models/checks.yml")
    for from in [0, 50, 100, 1000] {
      let outcome = try await project.weir("build", "--select", "kept", "--vars", "{from: \(from)}")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }
    return project
  }

  @Test("Files are merged, snapshots forgotten, needless files deleted; the rows stay")
  func local() async throws {
    let project = try await used(.duckDBFile)
    let stray = project.folder.path + "/data/files/main/stray.parquet"
    try Data("x".utf8).write(to: URL(fileURLWithPath: stray))
    let count = "select count(*), min(id), max(id) from kept"
    let before = try await project.rows(of: count)
    #expect(before == ["300,0,1099"])

    let gentle = try await project.weir("maintain")
    #expect(gentle.status == 0, "\(gentle.errors)")
    #expect(gentle.output.contains("| expire snapshots                   |"))
    #expect(FileManager.default.fileExists(atPath: stray), "a young file may be somebody's who writes it now")
    let old = try await project.rows(of: "select count(*) from kept", "--at", "3")
    #expect(!old.isEmpty, "no snapshot is older than 7 days")

    let rehearsal = try await project.weir("maintain", "--older-than", "0", "--keep-files", "0", "--dry-run")
    #expect(rehearsal.output.contains("would be forgotten"))
    #expect(rehearsal.output.contains("1 file would be deleted"))
    #expect(FileManager.default.fileExists(atPath: stray))

    let thorough = try await project.weir("maintain", "--older-than", "0 days", "--keep-files", "0 s")
    #expect(thorough.status == 0, "\(thorough.errors)")
    #expect(!FileManager.default.fileExists(atPath: stray))
    #expect(try await project.rows(of: count) == before)
    #expect(try await project.rows(of: "select file_count from ducklake_table_info('lake')") == ["1"])
    #expect(try await project.rows(of: "select count(*) from ducklake_snapshots('lake')") == ["1"])
    try await expectFiles(1, in: project.folder.path + "/data/files/main/kept")
  }

  private func expectFiles(_ count: Int, in folder: String) async throws {
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == count)
  }

  @Test("A lake on PostgreSQL and S3 is kept in order, too")
  func remote() async throws {
    let project = try await used(.postgresAndS3)
    let outcome = try await project.weir("maintain", "--older-than", "0", "--keep-files", "0")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try await project.rows(of: "select count(*), min(id), max(id) from kept") == ["300,0,1099"])
    #expect(try await project.rows(of: "select file_count from ducklake_table_info('lake')") == ["1"])
  }

  @Test("The log as JSON has a record for each thing done")
  func json() async throws {
    let project = try await used(.duckDBFile)
    let outcome = try await project.weir("maintain", "--log-format", "json")
    let lines = outcome.output.split(separator: "\n").filter { $0.contains("\"name\":\"MaintenanceStep\"") }
    #expect(lines.count >= 6)
    #expect(lines.allSatisfy { $0.contains("\"database\":\"lake\"") && $0.contains("\"dry_run\":false") })
  }

  @Test("A DuckDB file gets a checkpoint, and nothing more is claimed")
  func file() async throws {
    let project = try LakeProject(target: "{type: duckdb, path: shop.duckdb}")
    try await project.build()
    let outcome = try await project.weir("maintain")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("| checkpoint | shop |"))
    #expect(outcome.output.contains("0 bytes in the log"))
    #expect(!outcome.output.contains("snapshots"))
  }

  @Test("An age that is none is refused")
  func ages() async throws {
    let project = try LakeProject(target: "{type: duckdb, path: shop.duckdb}")
    let outcome = try await project.weir("maintain", "--older-than", "soon")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("The value 'soon' is invalid for '--older-than <age>'"))
  }
}
