import CommandTesting
import ServiceTesting
import Testing

/// A small project whose target is a lake.
struct LakeProject {
  let folder: ScratchFolder

  /// Writes the project. `target` is the output of `profiles.yml`, as a YAML mapping on one line.
  init(target: String) throws {
    folder = try ScratchFolder()
    try folder.write("name: shop\nprofile: shop\n", to: "weir.yml")
    try folder.write("shop:\n  target: lake\n  outputs:\n    lake: \(target)\n", to: "profiles.yml")
    try seed(["1,ada", "2,bo"])
    try folder.write("select id, name from people", to: "models/names.sql")
    try folder.write(
      "{{ config(materialized='table', schema='marts') }}\n"
        + "select id, upper(name) as name, '{{ adapter.type() }}' as engine from {{ ref('names') }}",
      to: "models/loud.sql")
    try folder.write(
      "{{ config(materialized='incremental', unique_key='id') }}\nselect id, name from {{ ref('names') }}",
      to: "models/kept.sql")
    try folder.write(
      """
      models:
        - name: loud
          columns: [{name: id, tests: [unique, not_null]}]
        - name: kept
          columns: [{name: id, tests: [unique]}]
      """, to: "models/checks.yml")
  }

  /// Writes the seed's rows.
  func seed(_ rows: [String]) throws {
    try folder.write((["id,name"] + rows).joined(separator: "\n") + "\n", to: "seeds/people.csv")
  }

  /// Runs `weir` here.
  func weir(_ arguments: String...) async throws -> Command.Outcome {
    try await Command.weir(arguments, in: folder.path).run()
  }

  /// Builds everything, which must succeed.
  func build(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let outcome = try await weir("build")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)", sourceLocation: sourceLocation)
  }

  /// The rows of a query as CSV, without the header.
  func rows(of sql: String, _ arguments: String...) async throws -> [String] {
    let outcome = try await Command.weir(
      ["show", "--quiet", "--inline", sql, "--output", "csv", "--limit", "-1"] + arguments, in: folder.path
    ).run()
    guard outcome.status == 0 else { throw CommandFailure(text: outcome.errors) }
    return outcome.output.split(separator: "\n").dropFirst().map(String.init)
  }

  /// The highest snapshot.
  func version() async throws -> Int {
    let outcome = try await weir("show", "--snapshots", "--output", "csv", "--limit", "1")
    let line = outcome.output.split(separator: "\n").dropFirst().first ?? ""
    return try #require(line.split(separator: ",").first.flatMap { Int($0) }, "\(outcome.errors)")
  }
}

/// A place for a lake: its catalog and its data.
enum LakePlace: String, CaseIterable, CustomTestStringConvertible {
  case duckDBFile, sqliteFile, attached, databasePath
  case postgresAndS3, postgresAndAzure, sqliteAndDataLake

  var testDescription: String { rawValue }

  /// The profile's output.
  func target() async throws -> String {
    switch self {
    case .duckDBFile: return "{type: ducklake, catalog: lake.ducklake, data_path: data/files, threads: 4}"
    case .sqliteFile: return "{type: ducklake, catalog: 'sqlite:lake.sqlite', data_path: data/, threads: 4}"
    case .attached:
      return "{type: duckdb, database: lk, threads: 4, attach: [{path: 'ducklake:lk.ducklake', alias: lk}]}"
    case .databasePath: return "{type: duckdb, path: 'ducklake:lake.ducklake', threads: 4}"
    case .postgresAndS3:
      let store = try await Services.s3()
      return try await Self.onServer(data: store.makeFolder(), secret: store.profileSecret)
    case .postgresAndAzure:
      let store = try await Services.azure()
      return try await Self.onServer(data: store.makeFolder(), secret: store.profileSecret)
    case .sqliteAndDataLake:
      let store = try await Services.azure()
      return
        "{type: ducklake, catalog: 'sqlite:lake.sqlite', data_path: '\(store.makeFolder(scheme: "abfss"))/', "
        + "secrets: [\(store.profileSecret)]}"
    }
  }

  /// A lake whose catalog is a new database of the PostgreSQL server.
  static func onServer(data: String, secret: String? = nil, password: String? = nil) async throws -> String {
    let server = try await Services.postgres()
    let database = try await server.makeDatabase()
    return
      "{type: ducklake, catalog: postgres, host: \(server.host), port: \(server.port), user: \(server.user), "
      + "password: '\(password ?? server.password)', dbname: \(database), data_path: '\(data)/', threads: 4"
      + (secret.map { ", secrets: [\($0)]" } ?? "") + "}"
  }
}
