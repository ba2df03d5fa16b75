import CommandTesting
import Foundation
import ServiceTesting
import Testing

/// A project that loads from a source which may be lost, and from files of its own which are always there.
struct LossProject {
  let folder: ScratchFolder
  private let environment: [String: String]

  /// Writes the project. `connection` are the keys of the source's connection, `tables` those of its load, `settings` the
  /// engine's, each a mapping or a list on one line of YAML. The source's secrets come from the environment.
  init(connection: String, tables: String, environment: [String: String], settings: String = "{}") throws {
    folder = try ScratchFolder()
    self.environment = environment
    try folder.write("name: losses\nprofile: losses\n", to: "weir.yml")
    try folder.write(
      "losses:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: losses.duckdb, settings: \(settings)}\n",
      to: "profiles.yml")
    try folder.write("connections:\n  source: \(connection)\n", to: "connections.yml")
    try folder.write(
      """
      loads:
        - {name: shop, from: source, tables: \(tables)}
        - {name: calm, from: ./data, tables: [{name: notes, from: notes.csv}]}
      """, to: "loads/all.yml")
    try folder.write("n\n1\n2\n", to: "data/notes.csv")
    try folder.write("select count(*) as n from {{ source('shop', 'big') }}", to: "models/of_shop.sql")
    try folder.write("select count(*) as n from {{ source('calm', 'notes') }}", to: "models/of_calm.sql")
  }

  /// `weir` here, with the source's secrets.
  func command(_ arguments: String...) -> Command {
    var command = Command.weir(arguments, in: folder.path)
    command.environment.merge(environment) { $1 }
    return command
  }

  /// Runs `weir`, which must succeed.
  func succeed(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
    var command = Command.weir(arguments, in: folder.path)
    command.environment.merge(environment) { $1 }
    let outcome = try await command.run()
    try #require(outcome.status == 0, "\(outcome.output)\(outcome.errors)", sourceLocation: sourceLocation)
  }

  /// The rows of a query as CSV, without the header.
  func rows(of sql: String) async throws -> [String] {
    let outcome = try await command(
      "show", "--quiet", "--inline", sql, "--output", "csv", "--limit", "-1"
    ).run()
    guard outcome.status == 0 else { throw CommandFailure(text: outcome.errors) }
    return outcome.output.split(separator: "\n").dropFirst().map(String.init)
  }

  /// What the load left: its tables' rows, its positions, the files it saw; and the tables that there are.
  func contents() async throws -> [String] {
    try await rows(
      of: """
        select 'big' as what, count(*)::varchar as a, sum(hash(big))::varchar as b from shop.big
        union all select 'cursor ' || table_name, "cursor", cursor_type from shop._weir_cursors
        union all select 'file', parse_filename(path), size::varchar from shop._weir_files
        union all select 'table', table_schema, table_name from information_schema.tables where table_schema = 'shop'
        order by all
        """)
  }

  /// Builds while the source is lost. The load must fail and say `message` of the source and nothing of its secrets, and
  /// leave everything of the source as it was; what does not need the source is built.
  func buildLost(_ message: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let before = try await contents()
    try folder.write("n\n1\n2\n3\n", to: "data/notes.csv")
    let outcome = try await command("build").run()
    let said = outcome.output + outcome.errors
    #expect(outcome.status == 1, "\(said)", sourceLocation: sourceLocation)
    #expect(said.contains("error[WEIR-E1104]: "), "\(said)", sourceLocation: sourceLocation)
    #expect(said.contains(message), "\(said)", sourceLocation: sourceLocation)
    #expect(said.contains("  = help: "), "\(said)", sourceLocation: sourceLocation)
    #expect(said.contains("--> loads/all.yml:2"), "\(said)", sourceLocation: sourceLocation)
    for secret in environment.values { #expect(!said.contains(secret), sourceLocation: sourceLocation) }
    #expect(try await contents() == before, sourceLocation: sourceLocation)
    #expect(try await rows(of: "select n from of_calm") == ["3"], sourceLocation: sourceLocation)
    #expect(
      try await rows(of: "select count(*) from shop._weir_loads where ended_at is null") == ["0"],
      sourceLocation: sourceLocation)
    let spool = folder.path + "/.weir/spool"
    #expect(try FileManager.default.contentsOfDirectory(atPath: spool) == [], sourceLocation: sourceLocation)
  }
}
