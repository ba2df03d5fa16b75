import CommandTesting
import Foundation
import ServiceTesting
import Testing

/// The projects of `Examples/`: each table equals the one that another tool made of the same data.
@Suite struct ExampleTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let cache =
    (ProcessInfo.processInfo.environment["WEIR_CACHE"]
      ?? NSHomeDirectory() + "/.cache/weir")

  @Test("The year of flights is built as dbt-duckdb builds it")
  func flights() async throws {
    let data = Self.cache + "/flights"
    try #require(
      FileManager.default.fileExists(atPath: data + "/flights.csv"),
      "the data is missing: `make test` fetches it, as does scripts/fetch.py flights \(data)")
    let project = try Self.copy(of: "flights")
    try FileManager.default.createSymbolicLink(atPath: project.path + "/data", withDestinationPath: data)
    try await expectTables(of: "flights", in: project, build: [])
  }

  @Test("A second build of the flights changes nothing, the incremental model included")
  func flightsAgain() async throws {
    let data = Self.cache + "/flights"
    let project = try Self.copy(of: "flights")
    try FileManager.default.createSymbolicLink(atPath: project.path + "/data", withDestinationPath: data)
    #expect(try await Command.weir(["build"], in: project.path).run().status == 0)
    try await expectTables(of: "flights", in: project, build: [])
  }

  @Test("The shop without templates is built as DuckDB alone builds it")
  func shop() async throws {
    try await expectTables(of: "shop", in: Self.copy(of: "shop"), build: [])
  }

  @Test(
    "A database, an API and an object store are loaded into a lake, and its marts hold what the data says")
  func market() async throws {
    _ = try await Services.postgres()
    _ = try await Services.s3()
    let project = try Self.copy(of: "market")
    func run(_ words: String) async throws -> Command.Outcome {
      try await Command.shell(
        "WEIR_CACHE='\(Self.cache)' WEIR_TEST_SERVICES='\(Self.root)/Tests/Services' python3 run.py \(words)",
        in: project.path
      )
      .run(seconds: 300)
    }
    let question =
      "weir show --quiet --output csv --limit -1 --inline 'from sales_by_country order by 1'; "
      + "weir show --quiet --output csv --limit -1 --inline 'from visits_and_orders order by 1'"
    let outcome = try await run("sh -c \"weir build --quiet && weir build --quiet && \(question)\"")
    try #require(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)")
    #expect(try await outcome.output == run("--expected").output)
  }

  /// The example's files, without what an earlier run left beside them.
  static func copy(of name: String) throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    let left = ["data", "expected", "target", "logs", ".weir", "market_data"]
    for file in try FileManager.default.contentsOfDirectory(atPath: "\(root)/Examples/\(name)")
    where !left.contains(file) && !file.contains(".duckdb") && !file.contains(".ducklake") {
      try scratch.copy("\(root)/Examples/\(name)/\(file)", as: file)
    }
    return scratch
  }

  private func expectTables(of name: String, in project: ScratchFolder, build options: [String]) async throws
  {
    let built = try await Command.weir(["build"] + options, in: project.path).run()
    try #require(
      built.status == 0, "weir build ended with \(built.status):\n\(built.output)\n\(built.errors)")
    let expected = "\(Self.root)/Examples/\(name)/expected/"
    let tables = try FileManager.default.contentsOfDirectory(atPath: expected)
      .map { String($0.dropLast(".csv".count)) }.sorted()
    #expect(tables.contains("tables"))
    for table in tables where table != "tables" {
      let rows = try await show(
        "select columns(*)::varchar from (from \"\(table)\" order by all)", in: project)
      #expect(
        try rows == String(contentsOfFile: expected + table + ".csv", encoding: .utf8), "table \(table)")
    }
    let all = try String(contentsOfFile: expected + "tables.csv", encoding: .utf8)
    let names = all.split(separator: "\n").dropFirst().compactMap {
      $0.split(separator: ",").first.map(String.init)
    }
    #expect(names.count >= 5)
    let summary = names.map(Self.summary).joined(separator: " union all ") + " order by 1"
    #expect(try await show(summary, in: project) == all)
  }

  /// One row: the table, its columns, how many rows it has and a digest of them, as `scripts/record-examples.py` has it.
  private static func summary(of table: String) -> String {
    """
    select '\(table)' as "table",
      (select string_agg(column_name || ' ' || data_type, ', ' order by column_index)
       from duckdb_columns() where table_name = '\(table)') as columns,
      count(*) as rows, md5(coalesce(string_agg(line, '' order by line), '')) as digest
    from (select md5(t::varchar) as line from "\(table)" as t)
    """
  }

  private func show(_ query: String, in project: ScratchFolder) async throws -> String {
    let shown = try await Command.weir(
      ["show", "--inline", query, "--limit", "-1", "--output", "csv", "--quiet"], in: project.path
    ).run()
    try #require(shown.status == 0, "weir show ended with \(shown.status):\n\(shown.output)\n\(shown.errors)")
    return shown.output
  }
}
