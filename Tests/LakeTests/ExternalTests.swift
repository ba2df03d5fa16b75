import CommandTesting
import Foundation
import ServiceTesting
import RandomTesting
import Testing

/// A project with one external model, `rows`, of `n` rows that all say `v`.
struct ExternalProject {
  let folder: ScratchFolder

  init(config: String, target: String = "{type: duckdb, path: shop.duckdb}", checks: String = "") throws {
    folder = try ScratchFolder()
    try folder.write("name: shop\nprofile: shop\nvars: {n: 1000, v: 1}\n", to: "weir.yml")
    try folder.write("shop:\n  target: dev\n  outputs:\n    dev: \(target)\n", to: "profiles.yml")
    try folder.write(
      """
      {{ config(materialized='external'\(config.isEmpty ? "" : ", " + config)) }}
      select range as id, 'x' || range as s, {{ var('v') }} as v, range % 3 as p from range({{ var('n') }})
      """, to: "models/rows.sql")
    try folder.write("select count(*) as n, max(v) as v from {{ ref('rows') }}", to: "models/after.sql")
    try folder.write(checks, to: "models/checks.yml")
  }

  func build(n: Int = 1000, v: Int = 1, _ more: String...) async throws -> Command.Outcome {
    try await Command.weir(["build", "--vars", "{n: \(n), v: \(v)}"] + more, in: folder.path).run()
  }

  /// The rows of a query as CSV, without the header; the error's text if it fails.
  func rows(of sql: String) async throws -> [String] {
    let outcome = try await Command.weir(
      ["show", "--quiet", "--inline", sql, "--output", "csv", "--limit", "-1"], in: folder.path
    ).run()
    return outcome.status == 0
      ? outcome.output.split(separator: "\n").dropFirst().map(String.init) : [outcome.errors]
  }

  /// Hidden files and folders below a folder: what is being written, and versions.
  func hidden(in name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + name).filter { $0.hasPrefix(".") }
  }
}

@Suite("External models")
struct ExternalTests {
  /// A way to write, and how another program reads it.
  struct Form: CustomTestStringConvertible {
    var config: String
    var reading: String
    var testDescription: String { config }
  }

  private static let forms = [
    Form(config: "", reading: "read_parquet('out/rows.parquet')"),
    Form(config: "location='out/a.csv'", reading: "read_csv('out/a.csv')"),
    Form(
      config:
        "location='out/a.csv.gz', format='csv', delimiter='|', options={'quote': '~', 'header': 'false'}, "
        + "csv_read_options={'delim': '|', 'header': false, 'names': ['id', 's', 'v', 'p']}",
      reading: "read_csv('out/a.csv.gz', delim = '|', header = false, names = ['id', 's', 'v', 'p'])"),
    Form(config: "location='out/deep/a.json'", reading: "read_json('out/deep/a.json')"),
    Form(
      config: "options={'codec': 'zstd', 'row_group_size': 500}", reading: "read_parquet('out/rows.parquet')"),
    Form(config: "options={'partition_by': 'p'}", reading: "read_parquet('out/rows/*/*.parquet')"),
    Form(
      config: "location='out/{{ this.name }}', format='csv', options={'partition_by': ['p', 'v']}",
      reading: "read_csv('out/rows/*/*/*.csv')"),
    Form(config: "location='out/many', options={'per_thread_output': true}", reading: "'out/many/*.parquet'"),
  ]

  @Test("Every form is written, read downstream and read by others", arguments: forms)
  func write(_ form: Form) async throws {
    let project = try ExternalProject(
      config: form.config, target: "{type: duckdb, path: shop.duckdb, external_root: out}")
    for (count, value) in [(1000, 1), (10, 2)] {
      let outcome = try await project.build(n: count, v: value)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      #expect(try await project.rows(of: "select * from after") == ["\(count),\(value)"])
      #expect(
        try await project.rows(of: "select count(*), sum(id), max(v) from \(form.reading)") == [
          "\(count),\(count * (count - 1) / 2),\(value)"
        ])
    }
  }

  @Test(
    "No rows keep their columns and types",
    arguments: ["", "location='a.json'", "options={'partition_by': 'p'}"])
  func noRows(_ config: String) async throws {
    let project = try ExternalProject(config: config)
    for count in [5, 0] {
      let outcome = try await project.build(n: count)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }
    #expect(try await project.rows(of: "select count(*) from rows") == ["0"])
    #expect(
      try await project.rows(
        of: """
          select column_name, data_type from duckdb_columns()
          where table_name = 'rows' and column_name <> 'v' order by 1
          """) == ["id,BIGINT", "p,BIGINT", "s,VARCHAR"])
  }

  private static let unique =
    "models: [{name: rows, columns: [{name: v, tests: [{accepted_values: {values: [1]}}]}]}]"

  @Test("A failing check leaves the files as they were", arguments: ["", "options={'partition_by': 'p'}"])
  func audit(_ config: String) async throws {
    let project = try ExternalProject(
      config: config, target: "{type: duckdb, path: shop.duckdb, external_root: out}", checks: Self.unique)
    #expect(try await project.build().status == 0)
    let path = config.isEmpty ? "out/rows.parquet" : "out/rows/*/*.parquet"
    let before = try project.hidden(in: "out")
    #expect(try await project.build(n: 7, v: 2).status == 1)
    #expect(try await project.rows(of: "select count(*), max(v) from read_parquet('\(path)')") == ["1000,1"])
    #expect(try await project.rows(of: "select count(*), max(v) from rows") == ["1000,1"])
    #expect(try project.hidden(in: "out") == before)
    let versions =
      config.isEmpty
      ? []
      : try FileManager.default.contentsOfDirectory(
        atPath: project.folder.path + "/out/.weir-rows")
    #expect(versions.count == (config.isEmpty ? 0 : 1), "\(versions)")
  }

  @Test("A folder that another tool wrote is taken over, and a file in its place is not")
  func takeOver() async throws {
    let project = try ExternalProject(config: "location='out/rows', options={'partition_by': 'p'}")
    try project.folder.write("old", to: "out/rows/p=9/data_0.parquet")
    let outcome = try await project.build()
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(
      try await project.rows(of: "select count(*) from read_parquet('out/rows/*/*.parquet')") == ["1000"])
    try project.folder.write("a file", to: "other/rows")
    try project.folder.write(
      "{{ config(materialized='external', location='other/rows', options={'partition_by': 'p'}) }} select 1 as p, 2 as v",
      to: "models/rows.sql")
    let refused = try await project.build()
    #expect(refused.status == 1)
    #expect(refused.output.contains("error[WEIR-E0711]: a file is where '\(project.folder.path)/other/rows'"))
    #expect(FileManager.default.contents(atPath: project.folder.path + "/other/rows") == Data("a file".utf8))
  }

  @Test("Wrong settings are told before anything runs, all at once")
  func settings() async throws {
    let project = try ExternalProject(
      config: "format='avro', options=5, glue_register=true, csv_read_options=3")
    let outcome = try await project.build()
    #expect(outcome.status == 2)
    for expected in [
      "'format' of model 'rows' cannot be 'avro'", "'options' of model 'rows' must be a mapping",
      "'glue_register' of model 'rows' needs Python", "'csv_read_options' of model 'rows' must be a mapping",
    ] {
      #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    }
  }

  @Test(
    "A kill at any moment leaves whole files of one version; the next build leaves nothing else",
    arguments: ["location='out/rows.parquet'", "location='out/rows', options={'partition_by': 'p'}"])
  func kill(_ config: String) async throws {
    let environment = ProcessInfo.processInfo.environment
    let rounds = environment["WEIR_SLOW"] == "1" ? 40 : 3
    let seed = environment["WEIR_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<100_000)
    print("external kill test: WEIR_SEED=\(seed)")
    var random = SeededRandom(seed: seed)
    let project = try ExternalProject(config: config)
    let path = config.contains("partition") ? "out/rows/*/*.parquet" : "out/rows.parquet"
    let count = 1_000_000
    #expect(try await project.build(n: count, v: 0).status == 0)
    var live = 0
    for round in 1...rounds {
      let started = try Command.weir(
        ["build", "--vars", "{n: \(count), v: \(round)}"], in: project.folder.path
      ).start()
      try await Task.sleep(for: .milliseconds(Int(random.next() % 1500)))
      started.signal(SIGKILL)
      _ = try await started.finish()
      let seen = try await project.rows(
        of: "select count(*), count(distinct v), count(distinct id), min(v) from read_parquet('\(path)')")
      let whole = [live, round].map { ["\(count),1,\(count),\($0)"] }
      #expect(whole.contains(seen), "round \(round), seed \(seed): \(seen)")
      if seen == whole[1] { live = round }
    }
    #expect(try await project.build(n: count, v: rounds + 1).status == 0)
    #expect(try await project.rows(of: "select count(*), min(v) from rows") == ["\(count),\(rounds + 1)"])
    let hidden = try project.hidden(in: "out")
    guard config.contains("partition") else { return #expect(hidden.isEmpty, "\(hidden)") }
    let versions = try FileManager.default.contentsOfDirectory(
      atPath: project.folder.path + "/out/.weir-rows")
    #expect(versions.count == 2, "\(versions)")
  }

  @Test("In a lake, external models are views over files as elsewhere")
  func inLake() async throws {
    let project = try ExternalProject(config: "", target: "{type: ducklake, catalog: lake.ducklake}")
    let outcome = try await project.build()
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(try await project.rows(of: "select * from after") == ["1000,1"])
  }
}

@Suite("External models in object stores")
struct ExternalStoreTests {
  /// Where files go.
  enum Store: String, CaseIterable, CustomTestStringConvertible {
    case s3, azure, dataLake

    var testDescription: String { rawValue }

    func place() async throws -> (folder: String, secret: String) {
      switch self {
      case .s3:
        let service = try await Services.s3()
        return (service.makeFolder(), service.profileSecret)
      case .azure:
        let service = try await Services.azure()
        return (service.makeFolder(), service.profileSecret)
      case .dataLake:
        let service = try await Services.azure()
        return (service.makeFolder(scheme: "abfss"), service.profileSecret)
      }
    }
  }

  private static let checks =
    "models: [{name: rows, columns: [{name: v, tests: [{accepted_values: {values: [1, 3]}}]}]}]"

  @Test("A file appears whole, and only after its checks passed", arguments: Store.allCases)
  func file(_ store: Store) async throws {
    let (folder, secret) = try await store.place()
    let project = try ExternalProject(
      config: "",
      target: "{type: duckdb, path: shop.duckdb, external_root: '\(folder)', secrets: [\(secret)]}",
      checks: Self.checks)
    for (value, status, live) in [(1, 0, "500,1"), (2, 1, "500,1"), (3, 0, "500,3")] {
      let outcome = try await project.build(n: 500, v: value)
      #expect(outcome.status == Int32(status), "\(outcome.output)\(outcome.errors)")
      #expect(try await project.rows(of: "select count(*), max(v) from '\(folder)/rows.parquet'") == [live])
      #expect(try await project.rows(of: "select n, v from after") == [live])
    }
    #expect(try await project.rows(of: "select count(*) from glob('\(folder)/*')") == ["1"])
  }

  @Test(
    "A folder is a version of its own; the view moves to it once its checks passed", arguments: Store.allCases
  )
  func folder(_ store: Store) async throws {
    let (folder, secret) = try await store.place()
    let project = try ExternalProject(
      config: "location='\(folder)/rows', options={'partition_by': 'p'}",
      target: "{type: duckdb, path: shop.duckdb, secrets: [\(secret)]}", checks: Self.checks)
    for (value, status, live) in [(1, 0, "500,1"), (2, 1, "500,1"), (3, 0, "500,3"), (1, 0, "500,1")] {
      let outcome = try await project.build(n: 500, v: value)
      #expect(outcome.status == Int32(status), "\(outcome.output)\(outcome.errors)")
      #expect(try await project.rows(of: "select count(*), max(v) from rows") == [live])
      let current = try await project.rows(of: "select version from '\(folder)/rows/_current.csv'")
      #expect(
        try await project.rows(
          of: "select count(*), max(v) from '\(folder)/rows/\(current.joined())/*/*.parquet'") == [live])
    }
    // The current version and the one before.
    #expect(try await project.rows(of: "select count(*) from glob('\(folder)/rows/*/*/*.parquet')") == ["6"])
  }
}
