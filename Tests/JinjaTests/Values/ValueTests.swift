import Diagnostics
import Testing

@testable import Jinja

@Suite("Values")
struct ValueTests {
  @Test("print as in Python")
  func text() {
    #expect(Value.none.description == "None")
    #expect(Value.bool(true).description == "True")
    #expect(Value.float(1e16).description == "1e+16")
    #expect(Value.float(0.1).description == "0.1")
    #expect(Value([1, "a", .none, 1.0]).description == "[1, 'a', None, 1.0]")
    #expect(Value([("k", Value([("n", "it's")]))]).description == "{'k': {'n': \"it's\"}}")
    #expect(Value.tuple([1]).description == "(1,)")
    #expect(Value.undefined(named: "x").description == "")
    #expect(Value.string("a\n").repr() == "'a\\n'")
  }

  @Test("are true or false as in Python")
  func truth() {
    let truths: [Value] = [
      true, 1, -0.5, "0", Value([0]), .tuple([0]), Value([("a", 0)]), .function("f") { _, _ in 1 },
    ]
    let falsehoods: [Value] = [
      false, 0, 0.0, "", Value([Value]()), .tuple([]), .none, .undefined(named: "x"),
    ]
    for value in truths { #expect(value.isTruthy, "\(value)") }
    for value in falsehoods { #expect(!value.isTruthy, "\(value)") }
  }

  @Test("are equal across the kinds of numbers, and as keys")
  func numbers() {
    #expect(Value.int(1) == .float(1))
    #expect(Value.bool(true) == .int(1))
    #expect(Value.int(9_007_199_254_740_993) != .float(9_007_199_254_740_992))
    let dict = DictObject()
    dict[.int(1)] = "a"
    dict[.float(1)] = "b"
    dict[.bool(true)] = "c"
    #expect(dict.count == 1)
    #expect(dict[.int(1)] == "c")
  }

  @Test("keep a dictionary's order, however large, through removals")
  func dictionaries() {
    let dict = DictObject()
    for number in 0..<1000 { dict["k\(number)"] = .int(number) }
    for number in stride(from: 0, to: 1000, by: 3) { dict["k\(number)"] = nil }
    let expected = (0..<1000).filter { $0 % 3 != 0 }
    #expect(dict.values == expected.map { .int($0) })
    #expect(dict["k500"] == 500)
    #expect(dict["k501"] == nil)
    #expect(dict[.list(ListObject())] == nil)
  }

  @Test("bind arguments as Python does")
  func arguments() throws {
    let arguments = Arguments([1], keyword: [("b", 2)])
    #expect(try arguments.bind(["a", "b", "c"], function: "f") == [1, 2, nil])
    #expect(arguments.value(0, "a") == 1)
    #expect(arguments.value(5, "b") == 2)
    #expect(arguments.value(5, "x") == nil)
    let cases: [(Arguments, Int, String)] = [
      (Arguments([1, 2, 3]), 0, "f() takes from 0 to 2 positional arguments but 3 were given"),
      (Arguments([1, 2, 3]), 2, "f() takes 2 positional arguments but 3 were given"),
      (Arguments(keyword: [("x", 1)]), 0, "f() got an unexpected keyword argument 'x'"),
      (Arguments([1], keyword: [("a", 1)]), 0, "f() got multiple values for argument 'a'"),
      (Arguments(), 1, "f() missing 1 required positional argument: 'a'"),
    ]
    for (arguments, required, message) in cases {
      #expect(throws: Diagnostic(.templateRuntime, message)) {
        try arguments.bind(["a", "b"], required: required, function: "f")
      }
    }
  }
}
