import Diagnostics
import EngineCore
import Tabular
import Testing

@testable import DuckDBEngine

@Suite struct ExchangeTests {
  private static let copy = Relation(schema: "main", identifier: "copy")

  /// A table `t` of the expression, some rows of it missing, and an empty `copy` of the same types.
  private static func makeTables(_ connection: DuckDBConnection, _ expression: String) throws {
    try connection.execute(
      """
      SET TimeZone = 'UTC';
      CREATE OR REPLACE TABLE t AS
        SELECT i, x FROM range(2100) r(i) LEFT JOIN (SELECT 1 AS k, (\(expression)) AS x) ON i % 3 <> k;
      CREATE OR REPLACE TABLE copy AS FROM t WITH NO DATA;
      """)
  }

  /// Whether `copy` holds what the first rows of `t` hold.
  private static func isCopied(_ connection: DuckDBConnection, rowCount: Int) throws -> Bool {
    try connection.query(
      """
      SELECT count(*), count(*) FILTER (t.x::VARCHAR IS DISTINCT FROM copy.x::VARCHAR)
      FROM t JOIN copy USING (i) WHERE i < \(rowCount)
      """
    ).rows == [[.integer(Int64(rowCount)), .integer(0)]]
  }

  private static let storable = (ValueTests.expressions + ValueTests.nested + ValueTests.variants).filter {
    !$0.hasPrefix("row(")
  }

  @Test("Batches of every type are appended as they were read")
  func appendEveryType() async throws {
    let wrong = try await withDuckDB { connection in
      try Self.storable.filter { expression in
        try Self.makeTables(connection, expression)
        let table = try connection.query("FROM t")
        let count = try connection.append(to: Self.copy) { appender in
          for batch in table.batches { try appender.append(batch) }
        }
        return try count != 2100 || !Self.isCopied(connection, rowCount: 2100)
      }
    }
    #expect(wrong == [])
  }

  @Test("Values made one by one are appended as every type")
  func appendScalars() async throws {
    let wrong = try await withDuckDB { connection in
      try Self.storable.filter { expression in
        try Self.makeTables(connection, expression)
        let table = try connection.query("FROM t ORDER BY i", maximumRows: 20)
        let rows = table.rows
        let columns = table.schema.fields.indices.map { index in Column(.scalars(rows.map { $0[index] })) }
        try connection.append(to: Self.copy) {
          try $0.append(Batch(schema: table.schema, columns: columns, rowCount: rows.count))
        }
        return try !Self.isCopied(connection, rowCount: 20)
      }
    }
    #expect(wrong == [])
  }

  @Test("A written variant is of the kinds that it was read with")
  func variantKinds() async throws {
    let expressions =
      ValueTests.simpleVariants
      + ValueTests.variants.filter { $0.hasSuffix("::VARIANT") && $0 != "NULL::VARIANT" }
    let wrong = try await withDuckDB { connection in
      try expressions.filter { expression in
        try connection.execute(
          """
          CREATE OR REPLACE TABLE t AS SELECT 1 AS i, (\(expression)) AS x;
          CREATE OR REPLACE TABLE copy AS FROM t WITH NO DATA
          """)
        let table = try connection.query("FROM t")
        try connection.append(to: Self.copy) { appender in
          for batch in table.batches { try appender.append(batch) }
        }
        return try connection.query(
          """
          SELECT count(*) FROM t JOIN copy USING (i) WHERE variant_typeof(t.x) = variant_typeof(copy.x)
            AND t.x::VARCHAR = copy.x::VARCHAR AND variant_normalize(t.x) = variant_normalize(copy.x)
          """
        ).rows != [[.integer(1)]]
      }
    }
    #expect(wrong == [])
  }

  @Test("A variant is cast to the table's type, like other values")
  func variantCast() async throws {
    let rows = try await withDuckDB { connection in
      try connection.execute("CREATE TABLE copy(x STRUCT(v VARCHAR, i BIGINT))")
      let type = LogicalType.structure([Field("v", .variant), Field("i", .int8)])
      let value = Scalar.structure(["v", "i"], [.variant(.date, .date(days: 0)), .integer(1)])
      try connection.append(to: Self.copy) {
        try $0.append(
          Batch(schema: Schema([Field("x", type)]), columns: [Column(.scalars([value]))], rowCount: 1))
      }
      return try connection.query("SELECT x.v, x.i FROM copy").rows
    }
    #expect(rows == [[.text("1970-01-01"), .integer(1)]])
  }

  @Test("A batch larger than DuckDB's vectors keeps its nested values, in pieces too")
  func largeBatch() async throws {
    try await withDuckDB { connection in
      try connection.execute("CREATE TABLE t(i BIGINT, l BIGINT[], s VARCHAR)")
      let lists: [Scalar] = (0..<10_000).map { row in
        row % 5 == 4 ? .null : .list((0..<Int64(row % 7)).map { $0 == 3 ? .null : .integer($0 + Int64(row)) })
      }
      let texts: [Scalar] = (0..<10_000).map { .text(String(repeating: "ü", count: $0 % 40)) }
      let schema = Schema([Field("i", .int64), Field("l", .list(.int64)), Field("s", .text)])
      let columns = [
        Column(.int64, .int64(Array(0..<10_000))), try Column(.list(.int64), of: lists),
        try Column(.text, of: texts),
      ]
      try connection.append(to: Relation(identifier: "t")) {
        try $0.append(Batch(schema: schema, columns: columns, rowCount: 10_000))
      }
      let rows = try connection.query("FROM t ORDER BY i").rows
      #expect(rows == (0..<10_000).map { [.integer(Int64($0)), lists[$0], texts[$0]] })
    }
  }

  @Test("Columns are cast to the table's types, and some of them may be left to their defaults")
  func castAndDefaults() async throws {
    try await withDuckDB { connection in
      try connection.execute("CREATE TABLE t(a BIGINT, b VARCHAR DEFAULT 'd', c DATE)")
      let schema = Schema([Field("c", .text), Field("a", .int8)])
      let columns = [Column(.scalars([.text("2020-01-31")])), Column(.int8, .int8([5]))]
      try connection.append(to: Relation(identifier: "t"), columns: ["c", "a"]) {
        try $0.append(Batch(schema: schema, columns: columns, rowCount: 1))
      }
      try #expect(connection.query("FROM t").rows == [[.integer(5), .text("d"), .date(days: 18_292)]])
    }
  }

  @Test("A broken constraint leaves no row, however many were added before")
  func appendFailure() async throws {
    try await withDuckDB { connection in
      try connection.execute("CREATE TABLE t(i BIGINT PRIMARY KEY)")
      let numbers = Array(0..<Int64(600_000)) + [7]
      let batch = Batch(
        schema: Schema([Field("i", .int64)]), columns: [Column(.int64, .int64(numbers))],
        rowCount: numbers.count)
      let error = #expect(throws: Diagnostic.self) {
        try connection.append(to: Relation(identifier: "t")) { try $0.append(batch) }
      }
      #expect(error?.code == .sqlConstraint)
      #expect(error?.message.contains("duplicate key \"7\"") == true)
      try #expect(connection.query("SELECT count(*) FROM t").rows == [[.integer(0)]])
    }
  }

  @Test("What the caller throws while adding rows leaves no row")
  func abandonedAppend() async throws {
    try await withDuckDB { connection in
      try connection.execute("CREATE TABLE t(i BIGINT)")
      let batch = Batch(
        schema: Schema([Field("i", .int64)]), columns: [Column(.int64, .int64([1]))], rowCount: 1)
      #expect(throws: CancellationError.self) {
        try connection.append(to: Relation(identifier: "t")) { appender in
          try appender.append(batch)
          throw CancellationError()
        }
      }
      try #expect(connection.query("SELECT count(*) FROM t").rows == [[.integer(0)]])
    }
  }

  @Test("Within the caller's transaction, added rows live and die with it")
  func appendInTransaction() async throws {
    try await withDuckDB { connection in
      try connection.execute("CREATE TABLE t(i BIGINT)")
      let batch = Batch(
        schema: Schema([Field("i", .int64)]), columns: [Column(.int64, .int64([1]))], rowCount: 1)
      try connection.execute("BEGIN")
      try connection.append(to: Relation(identifier: "t")) { try $0.append(batch) }
      try #expect(connection.query("SELECT count(*) FROM t").rows == [[.integer(1)]])
      try connection.execute("ROLLBACK")
      try #expect(connection.query("SELECT count(*) FROM t").rows == [[.integer(0)]])
    }
  }

  @Test("Appending to what is not there, or what does not fit, is a diagnostic")
  func misfits() async throws {
    try await withDuckDB { connection in
      func append(_ type: LogicalType, _ column: Column, to name: String = "t") throws {
        try connection.append(to: Relation(identifier: name)) {
          try $0.append(Batch(schema: Schema([Field("i", type)]), columns: [column], rowCount: 1))
        }
      }
      try connection.execute("CREATE TABLE t(i INTEGER); CREATE TABLE s(v VARCHAR)")
      let missing = #expect(throws: Diagnostic.self) {
        try append(.int64, Column(.int64, .int64([1])), to: "nosuch")
      }
      #expect(missing?.message == "Catalog Error: Table \".main.nosuch\" could not be found")
      let large = #expect(throws: Diagnostic.self) { try append(.int64, Column(.int64, .int64([1 << 40]))) }
      #expect(
        large?.message
          == "Invalid Input Error: type mismatch in AppendDataChunk, expected INTEGER, got BIGINT for column 0"
      )
      let storage = #expect(throws: Diagnostic.self) { try append(.int64, Column(.int64, .int8([1]))) }
      #expect(storage?.message == "a column's values are not laid out as its type 64-bit integer asks")
      let value = #expect(throws: Diagnostic.self) { try append(.int8, Column(.scalars([.integer(300)]))) }
      #expect(value?.message == "the value 300 is no 8-bit integer")
      var broken = ByteStrings()
      [0xC3 as UInt8].withUnsafeBufferPointer { broken.append($0) }
      let text = #expect(throws: Diagnostic.self) {
        try append(.text, Column(.text, .bytes(broken)), to: "s")
      }
      #expect(text?.message == "a text is not valid UTF-8")
      let label = #expect(throws: Diagnostic.self) {
        try append(.enumeration(["a"]), Column(.enumeration(["a"]), .uint8([3])), to: "s")
      }
      #expect(label?.code == .engineType)
      let variant = #expect(throws: Diagnostic.self) {
        try append(.unknown("TYPE"), Column(.scalars([.null])))
      }
      #expect(variant?.message == "DuckDB cannot be given a column of type TYPE")
      try #expect(
        connection.query("SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM s)").rows == [[.integer(0)]]
      )
    }
  }

  @Test("A table is made for Arrow data, names quoted")
  func arrowCreating() async throws {
    try await withDuckDB { connection in
      let other = DuckDBConnection(try ConnectionHandle(#require(connection.handle.owner)))
      let made = Relation(schema: "main", identifier: "a \"b\"")
      let sql = "SELECT 1::DECIMAL(12,3) AS \"x \"\"y\"\"\", [{'a': 'q'}] AS l, DATE '2020-01-01' AS d"
      try connection.withArrowStream(of: sql) { stream in
        try #expect(other.importArrow(stream, into: made, creating: true) == 1)
      }
      try #expect(
        connection.columns(of: made) == [
          ColumnDescription(name: "x \"y\"", type: "DECIMAL(12,3)"),
          ColumnDescription(name: "l", type: "STRUCT(a VARCHAR)[]"),
          ColumnDescription(name: "d", type: "DATE"),
        ])
    }
  }

  @Test("A stream that fails midway, was released or outlived its query says so, and leaves no row")
  func arrowFailures() async throws {
    try await withDuckDB { connection in
      let other = DuckDBConnection(try ConnectionHandle(#require(connection.handle.owner)))
      try connection.execute("CREATE TABLE copy(i BIGINT)")
      let failing = "SELECT CASE WHEN i = 5000000 THEN error('boom') ELSE i END FROM range(6000000) t(i)"
      let midway = #expect(throws: Diagnostic.self) {
        try connection.withArrowStream(of: failing) { _ = try other.importArrow($0, into: Self.copy) }
      }
      #expect(midway?.message == "a stream of Arrow data failed")
      #expect(midway?.cause == "Invalid Input Error: boom")
      try #expect(connection.query("SELECT count(*) FROM copy").rows == [[.integer(0)]])

      var kept: ArrowStream?
      try connection.withArrowStream(of: "SELECT 1::BIGINT AS i") { kept = $0 }
      let late = #expect(throws: Diagnostic.self) {
        try other.importArrow(try #require(kept), into: Self.copy)
      }
      #expect(late?.cause == "the query of this stream has ended")
      let again = #expect(throws: Diagnostic.self) {
        try other.importArrow(try #require(kept), into: Self.copy)
      }
      #expect(again?.message == "a stream of Arrow data was already released")
    }
  }
}
