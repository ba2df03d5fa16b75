import Diagnostics
import EngineCore
import Tabular
import Testing

@testable import DuckDBEngine

@Suite struct ArrowTests {
  private static let copy = Relation(schema: "main", identifier: "copy")

  /// What `sql` gives, sent as Arrow data to a new connection that makes the table `copy` of it.
  private static func send(
    _ sql: String, from connection: DuckDBConnection, creating: Bool = true
  ) throws -> Int {
    let other = DuckDBConnection(try ConnectionHandle(#require(connection.handle.owner)))
    if creating { try connection.execute("DROP TABLE IF EXISTS copy") }
    return try connection.withArrowStream(of: sql) { stream in
      defer { #expect(stream.isReleased) }
      return try other.importArrow(stream, into: copy, creating: creating)
    }
  }

  /// The columns of `copy` that are not of the type, or do not hold the values, that they have in `t`; rows are
  /// told apart by `i`.
  private static func differences(_ connection: DuckDBConnection) throws -> [String] {
    let columns = try connection.columns(of: Relation(schema: "main", identifier: "t"))
    #expect(try connection.columns(of: copy) == columns)
    return try columns.map(\.name).filter { name in
      let (left, right) = ("t.\"\(name)\"", "copy.\"\(name)\"")
      let differ =
        "(\(left) IS NULL) <> (\(right) IS NULL) OR \(left)::VARCHAR IS DISTINCT FROM \(right)::VARCHAR"
      let found = try connection.query("SELECT count(*) FROM t JOIN copy USING (i) WHERE \(differ)").rows
      return found != [[.integer(0)]]
    }
  }

  private static let expressions =
    (ValueTests.expressions + ValueTests.nested + ValueTests.variants).filter { !$0.hasPrefix("row(") }

  @Test("What travels as Arrow data arrives with the types and values that it had")
  func everyType() async throws {
    let wrong = try await withDuckDB { connection in
      try connection.execute("SET TimeZone = 'UTC'")
      return try Self.expressions.filter { expression in
        try connection.execute(
          """
          CREATE OR REPLACE TABLE t AS
            SELECT i, x FROM range(2100) r(i) LEFT JOIN (SELECT 1 AS k, (\(expression)) AS x) ON i % 3 <> k
          """)
        return try Self.send("FROM t", from: connection) != 2100 || Self.differences(connection) != []
      }
    }
    #expect(wrong == [])
  }

  @Test("Columns of every type travel side by side, alone and within others", arguments: ValueTests.places)
  func allTypes(place: String) async throws {
    let (differences, counts) = try await withDuckDB { connection in
      try connection.execute("SET TimeZone = 'UTC'")
      let columns = try connection.columns(ofQuery: "FROM test_all_types()")
      let values = columns.map { "\(ValueTests.value(of: $0, at: place)) AS \"\($0.name)\"" }
      try connection.execute(
        "CREATE TABLE t AS SELECT \(values.reversed().joined(separator: ", ")), row_number() OVER () AS i FROM test_all_types()"
      )
      var counts = [try Self.send("FROM t", from: connection)]
      let differences = try Self.differences(connection)
      try connection.execute("DELETE FROM copy")
      counts.append(try Self.send("FROM t", from: connection, creating: false))
      return (differences + (try Self.differences(connection)), counts)
    }
    #expect(differences == [])
    #expect(counts == [3, 3])
  }

  @Test("A stream without rows makes a table with its columns all the same", arguments: ValueTests.places)
  func empty(place: String) async throws {
    try await withDuckDB { connection in
      let columns = try connection.columns(ofQuery: "FROM test_all_types()")
      let values = columns.map { "\(ValueTests.value(of: $0, at: place)) AS \"\($0.name)\"" }
      try connection.execute(
        "CREATE TABLE t AS SELECT \(values.joined(separator: ", ")) FROM test_all_types() LIMIT 0")
      try #expect(Self.send("FROM t", from: connection) == 0)
      try #expect(
        connection.columns(of: Self.copy) == connection.columns(of: Relation(schema: "main", identifier: "t"))
      )
    }
  }

  @Test("A union keeps its tag where its member is missing, and a variant the kinds of its values")
  func tags() async throws {
    let rows = try await withDuckDB { connection in
      _ = try Self.send(
        """
        SELECT union_value(tag := NULL::BIT)::UNION(tag BIT, "Tag_" VARCHAR) AS u, [{'a': 1::TINYINT, 'b': 2::UHUGEINT}::VARIANT] AS v
        """, from: connection)
      return try connection.query(
        "SELECT u IS NULL, union_tag(u)::VARCHAR, variant_typeof(v[1].a), variant_typeof(v[1].b) FROM copy"
      ).rows
    }
    #expect(rows == [[.boolean(false), .text("tag"), .text("INT8"), .text("UINT128")]])
  }

  @Test("Lists of more elements than a vector has travel whole")
  func longLists() async throws {
    let rows = try await withDuckDB { connection in
      let elements = [
        "i % 2 = 0", "'POINT (1 2)'::GEOMETRY", "i::BIT", "'a'::ENUM('a')", "i::VARIANT", "i::HUGEINT",
      ]
      let lists = elements.enumerated().map { "[\($1) FOR i IN range(10000)] AS x\($0)" }.joined(
        separator: ", ")
      try connection.execute("CREATE TABLE t AS SELECT 1 AS i, \(lists)")
      _ = try Self.send("FROM t", from: connection)
      return try Self.differences(connection)
    }
    #expect(rows == [])
  }

  @Test("An interval that Arrow has no room for is refused")
  func longInterval() async throws {
    let error = try await diagnostic {
      try await withDuckDB { try Self.send("SELECT [INTERVAL '3000000 hours'] AS x", from: $0) }
    }
    #expect(error?.cause == "Arrow has no room for an interval of more than 292 years in hours")
  }

  @Test("A stream of another producer gives the types that DuckDB sees in it, also without rows")
  func foreign() async throws {
    let sql =
      "SELECT 1::HUGEINT AS h, uuid() AS u, 'a'::ENUM('a') AS e, [1.5] AS l, '1'::JSON AS j, DATE '2020-01-01' AS d"
    let types = try await withDuckDB { connection in
      try ["", "WHERE false"].map { condition in
        let other = DuckDBConnection(try ConnectionHandle(#require(connection.handle.owner)))
        try connection.execute("DROP TABLE IF EXISTS copy")
        return try connection.withArrowStream(of: "\(sql) \(condition)") { stream in
          let count = try other.importArrow(foreignStream(stream), into: Self.copy, creating: true)
          return try ["\(count)"] + other.columns(of: Self.copy).map(\.type)
        }
      }
    }
    let expected = ["DECIMAL(38,0)", "VARCHAR", "VARCHAR", "DECIMAL(2,1)[]", "VARCHAR", "DATE"]
    #expect(types == [["1"] + expected, ["0"] + expected])
  }
}

/// A stream of another's rows without the fields' metadata, as other producers make it. Written with the offsets
/// of Arrow's C interface.
private func foreignStream(_ inner: ArrowStream) -> ArrowStream {
  typealias Getter = @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Int32
  typealias Getter2 = @convention(c) (UnsafeMutableRawPointer?) -> UnsafePointer<CChar>?
  typealias Release = @convention(c) (UnsafeMutableRawPointer?) -> Void
  let getSchema: Getter = { stream, output in
    guard let inner = stream?.load(fromByteOffset: 32, as: UnsafeMutableRawPointer?.self), let output,
      let get = inner.load(as: Getter?.self)
    else { return 1 }
    let result = get(inner, output)
    let children = output.load(fromByteOffset: 40, as: UnsafeMutablePointer<UnsafeMutableRawPointer>?.self)
    for index in 0..<Int(output.load(fromByteOffset: 32, as: Int64.self)) {
      children?[index].storeBytes(of: nil, toByteOffset: 16, as: UnsafeRawPointer?.self)
    }
    return result
  }
  let getNext: Getter = { stream, output in
    guard let inner = stream?.load(fromByteOffset: 32, as: UnsafeMutableRawPointer?.self),
      let get = inner.load(fromByteOffset: 8, as: Getter?.self)
    else { return 1 }
    return get(inner, output)
  }
  let getLastError: Getter2 = { _ in nil }
  let release: Release = { $0?.storeBytes(of: nil, toByteOffset: 24, as: UnsafeRawPointer?.self) }
  return ArrowStream { raw in
    raw.storeBytes(of: getSchema, as: Getter.self)
    raw.storeBytes(of: getNext, toByteOffset: 8, as: Getter.self)
    raw.storeBytes(of: getLastError, toByteOffset: 16, as: Getter2.self)
    raw.storeBytes(of: release, toByteOffset: 24, as: Release.self)
    inner.withUnsafeStream { raw.storeBytes(of: $0, toByteOffset: 32, as: UnsafeMutableRawPointer.self) }
  }
}
