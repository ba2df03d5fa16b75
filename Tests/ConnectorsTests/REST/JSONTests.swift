import Diagnostics
import Project
import Testing

@testable import Connectors

@Suite("JSON without values")
struct JSONTests {
  private func problem(_ text: String) -> JSONProblem? { problem(Array(text.utf8)) }

  private func problem(_ bytes: [UInt8]) -> JSONProblem? {
    bytes.withUnsafeBufferPointer { bytes -> JSONProblem? in
      do throws(JSONProblem) {
        try JSONScanner.validate(bytes)
        return nil
      } catch {
        return error
      }
    }
  }

  @Test("valid JSON passes, whatever its form")
  func valid() {
    let texts = [
      "0", "-0", "-12.5e+10", "1E5", " true ", "null", #""""#, #""a\u00e9\n\"\\\/é😀""#, "[]", "{}", "[ ]",
      "{ }",
      #"{"a":{"b":[1,{"c":null}]},"":[[],{}]}"#, "\r\n\t[1 ,\n2]", "123456789012345678901234567890.5",
    ]
    for text in texts { #expect(problem(text) == nil, "\(text)") }
  }

  @Test("everything else is refused, with the byte where it goes wrong")
  func invalid() {
    let texts: [(String, Int, String)] = [
      ("", 0, "it ends too early"), ("  ", 2, "it ends too early"), ("[1, 2", 5, "it ends too early"),
      (#"{"a": "bc"#, 9, "it ends too early"), ("[1,]", 3, "expected a value"), ("{,}", 1, "expected '\"'"),
      ("[1 2]", 3, "expected ',' or ']'"), (#"{"a" 1}"#, 5, "expected ':'"),
      ("01", 1, "more text behind the value"),
      ("tru", 3, "it ends too early"), ("nul!", 3, "expected a value"), ("1.", 2, "it ends too early"),
      ("-", 1, "it ends too early"), ("[1]]", 3, "more text behind the value"),
      ("\"a\nb\"", 2, "a control character in a text"),
      (#""\x""#, 2, "an escape that JSON does not have"), (#""\u12g4""#, 5, "a broken escape"),
      ("<html>", 0, "expected a value"), ("{\"a\":1}}", 7, "more text behind the value"),
    ]
    for (text, offset, message) in texts {
      #expect(problem(text) == JSONProblem(message: message, offset: offset), "\(text)")
    }
    for bytes: [UInt8] in [
      [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xFF, 0x22], [0x22, 0xE2, 0x82, 0x22],
    ] {
      #expect(problem(bytes)?.message == "a text that is not UTF-8", "\(bytes)")
    }
    #expect(problem(String(repeating: "[", count: 1001))?.message == "more than 1000 levels")
    #expect(problem(String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)) == nil)
  }

  @Test("every prefix of a valid text is found to be cut off")
  func prefixes() {
    let text = Array(#"{"a": [1.5e3, "x\u00e9 é", {"b": null, "c": true}], "d": {}}"#.utf8)
    for end in 0..<text.count { #expect(problem(Array(text[..<end])) != nil, "\(end)") }
    #expect(problem(text) == nil)
  }

  @Test("broken bytes are refused or taken as some JSON, and never crash")
  func fuzz() {
    var random = SeededGenerator(seed: 7)
    let text = Array(#"{"a": [1.5e3, "x\u00e9 é", {"b": null, "c\"d": true}], "e": {}}"#.utf8)
    for _ in 0..<20_000 {
      var copy = text
      for _ in 0...Int.random(in: 0...3, using: &random) {
        copy[Int.random(in: 0..<copy.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard problem(copy) == nil else { continue }
      copy.withUnsafeBufferPointer { bytes in
        #expect(throws: Never.self) { _ = try JSONPath.test("a[2].b").matches(in: bytes) }
      }
    }
  }

  @Test("a path finds what it names")
  func paths() throws {
    let text =
      #"{"data": {"items": [ {"id": 1, "x\"y": "q"} , {"id": 2, "tags": ["a", "b"]}], "none": null}, "m.n": [[1, 2], []], "a": 1, "a": 2}"#
    let cases: [(String, [String], Bool)] = [
      ("$", [text], false), ("data.items[0].id", ["1"], false), ("$.data.items[-1].id", ["2"], false),
      ("data.items[*].id", ["1", "2"], false), ("data.items.*.tags[*]", [#""a""#, #""b""#], true),
      ("$['m.n'][0]", ["[1, 2]"], false), ("['m.n'][*][*]", ["1", "2"], false),
      (#"data.items[0]["x\"y"]"#, [], true),
      (#"data.items[0].x"y"#, [#""q""#], false), ("data.none", ["null"], false), ("data.missing", [], true),
      ("data.items[2]", [], true), ("data.items.id", [], true), ("a", ["2"], false),
      ("data.none.x", [], true),
    ]
    for (path, expected, isMissing) in cases {
      guard let parsed = JSONPath(path) else {
        #expect(path == #"data.items[0]["x\"y"]"#)
        continue
      }
      let found = try Array(text.utf8).withUnsafeBufferPointer { bytes in
        let matches = try parsed.matches(in: bytes)
        return (matches.ranges.map { JSONText.raw(bytes, $0) }, matches.isMissing)
      }
      #expect(found.0 == expected, "\(path)")
      #expect(found.1 == isMissing, "\(path)")
    }
    for path in ["", ".", "a..b", "a[", "a[x]", "a[1", "['a'", "a]", "$a", "[?(@.x)]"] {
      #expect(JSONPath(path) == nil, "\(path)")
    }
  }

  @Test("a scalar is read as text with its escapes resolved and its digits kept")
  func scalars() throws {
    let text = #"["a\u00e9\"", 12345678901234567890.10, true, null, [1], {}]"#
    let found = try (0..<6).map { index in
      try Array(text.utf8).withUnsafeBufferPointer { try JSONPath.test("[\(index)]").scalar(in: $0) }
    }
    #expect(found == ["aé\"", "12345678901234567890.10", "true", nil, nil, nil])
  }

  @Test(
    "rows are cut out as they stand, one a line; what is no mapping becomes one; declared decimals keep their digits"
  )
  func rows() throws {
    final class Lines: RowSink {
      var text = ""
      func take(_ lines: LineBuffer) { text += String(decoding: lines.bytes, as: UTF8.self) }
    }
    func rows(_ text: String, _ resource: RESTResource, _ prefix: String = "", limit: Int? = nil) throws
      -> [String]
    {
      let sink = Lines()
      let found = try Array(text.utf8).withUnsafeBufferPointer { bytes in
        try PageRows(resource: resource, prefix: Array(prefix.utf8), prefixNames: []).read(
          bytes, limit: limit, into: sink)
      }
      let lines = sink.text.split(separator: "\n").map(String.init)
      #expect(found.rows == lines.count)
      return lines
    }
    let list = try RESTResource.make("x")
    #expect(
      try rows("[{\"a\":\r\n 1 }, [2,\n3], \"t\", null]", list) == [
        "{\"a\": 1 }", "{\"value\":[2,3]}", "{\"value\":\"t\"}", "{\"value\":null}",
      ])
    #expect(try rows("[]", list) == [])
    #expect(
      try rows("[{ }, {\"a\":1}, 5]", list, "\"p\":7") == [
        "{\"p\":7}", "{\"p\":7,\"a\":1}", "{\"p\":7,\"value\":5}",
      ])
    #expect(try rows("[1,2,3]", list, limit: 2) == ["{\"value\":1}", "{\"value\":2}"])
    let nested = try RESTResource.make("x", data: "a[*].b")
    #expect(
      try rows(#"{"a": [{"b": [{"c":1},{"c":2}]}, {"b": []}, {"b": {"c":3}}]}"#, nested) == [
        #"{"c":1}"#, #"{"c":2}"#, #"{"c":3}"#,
      ])
    #expect(try rows(#"{"a": []}"#, nested) == [])
    #expect(try rows(#"{"a": null}"#, try .make("x", data: "a")) == [])
    let taken = PageRows(resource: list, prefix: Array(#""_o_id":1"#.utf8), prefixNames: ["_o_id"])
    #expect(throws: Diagnostic.self) {
      try Array(#"[{"id": 1}, {"_o_id": 2}]"#.utf8).withUnsafeBufferPointer { bytes in
        _ = try taken.read(bytes, limit: nil, into: Lines())
      }
    }
    var exact = list
    exact.exactFields = ["amountpaid", "n"]
    #expect(
      try rows(
        #"[{"amountPaid": 0.12345678901234567890, "b": 1.5, "n": -7}, {"n": "x", "amount_paid": null}]"#,
        exact)
        == [
          #"{"amountPaid": "0.12345678901234567890", "b": 1.5, "n": "-7"}"#,
          #"{"n": "x", "amount_paid": null}"#,
        ])
  }
}
