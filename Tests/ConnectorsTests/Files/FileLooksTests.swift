import CommandTesting
import Connectors
import Diagnostics
import EngineCore
import Jinja
import Project
import ServiceTesting
import Testing

/// How often a load's files are opened or asked for, by the engine's own record, and that what is read is the same.
@Suite("Looking at files")
struct FileLooksTests {
  private func local(_ folder: ScratchFolder) -> ResolvedConnection {
    ResolvedConnection(
      name: "lake", type: .files, settings: .dict(DataMap([("path", .string(folder.path))])), root: "/",
      redactor: .none)
  }

  /// Reads a table; gives it, and what `count` says of the engine's record of its own doing.
  private func read(
    _ connection: ResolvedConnection, _ from: String, recording kind: String = "FileSystem",
    count: String, prepare: [String] = [], _ configure: (inout LoadTable) -> Void = { _ in }
  ) async throws -> (table: ReadTable, count: Int) {
    let spool = try ScratchFolder()
    var wanted = request(from)
    configure(&wanted.table)
    return try await DatabaseFixture(.duckdb, []).withSession { [wanted] session in
      try await session.run { engine in
        for sql in prepare { try engine.execute(sql) }
        try engine.execute("CALL enable_logging('\(kind)', storage = 'memory')")
      }
      let reader = try FileReader(connection, spooling: spool.path)
      let read = try await reader.open(wanted, on: session)
      let result = try await session.run { engine in
        let table = try DatabaseFixture.rows(read, engine)
        try engine.execute("CALL disable_logging()")
        let row = try engine.query(count, maximumRows: 1).rows.first?.first
        guard case .integer(let number)? = row else { return (table, -1) }
        return (table, Int(number))
      }
      await reader.close(on: session)
      return result
    }
  }

  private static let mostOpens = """
    SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM duckdb_logs_parsed('FileSystem')
      WHERE op = 'OPEN' AND path LIKE '%.csv' GROUP BY path)
    """

  @Test("each of three hundred small files is opened four times at most, and of ten those that differ too")
  func opens() async throws {
    let folder = try ScratchFolder()
    for number in 0..<300 {
      let text = number % 3 == 0 ? "id,note\n\(number),x\n" : "id,amount\n\(number),\(number).5\n"
      try folder.write(text, to: "many/\(1000 + number).csv")
      if number < 10 { try folder.write(text, to: "few/\(1000 + number).csv") }
    }
    for (place, rows) in [("many", 300), ("few", 10)] {
      let (table, opens) = try await read(local(folder), place + "/*.csv", count: Self.mostOpens)
      #expect(table.types == ["BIGINT", "VARCHAR", "DOUBLE"])
      #expect(table.rows.count == rows)
      #expect(table.rows.contains(["4", nil, "4.5"]) && table.rows.contains(["9", "x", nil]))
      #expect((1...4).contains(opens), "\(place): \(opens)")
    }
  }

  @Test("S3: a file is asked for at most six times, its listing aside, however many there are")
  func requests() async throws {
    let server = try await Services.s3()
    let folder = server.makeFolder()
    let connection = ResolvedConnection(
      name: "lake", type: .s3,
      settings: .dict(
        DataMap([
          ("bucket", .string(String(folder.dropFirst("s3://".count)))), ("key_id", .string(server.key)),
          ("secret", .string(server.secret)), ("endpoint", .string(server.endpoint)),
          ("region", .string(server.region)), ("url_style", .string("path")), ("use_ssl", .bool(false)),
        ])), root: "/", redactor: Redactor(secrets: [server.secret]))
    let files = (0..<5).map { "COPY (SELECT \($0) AS id, 'x' AS note) TO '\(folder)/\($0).csv'" }
    let prepare = ["LOAD httpfs", server.createSecret] + files + ["DROP SECRET tests_s3"]
    let asked = "SELECT count(*) FROM duckdb_logs_parsed('HTTP')"
    let many = try await read(connection, "*.csv", recording: "HTTP", count: asked, prepare: prepare)
    #expect(many.table.rows == (0..<5).map { ["\($0)", "x"] })
    #expect((10...32).contains(many.count), "\(many.count)")
    let one = try await read(connection, "3.csv", recording: "HTTP", count: asked, prepare: prepare)
    #expect(one.table == ReadTable(types: ["BIGINT", "VARCHAR"], rows: [["3", "x"]]))
    #expect((3...7).contains(one.count), "\(one.count)")
  }

  @Test(
    "files of one folder may be written in several ways; all of them decide about the types",
    arguments: [3, 30])
  func mixed(times: Int) async throws {
    let folder = try ScratchFolder()
    let texts = [
      "id,name\n1,\"a, b\"\n", "id,name\n2,'c, d'\n", "id;name\n3;e\n", "name,ID\nf,4\n", "id,name\n5,g\n",
      "id,code\n6,7\n", "id,code,at\n7,,2026-01-02\n", "id,name\n", "id\tname\r\n8\th\r\n",
    ]
    for number in 0..<times {
      for (kind, text) in texts.enumerated() { try folder.write(text, to: "\(1000 + number)-\(kind).csv") }
    }
    let count = "SELECT 0::BIGINT"
    let (table, _) = try await read(local(folder), "*.csv", count: count)
    #expect(table.types == ["BIGINT", "VARCHAR", "BIGINT", "DATE"])
    let expected: [[String?]] = [
      ["1", "a, b", nil, nil], ["2", "c, d", nil, nil], ["3", "e", nil, nil], ["4", "f", nil, nil],
      ["5", "g", nil, nil], ["6", nil, "7", nil], ["7", nil, nil, "2026-01-02"], ["8", "h", nil, nil],
    ]
    #expect(table.rows == expected.flatMap { Array(repeating: $0, count: times) })
    try folder.write("id,code\n9.5,x\n", to: "last.csv")
    let (wider, _) = try await read(local(folder), "*.csv", count: count)
    #expect(wider.types == ["DOUBLE", "VARCHAR", "VARCHAR", "DATE"])
    #expect(wider.rows.contains(["6.0", nil, "7", nil]) && wider.rows.contains(["9.5", nil, "x", nil]))
  }

  @Test("of many files, one whose times are written in another way ends the fast way")
  func otherTimes() async throws {
    let folder = try ScratchFolder()
    for number in 0..<40 {
      try folder.write(
        number == 39 ? "d,t\n31-12-26,12/31/26 10:00\n" : "d,t\n2026-01-02,2026-01-02 10:00:00\n",
        to: "\(number).csv")
    }
    let problem = await #expect(throws: Diagnostic.self) {
      try await read(local(folder), "*.csv", count: "SELECT 0::BIGINT")
    }
    #expect(problem?.code == .sqlData)
  }

  @Test("what the table says of how files are written holds for the fast way too")
  func said() async throws {
    let folder = try ScratchFolder()
    try folder.write("a;b,c\n1;'x;y'\n", to: "1.csv")
    try folder.write("a\tb,c\n1\tx,y\n", to: "1.tsv")
    let count = "SELECT 0::BIGINT"
    let (csv, _) = try await read(local(folder), "1.csv", count: count) {
      $0.settings = .dict(DataMap([("delimiter", .string(";")), ("quote", .string("'"))]))
    }
    #expect(csv == ReadTable(types: ["BIGINT", "VARCHAR"], rows: [["1", "x;y"]]))
    let (tsv, _) = try await read(local(folder), "1.tsv", count: count)
    #expect(tsv == ReadTable(types: ["BIGINT", "VARCHAR"], rows: [["1", "x,y"]]))
  }
}
