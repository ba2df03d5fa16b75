import Diagnostics
import Jinja
import Testing

@testable import Project

@Suite struct YAMLTests {
  @Test(
    "Plain scalars mean what YAML 1.1 says",
    arguments: [
      ("yes", DataValue.bool(true)), ("Off", .bool(false)), ("y", .string("y")), ("null", .none),
      ("~", .none),
      ("12", .int(12)), ("-7", .int(-7)), ("1_000", .int(1000)), ("0x1F", .int(31)), ("010", .int(8)),
      ("0", .int(0)), ("1.5", .float(1.5)), ("1e3", .string("1e3")), ("1.0e+3", .float(1000)),
      (".5", .float(0.5)),
      ("1.2.3", .string("1.2.3")), ("2020-01-02", .string("2020-01-02")), ("-", .string("-")),
      ("+", .string("+")),
      (">=1.0", .string(">=1.0")), ("9999999999999999999", .float(1e19)),
    ])
  func scalars(text: String, value: DataValue) throws {
    let node = YAMLNode(content: YAMLScalar.resolve(text), line: 1, column: 1)
    #expect(node.data == value)
  }

  @Test("Quoted scalars are text, anchors are followed, merge keys fill in what is missing")
  func anchors() throws {
    let text = """
      base: &base {a: '1', b: 2}
      other:
        <<: *base
        b: 3
      again: *base
      """
    let data = try #require(try YAMLFile.parse(text, file: "x.yml")).data
    #expect(data["other"] == .dict([("b", .int(3)), ("a", .string("1"))]))
    #expect(data["again"] == .dict([("a", .string("1")), ("b", .int(2))]))
  }

  @Test("An empty file has no value")
  func empty() throws { #expect(try YAMLFile.parse("# nothing\n", file: "x.yml") == nil) }

  @Test("Values know their places")
  func places() throws {
    let root = try #require(try YAMLFile.parse("a:\n  - b: 1\n    c: x\n", file: "x.yml"))
    let entry = try #require(root["a"]?.items?.first?.entries?.last)
    #expect(entry.span(in: "x.yml").description == "x.yml:3:5")
    #expect(entry.value.span(in: "x.yml").description == "x.yml:3:8")
  }

  @Test(
    "What is no YAML is a diagnostic with a place",
    arguments: [
      ("a: 1\na: 2\n", "x.yml:2:1: the key 'a' stands twice in one mapping"),
      ("a:\n  - b: 1\n    c: 2\n\n    b : 3\n", "x.yml:5:5: the key 'b' stands twice in one mapping"),
      ("{a: 1, a: 2}", "x.yml:1:2: the key 'a' stands twice in one mapping"),
      ("a: 1\n---\nb: 2\n", "x.yml:2:1: the file holds more than one YAML document"),
      (
        "a:\n\t- b\n", "x.yml:2:1: the YAML does not parse: found character that cannot start any token"
      ),
      ("a: [1, 2\n", "x.yml:2:1: the YAML does not parse: did not find expected ',' or ']'"),
      ("a: *nowhere\n", "x.yml:1:4: the YAML fails: found undefined alias"),
      ("? [a, b]\n: 1\n", "x.yml:1:3: a key must be text, not a list"),
    ])
  func broken(text: String, message: String) {
    let problem = #expect(throws: Diagnostic.self) { try YAMLFile.parse(text, file: "x.yml") }
    #expect(problem.map { "\($0.span?.description ?? "-"): \($0.message)" } == message)
    #expect(problem?.code == .brokenYAML)
  }

  @Test("Deep nesting and aliases that multiply are stopped")
  func bombs() throws {
    let deep = String(repeating: "[", count: 5000)
    let nested = #expect(throws: Diagnostic.self) { try YAMLFile.parse(deep, file: "x.yml") }
    #expect(nested?.message.contains("nest") == true || nested?.message.contains("depth") == true)
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      bomb +=
        "a\(level): &a\(level) [" + [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        + "]\n"
    }
    let problem = #expect(throws: Diagnostic.self) { try YAMLFile.parse(bomb, file: "x.yml") }
    #expect(problem?.message == "the YAML's aliases repeat more than 100000 values")
    #expect(problem?.span?.file == "x.yml")
    let many =
      "a: &a [x, x, x, x]\nb: [" + [String](repeating: "*a", count: 10_000).joined(separator: ", ") + "]\n"
    #expect(try YAMLFile.parse(many, file: "x.yml")?["b"]?.items?.count == 10_000)
  }

  @Test("toyaml writes what fromyaml reads")
  func roundTrip() throws {
    let data: DataValue = .dict([
      ("a", .list([.int(1), .string("x: y"), .dict([("b", .none), ("c", .list([]))])])),
      ("yes", .string("no")),
      ("t", .string("it's")), ("n", .dict([("m", .float(1.5))])),
    ])
    let text = YAMLText.text(of: data, sortKeys: false)
    #expect(try YAMLFile.parse(text, file: "x.yml")?.data == data)
  }
}
