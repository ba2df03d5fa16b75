import Diagnostics
import Tabular
import Testing

@Suite struct RenderingTests {
  @Test("JSON keeps numbers exact and JSON values as they are")
  func json() {
    let cases: [(Scalar, LogicalType, String)] = [
      (.null, .int32, "null"), (.boolean(true), .boolean, "true"), (.huge(.max), .int128, "\(Int128.max)"),
      (.decimal(unscaled: -5, width: 2, scale: 2), .decimal(width: 2, scale: 2), "-0.05"),
      (.decimal(unscaled: 50, width: 2, scale: 2), .decimal(width: 2, scale: 2), "0.50"),
      (.float64(.nan), .float64, "null"), (.float32(.infinity), .float32, "null"),
      (.float64(1e300), .float64, "1e+300"),
      (.text("a\"\\\n\t\r\u{1}ü"), .text, "\"a\\\"\\\\\\n\\t\\r\\u0001ü\""),
      (.text("{\"a\": 1}"), .json, "{\"a\": 1}"),
      (.date(days: 0), .date, "\"1970-01-01\""), (.list([.integer(1), .null]), .list(.int32), "[1,null]"),
      (.list([.text("[1]")]), .list(.json), "[[1]]"), (.blob([0, 65]), .blob, "\"\\\\x00A\""),
      (.map([.integer(1)], [.text("x")]), .map(key: .int32, value: .text), "{\"1\":\"x\"}"),
      (.structure(["a"], [.text("1")]), .structure([Field("a", .json)]), "{\"a\":1}"),
      (.structure([""], [.integer(1)]), .structure([Field("", .int32)]), "[1]"),
      (.union(tag: "n", .integer(1)), .union([Field("n", .int32)]), "{\"n\":1}"),
    ]
    #expect(cases.map { $0.0.json(as: $0.1) } == cases.map(\.2))
  }

  @Test("Rows become JSON objects in the order of the columns")
  func jsonRows() throws {
    let batch = Batch(
      schema: Schema([Field("b", .int32), Field("a \"q\"", .text)]),
      columns: [Column(.int32, .int32([1, 2])), try Column(.text, of: [.text("x"), .null])], rowCount: 2)
    #expect(batch.jsonRows() == ["{\"b\":1,\"a \\\"q\\\"\":\"x\"}", "{\"b\":2,\"a \\\"q\\\"\":null}"])
  }

  @Test("CSV quotes what needs it and tells a missing value from an empty text")
  func csv() throws {
    let schema = Schema([Field("a,b", .text), Field("n", .int64)])
    let texts: [Scalar] = [
      .text("plain"), .text("x,y"), .text("q\"q"), .text("l\nl"), .text(""), .null, .text("r\rr"),
    ]
    let batch = Batch(
      schema: schema, columns: [try Column(.text, of: texts), Column(.int64, .int64(Array(1...7)))],
      rowCount: 7)
    #expect(CSV.header(schema) == "\"a,b\",n\n")
    #expect(CSV.lines(batch) == "plain,1\n\"x,y\",2\n\"q\"\"q\",3\n\"l\nl\",4\n\"\",5\n,6\n\"r\rr\",7\n")
    let single = Batch(
      schema: Schema([Field("a", .text)]), columns: [try Column(.text, of: [.null])], rowCount: 1)
    #expect(CSV.lines(single) == "\"\"\n")
  }

  @Test("Bytes that are no geometry are shown as bytes")
  func brokenGeometry() {
    for bytes in [[], [1], [1, 1, 0, 0, 0], [1, 9, 0, 0, 0], [1, 2, 0, 0, 0, 255, 255, 255, 255]] as [[UInt8]]
    {
      #expect(Scalar.blob(bytes).text(as: .geometry) == Scalar.blob(bytes).text(as: .blob))
    }
  }

  @Test("A value that is not of the column's type is a diagnostic that names it")
  func misfits() {
    let cases: [(LogicalType, Scalar, String)] = [
      (.int8, .integer(128), "the value 128 is no 8-bit integer"),
      (.text, .integer(1), "the value 1 is no text"),
      (
        .decimal(width: 3, scale: 1), .decimal(unscaled: 123_456, width: 6, scale: 1),
        "the value 12345.6 is no decimal(3, 1)"
      ),
      (.enumeration(["a", "b"]), .text("c"), "the value c is no one of a, b"),
      (.array(.int32, count: 2), .list([.integer(1)]), "the value [1] is no array of 2 32-bit integer"),
      (
        .timestampSeconds, .timestamp(microseconds: 1),
        "the value 1970-01-01 00:00:00.000001 is no timestamp in seconds"
      ),
      (.null, .integer(1), "the value 1 is no null"),
    ]
    for (type, value, message) in cases {
      let error = #expect(throws: Diagnostic.self) { try Column(type, of: [.null, value]) }
      #expect(error?.message == message)
    }
  }
}
