import CommandTesting
import Connectors
import Diagnostics
import DuckDBEngine
import Foundation
import Jinja
import Project
import ServiceTesting
import Testing

@Suite("Loading from MySQL")
struct MySQLTests {
  private func fixture(_ server: MySQLService, _ database: String) -> DatabaseFixture {
    DatabaseFixture(
      .mysql,
      [
        ("host", .string(server.host)), ("port", .int(Int(server.port) ?? 0)), ("user", .string(server.user)),
        ("password", .string(server.password)), ("database", .string(database)),
      ], secrets: [server.password])
  }

  @Test("every type arrives exactly")
  func types() async throws {
    let server = try await Services.mysql()
    let database = try await server.makeDatabase()
    try await server.execute(
      """
      SET sql_mode = ''; SET time_zone = '+03:00';
      CREATE TABLE t (id bigint unsigned PRIMARY KEY, tiny tinyint(1), fixed decimal(20, 4), wide decimal(65, 30),
        dt datetime(6), ts timestamp NULL, day date, clock time, j json, bytes varbinary(10), e enum('a', 'b'),
        tx longtext, d double, `we"ird ``name` int);
      INSERT INTO t VALUES (18446744073709551615, 5, 1.5, 12345678901234567890123456789012345.5,
        '2020-01-01 00:00:00.123456', '2020-06-01 12:00:00', '2020-01-01', '-838:59:59', '{"a": 1}', x'DEAD', 'a',
        'é😀', 2.5, 7);
      INSERT INTO t (id, day) VALUES (2, '0000-00-00');
      """, in: database)
    let table = try await fixture(server, database).read(request("t"))
    #expect(
      table.types == [
        "UBIGINT", "TINYINT", "DECIMAL(20,4)", "VARCHAR", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "DATE",
        "VARCHAR", "VARCHAR", "BLOB", "VARCHAR", "VARCHAR", "DOUBLE", "INTEGER",
      ])
    #expect(
      table.rows == [
        [
          "18446744073709551615", "5", "1.5000",
          "12345678901234567890123456789012345.500000000000000000000000000000",
          "2020-01-01 00:00:00.123456", "2020-06-01 09:00:00+00", "2020-01-01", "-838:59:59", "{\"a\": 1}",
          "\\xDE\\xAD", "a", "é😀", "2.5", "7",
        ],
        ["2"] + [String?](repeating: nil, count: 13),
      ])
  }

  @Test("a cursor that is an instant is compared as one")
  func cursor() async throws {
    let server = try await Services.mysql()
    let database = try await server.makeDatabase()
    try await server.execute(
      """
      SET time_zone = '+00:00'; CREATE TABLE t (n int PRIMARY KEY, at timestamp NULL);
      INSERT INTO t VALUES (1, '2026-01-01 00:00:00'), (2, '2026-01-01 01:00:00'), (3, '2026-01-01 02:00:00'), (90, NULL)
      """, in: database)
    var wanted = request("t", cursor: CursorRule(column: "at"))
    wanted.position = LoadPosition(cursor: "2026-01-01 03:00:00+02", cursorType: "TIMESTAMP WITH TIME ZONE")
    let fixture = fixture(server, database)
    #expect(try await fixture.read(wanted).rows.map(\.first) == ["2", "3", "90"])
    #expect(try await fixture.discover() == [SourceTableDescription(name: "t", key: ["n"])])
  }

  @Test("tables of one transaction are as of one moment")
  func snapshot() async throws {
    let server = try await Services.mysql()
    let database = try await server.makeDatabase()
    try await server.execute(
      "CREATE TABLE a (n int) ENGINE InnoDB; CREATE TABLE b (n int) ENGINE InnoDB; INSERT INTO a VALUES (1); "
        + "INSERT INTO b VALUES (1)", in: database)
    let fixture = fixture(server, database)
    let counts = try await fixture.withSession { session in
      let reader = try DatabaseReader(fixture.connection)
      let first = try await reader.open(request("a"), on: session)
      let second = try await reader.open(request("b"), on: session)
      let before = try await session.run { engine in
        try engine.execute("BEGIN")
        return try DatabaseFixture.rows(first, engine).rows.count
      }
      try await server.execute("INSERT INTO a VALUES (2); INSERT INTO b VALUES (2)", in: database)
      let after = try await session.run { engine in
        let count = try DatabaseFixture.rows(second, engine).rows.count
        try engine.execute("COMMIT")
        return count
      }
      await reader.close(on: session)
      return [before, after]
    }
    #expect(counts == [1, 1])
  }
}

@Suite("Loading from files of databases, and by ODBC")
struct FileDatabaseTests {
  private func sqlite(_ script: String, in folder: ScratchFolder) async throws -> DatabaseFixture {
    let path = folder.path + "/shop.db"
    let command = Command(
      program: "/usr/bin/env",
      arguments: [
        "python3", "-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])", path,
        script,
      ],
      folder: folder.path, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root"])
    let outcome = try await command.start().finish()
    try #require(outcome.status == 0, "\(outcome.errors)")
    return DatabaseFixture(.sqlite, [("path", .string(path))])
  }

  @Test("SQLite's columns keep their types where all values have them, and become text where not")
  func mixedTypes() async throws {
    let folder = try ScratchFolder()
    let fixture = try await sqlite(
      """
      CREATE TABLE t (id integer PRIMARY KEY, n int, price decimal(10, 2), big numeric, day date, at datetime, b blob);
      INSERT INTO t VALUES (1, 1, 1.25, 9007199254740993, '2020-01-01', '2020-01-01 01:02:03', x'00ff'),
        (2, 'many', 2, 1, 'soon', NULL, NULL);
      CREATE TABLE clean (id integer, v varchar(10), day date, n real);
      INSERT INTO clean VALUES (1, 'é', '2020-01-01', 1.5);
      """, in: folder)
    let mixed = try await fixture.read(request("t"))
    #expect(mixed.types == ["BIGINT", "VARCHAR", "DOUBLE", "VARCHAR", "VARCHAR", "TIMESTAMP", "BLOB"])
    #expect(
      mixed.rows == [
        ["1", "1", "1.25", "9007199254740993", "2020-01-01", "2020-01-01 01:02:03", "\\x00\\xFF"],
        ["2", "many", "2.0", "1", "soon", nil, nil],
      ])
    let clean = try await fixture.read(request("clean"))
    #expect(
      clean
        == ReadTable(
          types: ["BIGINT", "VARCHAR", "DATE", "DOUBLE"], rows: [["1", "é", "2020-01-01", "1.5"]]))
    #expect(
      try await fixture.discover() == [
        SourceTableDescription(name: "clean"), SourceTableDescription(name: "t", key: ["id"]),
      ])
  }

  private func make(_ path: String) async throws {
    let engine = try DuckDBEngine(path: path)
    let session = try await engine.makeSession()
    try await session.run { engine in
      _ = try engine.execute(
        "CREATE SCHEMA s; CREATE TABLE s.t (n HUGEINT PRIMARY KEY); INSERT INTO s.t VALUES (1), (2)")
    }
    await session.close()
    await engine.close()
  }

  @Test("another DuckDB file is read without being changed, and a file that is not there is told of")
  func duckDB() async throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/other.duckdb"
    try await make(path)
    let fixture = DatabaseFixture(.duckdb, [("path", .string(path))])
    #expect(try await fixture.read(request("s.t")) == ReadTable(types: ["HUGEINT"], rows: [["1"], ["2"]]))
    #expect(try await fixture.discover() == [SourceTableDescription(name: "s.t", key: ["n"])])
    let missing = #expect(throws: Diagnostic.self) {
      try DatabaseReader(DatabaseFixture(.duckdb, [("path", .string(folder.path + "/none"))]).connection)
    }
    #expect(missing?.code == .sourceUnreachable)
  }

  @Test("any database is read by its ODBC driver")
  func odbc() async throws {
    let server = try await Services.postgres()
    let driver = "/usr/lib/x86_64-linux-gnu/odbc/psqlodbcw.so"
    guard FileManager.default.fileExists(atPath: driver) else {
      if ProcessInfo.processInfo.environment["WEIR_SERVICES"] == "required" {
        Issue.record("\(driver) is missing: install Debian's odbc-postgresql")
      } else {
        try Test.cancel("\(driver) is missing: install Debian's odbc-postgresql")
      }
      return
    }
    let database = try await server.makeDatabase()
    try await server.execute(
      "CREATE TABLE t AS SELECT n, n * 1.5 AS x FROM generate_series(1, 3) n", in: database)
    let fixture = DatabaseFixture(
      .odbc,
      [
        ("driver", .string(driver)), ("user", .string(server.user)), ("password", .string(server.password)),
        (
          "options",
          .dict(
            DataMap([
              ("Server", .string(server.host)), ("Port", .string(server.port)),
              ("Database", .string(database)),
            ]))
        ),
      ], secrets: [server.password])
    #expect(try await fixture.discover() == [SourceTableDescription(name: "public.t")])
    var wanted = request("public.t", cursor: CursorRule(column: "n"))
    wanted.position = LoadPosition(cursor: "2", cursorType: "INTEGER")
    #expect(try await fixture.read(wanted).rows.map(\.first) == ["2", "3"])
  }
}
