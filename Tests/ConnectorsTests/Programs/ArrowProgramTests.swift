import CommandTesting
import Connectors
import Diagnostics
import EngineCore
import Foundation
import Jinja
import Project
import Testing

@Suite("Loading what programs print as Arrow")
struct ArrowProgramTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  /// As pyarrow and DuckDB's own reader of its tables have them: a type and a value a line, a row a text,
  /// by the first column.
  private static let expected = [
    #"""
    BOOLEAN false
    TINYINT 127
    UTINYINT 255
    SMALLINT 1
    USMALLINT 1
    INTEGER 1
    UINTEGER 1
    BIGINT 1
    UBIGINT 1
    FLOAT inf
    DOUBLE -1e+300
    DECIMAL(38,10) -0.0000000001
    VARCHAR 
    VARCHAR xxxxxxxxxxxxxxxxxxxx
    VARCHAR a text of more than twelve bytes
    BLOB 
    BLOB bc
    BLOB \x00\x01\x02
    DATE 2026-01-02
    DATE 2026-01-02
    TIME 00:00:00
    TIME 00:00:00
    TIMESTAMP_S 1900-01-01 00:00:00
    TIMESTAMP_MS 1900-01-01 00:00:00
    TIMESTAMP 1900-01-01 00:00:00
    TIMESTAMP_NS 1900-01-01 00:00:00
    TIMESTAMP WITH TIME ZONE 1900-01-01 00:00:00+00
    INTERVAL 00:00:00
    INTERVAL 00:00:00
    INTEGER[] []
    VARCHAR[] [b, c]
    SMALLINT[2] [3, NULL]
    STRUCT(x BIGINT, y VARCHAR) {'x': NULL, 'y': z}
    MAP(VARCHAR, INTEGER) {}
    INTEGER -
    STRUCT(k VARCHAR, v TINYINT[])[] []
    UUID ffffffff-ffff-ffff-ffff-ffffffffffff
    VARCHAR green

    """#,
    #"""
    BOOLEAN true
    TINYINT -128
    UTINYINT 0
    SMALLINT -32768
    USMALLINT 65535
    INTEGER -2147483648
    UINTEGER 4294967295
    BIGINT -9223372036854775808
    UBIGINT 18446744073709551615
    FLOAT 1.25
    DOUBLE 0.1
    DECIMAL(38,10) 1234567890123456789012345678.0123456789
    VARCHAR é
    VARCHAR long
    VARCHAR short
    BLOB \x00\xFF
    BLOB a
    BLOB abc
    DATE 1969-12-31
    DATE 1969-12-31
    TIME 23:59:59
    TIME 23:59:59.999999
    TIMESTAMP_S 2026-01-02 03:04:05
    TIMESTAMP_MS 2026-01-02 03:04:05.678
    TIMESTAMP 2026-01-02 03:04:05.678901
    TIMESTAMP_NS 2026-01-02 03:04:05.678901
    TIMESTAMP WITH TIME ZONE 2026-10-25 01:30:00+00
    INTERVAL 00:01:30
    INTERVAL 1 year 2 months 3 days 00:00:00.000001
    INTEGER[] [1, NULL, 3]
    VARCHAR[] [a]
    SMALLINT[2] [1, 2]
    STRUCT(x BIGINT, y VARCHAR) {'x': 1, 'y': é}
    MAP(VARCHAR, INTEGER) {a=1, b=NULL}
    INTEGER -
    STRUCT(k VARCHAR, v TINYINT[])[] [{'k': a, 'v': [1]}, {'k': NULL, 'v': NULL}]
    UUID 00000000-0000-0000-0000-000000000001
    VARCHAR red

    """#,
    #"""
    BOOLEAN -
    TINYINT -
    UTINYINT -
    SMALLINT -
    USMALLINT -
    INTEGER -
    UINTEGER -
    BIGINT -
    UBIGINT -
    FLOAT -
    DOUBLE -
    DECIMAL(38,10) -
    VARCHAR -
    VARCHAR -
    VARCHAR -
    BLOB -
    BLOB -
    BLOB -
    DATE -
    DATE -
    TIME -
    TIME -
    TIMESTAMP_S -
    TIMESTAMP_MS -
    TIMESTAMP -
    TIMESTAMP_NS -
    TIMESTAMP WITH TIME ZONE -
    INTERVAL -
    INTERVAL -
    INTEGER[] -
    VARCHAR[] -
    SMALLINT[2] -
    STRUCT(x BIGINT, y VARCHAR) -
    MAP(VARCHAR, INTEGER) -
    INTEGER -
    STRUCT(k VARCHAR, v TINYINT[])[] -
    UUID -
    VARCHAR -

    """#,
  ]

  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// What a query over the rows that a program prints gives.
  private func read(_ command: String, _ query: (String) -> String = { $0 }) async throws -> ReadTable {
    let connection = ResolvedConnection(
      name: "tool", type: .command,
      settings: .dict(DataMap([("command", .string(command)), ("format", .string("arrow"))])),
      root: folder.path, redactor: Redactor(secrets: []))
    return try await DatabaseFixture(.duckdb, []).withSession { session in
      let reader = try CommandReader(connection, spooling: folder.path + "/spool")
      var read = try await reader.open(request("t"), on: session)
      read.selects = read.selects.map(query)
      let selected = read
      let table = try await session.run { engine in
        selected.selects.isEmpty ? ReadTable(types: [], rows: []) : try DatabaseFixture.rows(selected, engine)
      }
      await reader.close(on: session)
      return table
    }
  }

  @Test("every type arrives with its values")
  func values() async throws {
    let table = try await read("cat \(Self.fixtures)/values.arrows")
    let rows = (0..<3).map { row in zip(table.types, table.rows[row]).map { "\($0) \($1 ?? "-")" } }
    #expect(rows.map { $0.joined(separator: "\n") + "\n" } == Self.expected)
  }

  @Test("batches of more rows than the engine takes at once arrive whole")
  func many() async throws {
    let table = try await read("cat \(Self.fixtures)/rows.arrows") { sql in
      """
      SELECT count(*), sum(i), count(d), count(*) FILTER (WHERE
        t IS DISTINCT FROM CASE WHEN i % 7 <> 0 THEN 't' || (i % 100) END OR d IS DISTINCT FROM t
        OR l IS DISTINCT FROM CASE WHEN i % 5 <> 0 THEN [i % 100 FOR x IN range(i % 3)] END
        OR s IS DISTINCT FROM CASE WHEN i % 11 <> 0 THEN {x: i % 100, l: [i % 50]} END
        OR a[1] <> i % 100 OR a[2] IS NOT NULL OR m['k'] <> i % 100 OR b <> (i % 3 = 0)) FROM (\(sql))
      """
    }
    #expect(table.rows == [["2110", "\(2100 * 2099 / 2 + 45)", "1808", "0"]])
  }

  @Test("what is no stream, or is compressed, cut or of a type that is not read, is told")
  func refused() async throws {
    let values = "\(Self.fixtures)/values.arrows"
    for (command, words) in [
      ("echo hello", "it is no Arrow stream"),
      ("head -c 3 \(values)", "the stream ends within a message"),
      ("head -c 6000 \(values)", "the stream ends within a message"),
      ("cat \(Self.fixtures)/packed.arrows", "the batches are compressed"),
      ("cat \(Self.fixtures)/union.arrows", "the column 'u' is a union"),
      ("cat \(Self.fixtures)/late.arrows", "out of its type's range: 1000000000000000"),
      ("cat \(Self.fixtures)/wide.arrows", "out of its type's range: 10000"),
    ] {
      let problem = try await #require(throws: Diagnostic.self) { try await self.read(command) }
      #expect(problem.code == .sourceUnreadable)
      #expect(problem.message == "what the program of 'tool' printed cannot be read as Arrow")
      #expect(problem.cause?.contains(words) == true, "\(command): \(problem.cause ?? "")")
    }
    #expect(try await read("true").rows == [])
  }

  @Test("bytes that were changed at random are refused, or read: they never end the program")
  func damaged() async throws {
    let environment = ProcessInfo.processInfo.environment
    let rounds = environment["WEIR_SLOW"] == "1" ? 4000 : 400
    let seed = environment["WEIR_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...1_000_000)
    print("damaged Arrow streams: \(rounds) rounds, WEIR_SEED=\(seed)")
    let whole = try Data(contentsOf: URL(fileURLWithPath: Self.fixtures + "/values.arrows"))
    let path = folder.path + "/damaged.arrows"
    let refused = try await DatabaseFixture(.duckdb, []).withSession { session in
      try await session.run { engine in
        var random = Xorshift(state: seed)
        var refused = 0
        for round in 0..<rounds {
          var bytes = whole
          for _ in 0...random.next() % 4 {
            let place = Int(random.next() % UInt64(bytes.count))
            bytes[place] = random.next() % 2 == 0 ? UInt8(truncatingIfNeeded: random.next()) : 0xFF
          }
          if random.next() % 8 == 0 { bytes = bytes.prefix(Int(random.next() % UInt64(bytes.count))) }
          try bytes.write(to: URL(fileURLWithPath: path))
          do {
            let table = Relation(database: "memory", schema: "main", identifier: "t\(round)")
            try engine.createTable(table, fromArrowFile: path)
            _ = try engine.query("SELECT md5(string_agg(t::VARCHAR, '')) FROM t\(round) t")
            try engine.execute("DROP TABLE t\(round)")
          } catch is Diagnostic {
            refused += 1
          }
        }
        return refused
      }
    }
    #expect(refused > rounds / 10)
    #expect(refused < rounds)
  }
}

/// Numbers that a seed repeats.
private struct Xorshift {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
