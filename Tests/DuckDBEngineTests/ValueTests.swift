import Diagnostics
import EngineCore
import Tabular
import Testing

@testable import DuckDBEngine

@Suite struct ValueTests {
  /// Expressions of every type; each is read and rendered as DuckDB's own cast to VARCHAR has it.
  static let expressions: [String] = [
    "true", "false", "1::TINYINT", "(-128)::TINYINT", "32767::SMALLINT", "-5::INTEGER",
    "9223372036854775807::BIGINT",
    "255::UTINYINT", "65535::USMALLINT", "4294967295::UINTEGER", "18446744073709551615::UBIGINT",
    "170141183460469231731687303715884105727::HUGEINT", "'-170141183460469231731687303715884105728'::HUGEINT",
    "'340282366920938463463374607431768211455'::UHUGEINT", "0::HUGEINT",
    "'12345678901234567890123456789012345678901234567890'::BIGNUM", "'-5'::BIGNUM", "'0'::BIGNUM",
    "'-340282366920938463463374607431768211455340282366920938463463374607431768211455'::BIGNUM",
    "1.5::DECIMAL(4,2)", "-0.05::DECIMAL(4,2)", "5::DECIMAL(4,0)", "0.5::DECIMAL(2,2)", "-0.5::DECIMAL(2,2)",
    "123456.789::DECIMAL(9,3)", "-123456789012.345678::DECIMAL(18,6)", "0::DECIMAL(18,18)",
    "0::DECIMAL(38,38)",
    "'-99999999999999999999999999999999999999'::DECIMAL(38,0)", "'0.1234567890123456789'::DECIMAL(38,19)",
    "0.1::DECIMAL(1,1)", "0::DECIMAL(3,3)",
    "1e16::DOUBLE", "1e15::DOUBLE", "123456789012345680::DOUBLE", "1e-4::DOUBLE", "1e-5::DOUBLE",
    "0.00001234::DOUBLE",
    "1.0::DOUBLE", "-0.0::DOUBLE", "'nan'::DOUBLE", "'-inf'::DOUBLE", "'inf'::FLOAT", "1e300::DOUBLE",
    "5e-324::DOUBLE",
    "1.7976931348623157e308::DOUBLE", "0.1::FLOAT", "16777217::FLOAT", "3.4028235e38::FLOAT", "1e-45::FLOAT",
    "123456789::FLOAT", "1e7::FLOAT", "9007199254740993::DOUBLE", "0.1 + 0.2::DOUBLE", "12345.678::FLOAT",
    "''", "'plain'", "'ü — 漢字 🦆'", "'a\nb'", "'NULL'", "repeat('long ', 100)", "chr(0) || 'x'",
    "'\\x00\\xFFabc\\x5C''\"~'::BLOB", "''::BLOB", "'10101'::BIT", "'0'::BIT", "'0000000011111111'::BIT",
    "'eeccb8c5-9943-b2bb-bb5e-222f4e14b687'::UUID", "'00000000-0000-0000-0000-000000000001'::UUID",
    "'{\"a\": [1, null]}'::JSON", "'a'::ENUM('a', 'b c')",
    "'2020-02-29'::DATE", "'0044-03-15 (BC)'::DATE", "'10000-01-01'::DATE", "'infinity'::DATE",
    "'-infinity'::DATE",
    "'0001-01-01'::DATE", "'1900-03-01'::DATE", "'5877642-06-25 (BC)'::DATE", "'5881580-07-10'::DATE",
    "'12:34:56'::TIME", "'12:34:56.1'::TIME", "'12:34:56.123456'::TIME", "'24:00:00'::TIME",
    "'00:00:00'::TIME",
    "'12:34:56.123456789'::TIME_NS", "'12:34:56.1'::TIME_NS",
    "'12:34:56+02'::TIMETZ", "'12:34:56.5+02:30'::TIMETZ", "'12:34:56-02:30:15'::TIMETZ",
    "'00:00:00+15:59:59'::TIMETZ",
    "'23:59:59.999999-15:59:59'::TIMETZ",
    "'2020-01-01 12:34:56'::TIMESTAMP", "'2020-01-01 00:00:00.100'::TIMESTAMP", "'infinity'::TIMESTAMP",
    "'-infinity'::TIMESTAMP", "'0044-03-15 (BC) 01:02:03'::TIMESTAMP",
    "'1969-12-31 23:59:59.999999'::TIMESTAMP",
    "'294247-01-10 04:00:54.775806'::TIMESTAMP", "'290309-12-22 (BC) 00:00:00'::TIMESTAMP",
    "'2020-01-01 00:00:00.123456789'::TIMESTAMP_NS", "'1969-12-31 23:59:59.999999999'::TIMESTAMP_NS",
    "'2020-01-01 00:00:00.12'::TIMESTAMP_MS", "'2020-01-01 00:00:01'::TIMESTAMP_S", "'infinity'::TIMESTAMP_S",
    "'-infinity'::TIMESTAMP_MS", "'infinity'::TIMESTAMP_NS", "'infinity'::TIMESTAMPTZ",
    "'2020-01-01 12:34:56.5+02'::TIMESTAMPTZ", "'0044-03-15 (BC) 01:02:03+00'::TIMESTAMPTZ",
    "INTERVAL 0 DAY", "INTERVAL '1 year 2 months 3 days 04:05:06.789'", "INTERVAL '-1 month'",
    "INTERVAL '-14 months'",
    "INTERVAL '1 month -1 day'", "INTERVAL '-25 hours'", "INTERVAL '-00:00:00.5'", "INTERVAL '100 hours'",
    "INTERVAL '1 microsecond'", "INTERVAL '2 years 11 months'", "INTERVAL '1 day'", "INTERVAL '-1 day'",
  ]

  static let nested: [String] = [
    "['a', 'b c', 'a,b', '', ' x', 'it''s', 'NULL', 'null', NULL, 'x ', 'back\\slash', 'a''\\b', 'nULL', 'nulls']",
    "[chr(i::INT) FOR i IN range(1, 128)]", "['x' || chr(i::INT) || 'y' FOR i IN range(1, 128)]",
    "[chr(i::INT) || 'y' FOR i IN range(1, 128)]",
    "[('\\x' || printf('%02X', i))::BLOB FOR i IN range(0, 256)]",
    "[]", "[[]]", "[NULL]", "[[1, NULL], NULL, []]", "[1.0::DOUBLE, 1e20]", "[true, NULL]",
    "['x']::VARCHAR[1]",
    "[1, 2, 3]::INTEGER[3]", "[[1, 2], NULL]::INTEGER[2][2]",
    "{'a': 1, 'b': 'x', 'c d': NULL, 'e''f': 'y:z', 'x\\y': [1, 2], '1': {'a': 'b'}}", "row(1, 'a b', NULL)",
    "row('x,')",
    "{'a': NULL::STRUCT(x INT)}", "NULL::STRUCT(x INT)", "NULL::INTEGER[]", "NULL::MAP(INT, INT)",
    "NULL::INTEGER[2]",
    "MAP {'a': 1, 'b c': 2, 'd=e': 3, 'f,g': 4, '': 5}",
    "MAP {1: 'x', 2: NULL, 3: 'a=b', 4: 'a b', 5: 'a:b'}", "MAP {}",
    "[MAP {1: {'a': ['x, y']}}]", "MAP {[1]: {'k': 1}}",
    "union_value(num := 1)", "union_value(str := 'a,b')", "[union_value(str := 'a,b')]",
    "1::UNION(num INTEGER, str VARCHAR)", "'s'::UNION(num INTEGER, str VARCHAR)",
    "[1::UNION(num INTEGER, str VARCHAR), 'x'::UNION(num INTEGER, str VARCHAR), NULL]",
    "{'u': union_value(s := 'a,b')}", "MAP {1: '[1]'::JSON}", "MAP {'[1]'::JSON: 1}", "[['[1]'::JSON]]",
    "['[1]'::JSON]::JSON[1]", "[union_value(j := '[1]'::JSON)]", "union_value(u := {'a': 'b,c'})",
    "['b c'::ENUM('a', 'b c'), 'a']", "['{\"a\": [1, null]}'::JSON, '1'::JSON, NULL]",
    "{'j': '{\"a\": 1}'::JSON}",
    "['2020-01-01'::DATE, NULL]", "['2020-01-01 12:00:00'::TIMESTAMP]",
    "[INTERVAL '1 day', INTERVAL '1 second']",
    "['10101'::BIT]", "[1.50::DECIMAL(4,2)]",
    "{'x': 'eeccb8c5-9943-b2bb-bb5e-222f4e14b687'::UUID, 't': '12:00:00'::TIME}",
    "[{'a': i, 'b': [i, i + 1]} FOR i IN range(3)]", "[MAP {'k': [1::HUGEINT]}]", "['1'::BIGNUM, NULL]",
    "'POINT (1 2)'::GEOMETRY", "'POINT EMPTY'::GEOMETRY", "'LINESTRING (0 0, 1.5 -2)'::GEOMETRY",
    "'POLYGON ((0 0, 1 0, 1 1, 0 0), (0.1 0.1, 0.2 0.1, 0.2 0.2, 0.1 0.1))'::GEOMETRY",
    "'POINT Z (1 2 3)'::GEOMETRY",
    "'MULTIPOINT (1 2, 3 4)'::GEOMETRY", "'MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))'::GEOMETRY",
    "'POINT ZM (1 2 3 4)'::GEOMETRY",
    "'GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))'::GEOMETRY", "'POINT M (1 2 3)'::GEOMETRY",
    "'LINESTRING EMPTY'::GEOMETRY", "['POINT (1 2)'::GEOMETRY]",
  ]

  @Test("Every value reads as DuckDB's own text of it")
  func text() async throws {
    let wrong = try await withDuckDB { connection in
      try connection.execute("SET TimeZone = 'UTC'")
      return try (Self.expressions + Self.nested + Self.simpleVariants + Self.variants).filter { expression in
        let table = try connection.query("SELECT x, x::VARCHAR FROM (SELECT (\(expression)) AS x)")
        let row = table.rows[0]
        return row[1] != (row[0] == .null ? .null : .text(row[0].text(as: table.schema.fields[0].type)))
      }
    }
    #expect(wrong == [])
  }

  @Test("A value among others, some of them missing, reads as DuckDB's own text of it")
  func columns() async throws {
    let wrong = try await withDuckDB { connection in
      try connection.execute("SET TimeZone = 'UTC'")
      return try (Self.expressions + Self.nested + Self.variants).filter { expression in
        let rows =
          "SELECT i, x FROM range(2100) r(i) LEFT JOIN (SELECT 1 AS k, (\(expression)) AS x) ON i % 3 <> k"
        // A structure without names cannot be stored.
        let isStorable = !expression.hasPrefix("row(")
        if isStorable { try connection.execute("CREATE OR REPLACE TABLE t AS \(rows)") }
        let table = try connection.query(
          "SELECT x, x::VARCHAR, i FROM (\(isStorable ? "FROM t" : rows)) ORDER BY i")
        return try !Self.readsRight(table)
      }
    }
    #expect(wrong == [])
  }

  /// Whether values near the ends of DuckDB's vectors are what they should be.
  private static func readsRight(_ table: Table) throws -> Bool {
    let type = table.schema.fields[0].type
    #expect(table.rowCount == 2100)
    return table.batches.allSatisfy { batch in
      [0, 1, 2, 62, 63, 64, 65, batch.rowCount - 2, batch.rowCount - 1].filter { $0 < batch.rowCount }
        .allSatisfy { row in
          let value = batch.value(row: row, column: 0)
          guard case .integer(let number) = batch.value(row: row, column: 2) else { return false }
          if number % 3 == 1 { return value == .null }
          return batch.value(row: row, column: 1) == (value == .null ? .null : .text(value.text(as: type)))
        }
    }
  }

  @Test("Random floating-point numbers read as DuckDB's own text of them")
  func floats() async throws {
    let rows = try await withDuckDB { connection in
      try connection.execute("SELECT setseed(0.25)")
      return try connection.query(
        """
        SELECT d, d::VARCHAR, d::FLOAT, d::FLOAT::VARCHAR FROM (
          SELECT (random() - 0.5) * pow(10, (random() * 70 - 35)::INTEGER) AS d FROM range(5000))
        """
      ).rows
    }
    #expect(rows.filter { $0[1] != .text($0[0].description) || $0[3] != .text($0[2].description) } == [])
  }

  @Test("Random dates and times read as DuckDB's own text of them")
  func times() async throws {
    let rows = try await withDuckDB { connection in
      try connection.query(
        """
        SELECT t, t::VARCHAR, t::DATE, t::DATE::VARCHAR FROM (
          SELECT make_timestamp((hash(i) % 18000000000000000)::BIGINT * (i % 2 * 2 - 1)) AS t FROM range(5000) r(i))
        """
      ).rows
    }
    #expect(rows.filter { $0[1] != .text($0[0].description) || $0[3] != .text($0[2].description) } == [])
  }

  /// Variants of every kind of value.
  static let simpleVariants = expressions.filter { !$0.contains("ENUM") && !$0.contains("JSON") }
    .map { "(\($0))::VARIANT" }

  /// Variants of nested values, and within others.
  static let variants: [String] = [
    "{'a': 1, 'b': 'x', 'c d': NULL, 'e''f': 'y:z', 'g': [1.5, NULL], 'h': {'i': 'POINT (1 2)'::GEOMETRY}}::VARIANT",
    "'{\"a\": [1, null, \"x y\", {\"b\": {}}], \"c\": 1e5, \"d\": true}'::JSON::VARIANT", "[]::VARIANT",
    "['a', 'b c', 'a,b', '', ' x', 'it''s', 'NULL', NULL]::VARIANT", "MAP {1: 'x y', 2: NULL}::VARIANT",
    "['a', 'b c', 'a,b', '', ' x', 'it''s', 'NULL']::VARIANT", "NULL::VARIANT",
    "[1::VARIANT, 'x'::VARIANT, '2020-01-01'::DATE::VARIANT, {'k': [true]}::VARIANT]",
    "[1::VARIANT, 'x y'::VARIANT, NULL]::VARIANT[3]", "{'a': 1::VARIANT, 'b': ['x'::VARIANT]}",
    "MAP {'k': {'a': 'b,c'}::VARIANT, 'l': 1::VARIANT}",
    "[{'a': i, 'b': repeat('x', i)} FOR i IN range(40)]::VARIANT",
    "'a'::ENUM('a', 'b c')::VARIANT", "{'a': 1::VARIANT}::VARIANT", "repeat('long ', 1000)::VARIANT",
    "[{'a': [[{'b': 1}::VARIANT]]}, {'a': [[2::VARIANT]]}]", "union_value(v := {'a': 'x'}::VARIANT)",
  ]

  /// DuckDB's own examples of its types: the least, the greatest and no value. DuckDB's text of the greatest
  /// instant is a millisecond off.
  static let allTypes =
    "(SELECT * REPLACE (least(timestamp_tz, '290000-01-01 00:00:00+00') AS timestamp_tz) FROM test_all_types())"

  /// Where a value may stand; `§` is its type.
  static let places = [
    "x", "[x]", "[x, x]::§[2]", "{'a': x}", "{'a': [{'b': x}]}", "MAP {'k': x}", "union_value(u := x)",
    "x::VARIANT", "{'a': [x]}::VARIANT",
  ]

  /// SQL for a column's values at a place.
  static func value(of column: ColumnDescription, at place: String) -> String {
    place.split(separator: "x", omittingEmptySubsequences: false).joined(separator: "\"\(column.name)\"")
      .split(separator: "§", omittingEmptySubsequences: false).joined(separator: column.type)
  }

  @Test("Every type of DuckDB reads as its own text, alone and within others", arguments: places)
  func allTypes(place: String) async throws {
    let wrong = try await withDuckDB { connection in
      try connection.execute("SET TimeZone = 'UTC'")
      let columns = try connection.columns(ofQuery: "FROM \(Self.allTypes)")
      let values = columns.map { Self.value(of: $0, at: place) }
      let list = values.map { "\($0), \($0)::VARCHAR" }.joined(separator: ", ")
      let table = try connection.query("SELECT \(list) FROM \(Self.allTypes)")
      let rows = table.rows
      #expect(rows.count == 3)
      return columns.indices.filter { index in
        rows.contains { row in
          let text = row[2 * index].text(as: table.schema.fields[2 * index].type)
          return row[2 * index + 1] != (row[2 * index] == .null ? .null : .text(text))
        }
      }.map { columns[$0].name }
    }
    #expect(wrong == [])
  }

  @Test("A variant reads as what it holds, wherever it stands")
  func variant() async throws {
    let (texts, scalars) = try await withDuckDB { connection in
      try connection.execute(
        """
        CREATE TABLE v AS SELECT CASE i % 4
          WHEN 0 THEN i::VARIANT WHEN 1 THEN ('t' || i)::VARIANT WHEN 2 THEN NULL
          ELSE json_object('k' || i % 7, i, 'l', [i, NULL])::VARIANT END AS v FROM range(5000) r(i);
        """)
      let rows = try connection.query(
        "SELECT v, v::VARCHAR FROM v WHERE hash(v::VARCHAR) % 3 > 0 OR v IS NULL"
      ).rows
      let texts = rows.filter { $0[1] != ($0[0] == .null ? .null : .text($0[0].description)) }
      return (
        texts, try connection.query("SELECT {'a': 1::TINYINT, 'b': [NULL, 'x']}::VARIANT, NULL::VARIANT").rows
      )
    }
    #expect(texts == [])
    let list = Scalar.list([.null, .variant(.text, .text("x"))])
    let type = LogicalType.structure([Field("a", .int8), Field("b", .list(.variant))])
    #expect(scalars == [[.variant(type, .structure(["a", "b"], [.integer(1), list])), .null]])
  }

  @Test("A variant is shown as its own JSON")
  func variantJSON() async throws {
    let rows = try await withDuckDB { connection in
      try connection.query(
        "SELECT {'a': 1.50::DECIMAL(4, 2), 'b': [NULL, 'x'::VARIANT, 'nan'::DOUBLE::VARIANT], 'c': DATE '2020-01-01'}::VARIANT AS v"
      ).batches.flatMap { $0.jsonRows() }
    }
    #expect(rows == [#"{"v":{"a":1.50,"b":[null,"x",null],"c":"2020-01-01"}}"#])
  }

  @Test("A variant may be deep, within bounds")
  func deepVariant() async throws {
    let sql = "SELECT (repeat('[', $) || repeat(']', $))::JSON::VARIANT AS v"
    func query(_ depth: Int) async throws -> String? {
      let sql = sql.split(separator: "$").joined(separator: "\(depth)")
      return try await withDuckDB { try $0.query(sql).rows.first?.first?.description }
    }
    #expect(try await query(200) == String(repeating: "[", count: 200) + String(repeating: "]", count: 200))
    let error = try await diagnostic { try await query(202) }
    #expect(error?.message == "a variant is nested more than 200 levels deep")
  }

  @Test("A type that cannot be handed out says so")
  func unreadable() async throws {
    let error = try await diagnostic { try await withDuckDB { try $0.query("SELECT get_type(1) AS t") } }
    #expect(error?.code == .engineType)
    #expect(error?.message == "a column of type TYPE cannot be read as it is")
  }
}
