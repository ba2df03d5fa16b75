import Connectors
import Diagnostics
import Jinja
import Project
import ServiceTesting
import Testing

@Suite("Loading from PostgreSQL")
struct PostgresTests {
  private func fixture(_ server: PostgresService, _ database: String) -> DatabaseFixture {
    DatabaseFixture(
      .postgres,
      [
        ("host", .string(server.host)), ("port", .int(Int(server.port) ?? 0)), ("user", .string(server.user)),
        ("password", .string(server.password)), ("database", .string(database)),
      ], secrets: [server.password])
  }

  @Test("every type arrives exactly")
  func types() async throws {
    let server = try await Services.postgres()
    let database = try await server.makeDatabase()
    try await server.execute(
      """
      CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE TABLE t (id bigint PRIMARY KEY, fixed numeric(20, 4), open numeric, wide numeric(50, 10), ts timestamp,
        tz timestamptz, day date, clock time, span interval, j json, jb jsonb, list int[], id2 uuid, bytes bytea,
        yes bool, f real, d double precision, m mood, net inet, "Odd ""name"" x" text);
      INSERT INTO t VALUES (1, 12345.6789, 12345678901234567890.123456789, 1234567890123456789012345678.0123456789,
        '2020-01-01 01:02:03.456789', '2020-06-01 12:00+05', '2020-01-01', '12:34:56', '1 mon 2 days', '{"a": 1}',
        '{"b": [1, 2]}', '{1, 2, null}', '00000000-0000-0000-0000-00000000002a', '\\xdeadbeef', true, 1.5, 2.5, 'ok',
        '10.0.0.1/8', 'é😀');
      INSERT INTO t (id) VALUES (2);
      """, in: database)
    let table = try await fixture(server, database).read(request("t"))
    #expect(
      table.types == [
        "BIGINT", "DECIMAL(20,4)", "DECIMAL(38,9)", "DECIMAL(38,10)", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE",
        "DATE",
        "TIME", "INTERVAL", "JSON", "JSON", "INTEGER[]", "UUID", "BLOB", "BOOLEAN", "FLOAT", "DOUBLE",
        "VARCHAR",
        "VARCHAR", "VARCHAR",
      ])
    #expect(
      table.rows == [
        [
          "1", "12345.6789", "12345678901234567890.123456789", "1234567890123456789012345678.0123456789",
          "2020-01-01 01:02:03.456789", "2020-06-01 07:00:00+00", "2020-01-01", "12:34:56", "1 month 2 days",
          "{\"a\": 1}", "{\"b\": [1, 2]}", "[1, 2, NULL]", "00000000-0000-0000-0000-00000000002a",
          "\\xDE\\xAD\\xBE\\xEF", "true", "1.5", "2.5", "ok", "10.0.0.1/8", "é😀",
        ],
        ["2"] + [String?](repeating: nil, count: 19),
      ])
  }

  @Test("numbers that no decimal holds arrive as text, none changed")
  func numbers() async throws {
    let server = try await Services.postgres()
    let database = try await server.makeDatabase()
    try await server.execute(
      """
      CREATE TABLE t (id int, a numeric(10, 2), b numeric, c numeric);
      INSERT INTO t VALUES (1, 'NaN', 1e60, 'Infinity'), (2, 1.50, 0.5, 2);
      """, in: database)
    let table = try await fixture(server, database).read(request("t"))
    #expect(table.types == ["INTEGER", "VARCHAR", "VARCHAR", "VARCHAR"])
    #expect(
      table.rows == [
        ["1", "NaN", "1" + String(repeating: "0", count: 60), "Infinity"], ["2", "1.50", "0.5", "2"],
      ])
  }

  @Test(
    "a cursor's bounds are applied by the server: from the position less the lookback, up to a backfill's end"
  )
  func cursor() async throws {
    let server = try await Services.postgres()
    let database = try await server.makeDatabase()
    try await server.execute(
      """
      CREATE SCHEMA sales;
      CREATE TABLE sales.t AS SELECT n, timestamptz '2026-03-29 00:00+00' + n * interval '1 hour' AS at
      FROM generate_series(0, 9) n;
      INSERT INTO sales.t VALUES (90, NULL);
      """, in: database)
    let fixture = fixture(server, database)
    var wanted = request("sales.t", cursor: CursorRule(column: "at", lookback: 7200))
    wanted.position = LoadPosition(cursor: "2026-03-29 07:00:00+00", cursorType: "TIMESTAMP WITH TIME ZONE")
    // Rows without a cursor come every time.
    #expect(try await fixture.read(wanted).rows.map(\.first) == ["5", "6", "7", "8", "9", "90"])
    wanted.since = "2026-03-29 01:00:00+00"
    wanted.until = "2026-03-29 03:00:00+00"
    #expect(try await fixture.read(wanted).rows.map(\.first) == ["1", "2"])
    // The server's own zone does not count.
    try await server.execute("ALTER DATABASE \(database) SET TimeZone = 'Asia/Tokyo'", in: database)
    wanted.since = "2026-03-29"
    wanted.until = "2026-03-29T02:00:00"
    #expect(try await fixture.read(wanted).rows.map(\.first) == ["0", "1"])
  }

  @Test("tables of one transaction are as of one moment")
  func snapshot() async throws {
    let server = try await Services.postgres()
    let database = try await server.makeDatabase()
    try await server.execute(
      "CREATE TABLE a AS SELECT 1 n; CREATE TABLE b AS SELECT 1 n; CREATE TABLE c AS SELECT 1::numeric n",
      in: database)
    let fixture = fixture(server, database)
    let counts = try await fixture.withSession { session in
      let reader = try DatabaseReader(fixture.connection)
      var reads: [SourceRead] = []
      for name in ["a", "b", "c"] { reads.append(try await reader.open(request(name), on: session)) }
      let (first, second, third) = (reads[0], reads[1], reads[2])
      let before = try await session.run { engine in
        try engine.execute("BEGIN")
        return try DatabaseFixture.rows(first, engine).rows.count
      }
      try await server.execute(
        "INSERT INTO a VALUES (2); INSERT INTO b VALUES (2); INSERT INTO c VALUES (2)", in: database)
      let after = try await session.run { engine in
        let counts = [try DatabaseFixture.rows(second, engine), try DatabaseFixture.rows(third, engine)].map(
          \.rows.count)
        try engine.execute("COMMIT")
        return counts
      }
      await reader.close(on: session)
      return [before] + after
    }
    #expect(counts == [1, 1, 1])
  }

  @Test(
    "tables and views are found with their keys, a query is read as one, and a missing table is told with its like"
  )
  func finding() async throws {
    let server = try await Services.postgres()
    let database = try await server.makeDatabase()
    try await server.execute(
      """
      CREATE SCHEMA "odd.schema"; CREATE TABLE orders (a int, b text, PRIMARY KEY (b, a)); CREATE VIEW v AS SELECT 1 x;
      CREATE TABLE "odd.schema"."we""ird" (x int); INSERT INTO "odd.schema"."we""ird" VALUES (7);
      """, in: database)
    let fixture = fixture(server, database)
    #expect(
      try await fixture.discover() == [
        SourceTableDescription(name: "\"odd.schema\".\"we\"\"ird\""),
        SourceTableDescription(name: "orders", key: ["b", "a"]), SourceTableDescription(name: "v"),
      ])
    #expect(try await fixture.read(request("\"odd.schema\".\"we\"\"ird\"")).rows == [["7"]])
    var query = request("anything")
    query.table.settings = .dict(DataMap([("query", .string("SELECT 'it''s' AS a, 1 AS b"))]))
    #expect(try await fixture.read(query).rows == [["it's", "1"]])
    let missing = await #expect(throws: Diagnostic.self) { try await fixture.read(request("order")) }
    #expect(missing?.message == "'shop' has no table 'order'")
    #expect(missing?.hint == "did you mean 'orders'?")
  }

  @Test("a server that refuses is told of without the password")
  func refusal() async throws {
    let server = try await Services.postgres()
    let fixture = DatabaseFixture(
      .postgres,
      [
        ("host", .string(server.host)), ("port", .int(Int(server.port) ?? 0)), ("user", .string("nobody")),
        ("password", .string("hunter2hunter2")), ("database", .string("postgres")),
      ], secrets: ["hunter2hunter2"])
    let refusal = await #expect(throws: Diagnostic.self) { try await fixture.read(request("t")) }
    #expect(refusal?.code == .sourceUnreachable)
    #expect(refusal?.message == "postgres connection 'shop': it cannot be reached")
    let shown = "\(String(describing: refusal))"
    #expect(shown.contains("password authentication failed"))
    #expect(!shown.contains("hunter2"))
  }
}
