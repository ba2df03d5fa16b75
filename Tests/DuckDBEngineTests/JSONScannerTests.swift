import Testing

@testable import DuckDBEngine

@Suite struct JSONScannerTests {
  private static let tree =
    #"{"error":false,"statements":[{"node":{"type":"SELECT_NODE","cte_map":{"map":[{"key":"c\u00e9","value":{"a":[1,-2.5e3,null,true]}}]},"from_table":{"type":"BASE_TABLE","table_name":"t\"","query_location":7}}}]}"#

  private func references(_ json: [UInt8]) -> [String]? {
    json.withUnsafeBufferPointer { SyntaxTree($0)?.references.map(\.name) }
  }

  @Test("A tree cut short anywhere is no tree, and nothing traps")
  func truncated() {
    let bytes = Array(Self.tree.utf8)
    #expect(references(bytes) == ["t\""])
    for count in 0..<bytes.count { #expect(references(Array(bytes[..<count])) == nil) }
  }

  @Test("A tree with any one byte changed is read or refused, and nothing traps")
  func mutated() {
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0 ... .max, using: &generator)
    var random = Random(state: seed)
    let bytes = Array(Self.tree.utf8)
    var read = 0
    for _ in 0..<5000 {
      var changed = bytes
      changed[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      if references(changed) != nil { read += 1 }
    }
    #expect(read > 0 && read < 5000, "seed \(seed)")
  }

  @Test("White space between the parts is stepped over")
  func spaces() {
    #expect(
      references(Array("{ \"a\" : [ {\n\"type\":\"BASE_TABLE\" , \"table_name\" : \"x\" } ] }".utf8)) == ["x"]
    )
  }

  /// A generator that a seed repeats.
  private struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 17
    }
  }
}
