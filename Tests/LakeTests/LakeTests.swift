import CommandTesting
import Foundation
import ServiceTesting
import Testing

@Suite("Projects in a lake")
struct LakeTests {
  @Test("Seeds, views, tables, incremental models and checks run unchanged", arguments: LakePlace.allCases)
  func build(_ place: LakePlace) async throws {
    let project = try LakeProject(target: try await place.target())
    try await project.build()
    #expect(
      try await project.rows(of: "select * from {{ ref('loud') }} order by id") == [
        "1,ADA,duckdb", "2,BO,duckdb",
      ])
    try project.seed(["2,bob", "3,cy"])
    try await project.build()
    #expect(
      try await project.rows(of: "select * from {{ ref('kept') }} order by id") == ["1,ada", "2,bob", "3,cy"])
    #expect(try await project.rows(of: "select count(*) from {{ ref('names') }}") == ["2"])
  }

  @Test(
    "A failing check leaves the lake as it was",
    arguments: [LakePlace.sqliteFile, .postgresAndS3])
  func audit(_ place: LakePlace) async throws {
    let project = try LakeProject(target: try await place.target())
    try await project.build()
    try project.seed(["1,ada", "3,cy", "3,di"])
    let outcome = try await project.weir("build")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("not published: main_marts.loud stays as it was before"))
    #expect(outcome.output.contains("not published: main.kept stays as it was before"))
    #expect(
      try await project.rows(of: "select id from {{ ref('loud') }} order by id") == ["1", "2"])
    #expect(try await project.rows(of: "select id from {{ ref('kept') }} order by id") == ["1", "2"])
  }

  @Test("The past can be looked at, by version and by time", arguments: [LakePlace.duckDBFile, .attached])
  func past(_ place: LakePlace) async throws {
    let project = try LakeProject(target: try await place.target())
    try await project.build()
    let version = try await project.version()
    let time = try await project.rows(
      of: "select max(snapshot_time)::varchar from ducklake_snapshots('{{ target.database }}')")
    try project.seed(["7,eve"])
    try await project.build()
    let moments = [String(version), try #require(time.first)]
    for moment in moments {
      // A view is read as it was, over tables as they were.
      #expect(
        try await project.rows(of: "select id from {{ ref('names') }} order by id", "--at", moment) == [
          "1", "2",
        ])
      let shown = try await project.weir("show", "--select", "loud", "--at", moment, "--output", "csv")
      #expect(shown.output == "id,name,engine\n1,ADA,duckdb\n2,BO,duckdb\n")
    }
    let unknown = try await project.weir("show", "--select", "loud", "--at", "4711")
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("No snapshot found at version 4711"))
  }

  @Test("A DuckDB file keeps no past and says so")
  func noPast() async throws {
    let project = try LakeProject(target: "{type: duckdb, path: shop.duckdb}")
    try await project.build()
    let past = try await project.weir("show", "--select", "loud", "--at", "1")
    #expect(past.status == 2)
    #expect(past.errors.contains("error[WEIR-E0513]: the DuckDB target keeps no past to look at"))
    let listing = try await project.weir("show", "--snapshots")
    #expect(listing.status == 2)
    #expect(listing.errors.contains("the target 'lake' keeps no snapshots"))
  }

  @Test("A lake's settings are checked before anything runs, all at once")
  func strictness() async throws {
    let project = try LakeProject(
      target: "{type: ducklake, catalog: 'postgres:host=x password=topsecret', dat_path: x, database: temp}")
    let outcome = try await project.weir("build")
    #expect(outcome.status == 2)
    for expected in [
      "the DuckLake target has an unknown key dat_path", "did you mean data_path?",
      "the catalog's address holds a password", "has no data_path", "a lake cannot be called 'temp'",
    ] {
      #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    }
    #expect(!(outcome.output + outcome.errors).contains("topsecret"))
  }

  @Test("A type that a lake cannot hold is told with what to do")
  func types() async throws {
    let project = try LakeProject(target: try await LakePlace.duckDBFile.target())
    try project.folder.write(
      "{{ config(materialized='table') }} select 'a'::enum('a', 'b') as e", to: "models/enums.sql")
    let outcome = try await project.weir("build", "--select", "enums")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("a lake cannot hold this type: cast the column, for instance to VARCHAR"))
  }
}

@Suite("Lakes on servers")
struct LakeServerTests {
  @Test("A wrong password is refused and never shown")
  func password() async throws {
    let project = try LakeProject(
      target: try await LakePlace.onServer(data: "/tmp/nowhere", password: "topsecret"))
    let outcome = try await project.weir("build")
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("password authentication failed"), "\(outcome.errors)")
    #expect(!(outcome.output + outcome.errors).contains("topsecret"))
  }

  @Test("Several processes write to one lake at once and lose nothing")
  func writers() async throws {
    let data = try ScratchFolder()
    let target = try await LakePlace.onServer(data: data.path)
    let projects = try (0..<4).map { _ in try LakeProject(target: target) }
    for (index, project) in projects.enumerated() {
      try project.folder.write(
        "models:\n  +schema: p\(index)\nseeds:\n  +schema: p\(index)\n", to: "part.yml")
      try project.folder.write(
        "name: shop\nprofile: shop\nmodels: {+schema: p\(index)}\nseeds: {+schema: p\(index)}\n",
        to: "weir.yml")
      try project.folder.write(
        "{{ config(materialized='table') }} select id from {{ ref('names') }}", to: "models/loud.sql")
    }
    let running = try projects.map { try Command.weir(["build"], in: $0.folder.path).start() }
    for command in running {
      let outcome = try await command.finish(seconds: 300)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }
    for (index, project) in projects.enumerated() {
      #expect(try await project.rows(of: "select id from main_p\(index).loud order by id") == ["1", "2"])
    }
  }
}
