import Diagnostics
import Testing

@testable import Jinja

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite("Plain data")
struct DataValueTests {
  private let sample: DataValue = [
    "b": [1, 2.5, .none, true], "a": ["x": "q\"\\\n\u{1}é🎉"], "e": [], "f": [:],
  ]
  private let compact =
    #"{"b":[1,2.5,null,true],"a":{"x":"q\"\\\n\u0001é🎉"},"e":[],"f":{}}"#

  @Test("becomes JSON in its own order")
  func writing() {
    #expect(sample.json() == compact)
  }

  @Test("becomes JSON with sorted keys, on lines, or as Python's json.dumps has it")
  func styles() {
    let data: DataValue = ["b": [1], "a": "é"]
    #expect(data.json(sortKeys: true) == #"{"a":"é","b":[1]}"#)
    #expect(data.json(pretty: true) == "{\n  \"b\": [\n    1\n  ],\n  \"a\": \"é\"\n}")
    #expect(data.json(style: .python()) == #"{"b": [1], "a": "\u00e9"}"#)
    #expect(DataValue.string("🎉").json(style: .python()) == #""\ud83c\udf89""#)
  }

  @Test("comes back from JSON as it was")
  func reading() throws {
    #expect(try DataValue.parse(json: compact) == sample)
    #expect(try DataValue.parse(json: compact).dictValue?.keys == ["b", "a", "e", "f"])
    #expect(try DataValue.parse(json: #" "\u00e9\ud83c\udf89" "#) == "é🎉")
    #expect(try DataValue.parse(json: "-1.5e3") == -1500.0)
  }

  @Test(
    "says where JSON is broken",
    arguments: [
      ("", "broken JSON at line 1, column 1: expected a value"),
      ("[1,\n 2", "broken JSON at line 2, column 3: expected ','"),
      ("{\"a\" 1}", "broken JSON at line 1, column 6: expected ':'"),
      ("[1] x", "broken JSON at line 1, column 5: more text after the end"),
      ("\"abc", "broken JSON at line 1, column 5: a text that does not end"),
      ("\"\\q\"", "broken JSON at line 1, column 4: an escape that JSON does not have"),
      ("nul", "broken JSON at line 1, column 1: expected a value"),
    ])
  func brokenJSON(_ text: String, _ message: String) {
    #expect(throws: Diagnostic(.templateRuntime, message)) { try DataValue.parse(json: text) }
  }

  @Test("refuses JSON that nests too deeply")
  func deepJSON() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: Diagnostic.self) { try DataValue.parse(json: text) }
  }

  @Test("goes into templates and comes back")
  func values() throws {
    #expect(try Value(sample).data() == sample)
    #expect(try Value.tuple([1, "a"]).data() == [1, "a"])
    #expect(throws: Diagnostic(.templateRuntime, "Object of type Undefined is not JSON serializable")) {
      try Value.undefined(named: "x").data()
    }
  }

  @Test("is the same whatever the order of its keys")
  func equality() {
    let left: DataValue = ["a": 1, "b": 2]
    let right: DataValue = ["b": 2, "a": 1]
    #expect(left == right)
    #expect(left.hashValue == right.hashValue)
    #expect(left != ["a": 1])
  }

  @Test("changes entries in place and keeps their order")
  func maps() {
    var map: DataMap = ["a": 1, "b": 2]
    map["c"] = 3
    map["a"] = 9
    map["b"] = nil
    #expect(map.keys == ["a", "c"])
    #expect(map.values == [9, 3])
    #expect(map.count == 2)
  }

  @Test("survives an encoder and a decoder")
  func coding() throws {
    let data = try JSONEncoder().encode(sample)
    #expect(try JSONDecoder().decode(DataValue.self, from: data) == sample)
  }
}
