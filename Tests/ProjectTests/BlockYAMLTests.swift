import Diagnostics
import Foundation
import RandomTesting
import Testing

@testable import Project

@Suite("The quick reader of YAML")
struct BlockYAMLTests {
  private static let properties = """
    ---
    # What the shop's models are.
    version: 2

    models:
      - name: orders
        description: "A row an order: \\"all\\" of them"   # as of today
        config: {materialized: table, tags: [daily, "two words", 'it''s'], lookback: 3}
        columns:
        - name: id
          description: The number – größer als null
          data_tests:
            - unique
            - accepted_values:
                arguments:
                  values: [1, 2.5, yes, ~, 'a']
            - relationships: {to: ref('people'), field: id}
        - name: note
          meta:
          tags: []
      - {name: people}
    exposures: {}
    """

  /// A value with its places, as text.
  private func text(_ node: YAMLNode?) -> String {
    guard let node else { return "nothing" }
    let content =
      switch node.content {
      case .null: "null"
      case .bool(let value): "bool \(value)"
      case .int(let value): "int \(value)"
      case .float(let value): "float \(value)"
      case .string(let value): "text \(value.debugDescription)"
      case .list(let items): "[" + items.map(text).joined(separator: ", ") + "]"
      case .map(let entries):
        "{"
          + entries.map { "\($0.key.debugDescription)@\($0.line):\($0.column)=\(text($0.value))" }
          .joined(separator: ", ") + "}"
      }
    return "\(content)@\(node.line):\(node.column)"
  }

  private func whole(_ yaml: String) -> String {
    do throws(Diagnostic) {
      return text(try YAMLFile.parseWholly(yaml, file: "x.yml"))
    } catch {
      return "refused"
    }
  }

  @Test("It reads what property files are written in, and gives what the whole parser gives")
  func properties() throws {
    let node = try #require(BlockYAML.parse(Self.properties))
    #expect(text(node) == whole(Self.properties))
    let column = node["models"]?.items?.first?["columns"]?.items?.first
    #expect(column?["description"]?.string == "The number – größer als null")
    #expect(column?["description"]?.span(in: "x.yml").description == "x.yml:11:20")
  }

  @Test(
    "It leaves to the whole parser what is not simple, or not right",
    arguments: [
      "", "# nothing\n", "text", "a: &x 1\nb: *x", "a: !!str 1", "a: |\n  text\n", "a: >\n  text\n",
      "a: 1\n b: 2",
      "a: one\n  two", "a: \"one\n  two\"", "a: [1,\n  2]", "a: {b: 1,\n  c: 2}", "<<: {a: 1}\nb: 2",
      "a: 1\na: 2",
      "a: {b: 1, b: 2}", "? a\n: b", "a:\n\t- b", "a: b: c", "a: 'b' c", "a: [1, 2", "a: [1, , 2]",
      "a: [1, 2,]",
      "a: {b}", "a: [b: c]", "a: {{ b }}", "- a\nb: 1", "a:\n  - b\n c: 1", "a:\n    b: 1\n  c: 2",
      "a: 1\n---\nb: 2",
      "a: 1\n...\n", "%YAML 1.1\n---\na: 1", "a: @b", "a: `b`", "a: - b", "- - a", "a: \"\\x41\"", "a: b\r\n",
      "a: \u{85}b", "a: x\u{2028}b: y", "a: [b:c]", "a: 'b'#c", "[a]: b", "a: \"b\\",
    ])
  func declined(yaml: String) { #expect(BlockYAML.parse(yaml) == nil) }

  @Test(
    "Where it reads, it gives what the whole parser gives",
    arguments: [
      "a:", "a: \nb: 1", "a:\n- b\n- c: 1\n  d: 2\n\ne: f", "a:\n  - b\n  -   c: 1\n      d: 2", "'a b': 1",
      "\"a\" : 1",
      "a : b", "a: b #c", "a: b#c", "a: #c", "a: http://x.y/z?q=1#f", "a: -1", "a: -x", "a: x, y [z]",
      "a: it's",
      "a: 12:30", "1: a\nyes: b\n~: c\n1.5: d", "  a: 1\n  b: 2", "a: [ ]\nb: { }",
      "a: [[1, 2], {b: [c]}]  # d",
      "a: {b: 'c, d', \"e\": f}", "a: ''\nb: \"\"", "a: \"\\n\\t\\\\\\\"\"", "a: ä€😀 b",
      "ä: 1\nb: ö ü  \nc: 2",
      "a:\n\n\n  # b\n  c: d\n   # e\nf: g", "- a\n- b: c\n- [d]\n- {e: f}\n- 'g'", "a: x:y", "yes: b",
      "- {~: 1}", "null: [1]",
      "1.50: a", "a: {No: 1, 'No ': 2}",
      "a: =", "a: <", "a: 0x1F\nb: 010\nc: 1_000\nd: .5\ne: 1e3", "a: null\nb: Null\nc: no\nd: On",
    ])
  func equal(yaml: String) {
    #expect(text(BlockYAML.parse(yaml)) == whole(yaml))
  }

  @Test("Every YAML file of the tests and examples reads the same")
  func files() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var read = 0
    for folder in ["Tests/EndToEndTests/Cases", "Tests/acceptance", "Examples"] {
      let files = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
      for case let name as String in try #require(files) where name.hasSuffix(".yml") {
        let url = root.appendingPathComponent(folder).appendingPathComponent(name)
        guard let yaml = try? String(contentsOf: url, encoding: .utf8) else { continue }  // some are no text
        guard let quick = BlockYAML.parse(yaml) else { continue }
        read += 1
        #expect(text(quick) == whole(yaml), "\(folder)/\(name)")
      }
    }
    #expect(read > 100)
  }

  @Test("However a file is spoilt, what it still reads is what the whole parser reads", arguments: [1, 2, 3])
  func spoilt(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let pieces = [
      " ", "  ", "\n", ":", ": ", "- ", "-", "#", " #", "'", "\"", "[", "]", "{", "}", ", ", "a", "1", "|",
      "&a", "*a", "é",
      "\n  ", "\n- ", "\n    ", "?", "!", "\\", "~", "---", "...", "<<", "%", "@",
    ]
    let original = Array(Self.properties.unicodeScalars)
    for round in 0..<4000 {
      var scalars = original
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        let place = Int.random(in: 0..<scalars.count, using: &random)
        if Bool.random(using: &random) {
          scalars.removeSubrange(place..<min(scalars.count, place + Int.random(in: 1...4, using: &random)))
        } else {
          scalars.insert(
            contentsOf: pieces.randomElement(using: &random)?.unicodeScalars.map { $0 } ?? [], at: place)
        }
      }
      let yaml = String(String.UnicodeScalarView(scalars))
      guard let quick = BlockYAML.parse(yaml) else { continue }
      #expect(text(quick) == whole(yaml), "seed \(seed), round \(round): \(yaml)")
    }
  }
}
