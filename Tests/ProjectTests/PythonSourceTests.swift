import Jinja
import Testing

@testable import Project

/// What is read of a Python model's file without running it.
@Suite struct PythonSourceTests {
  private func calls(_ text: String) -> [String] {
    PythonSource(text).calls.map { call in
      let positional = call.arguments.positional.map { $0.json() }
      let keyword = call.arguments.keyword.map { "\($0.name)=\($0.value.json())" }
      return "\(call.line):\(call.column) \(call.function)(\((positional + keyword).joined(separator: ", ")))"
    }
  }

  private func problems(_ text: String) -> [String] {
    PythonSource(text).problems.map { "\($0.line):\($0.column) \($0.message)" }
  }

  private func inModel(_ line: String) -> String {
    "def model(dbt, session):\n    \(line)\n    return None\n"
  }

  @Test("Calls are found wherever they stand, with their literals, and not in comments and texts")
  func findsCalls() {
    let text = """
      import pandas as pd
      # dbt.ref('comment')
      '''dbt.ref('docstring')'''
      def helper(dbt):
          return dbt . ref(
              "pkg", 'a' 'b',  # a comment
              v=2,
          ).df()
      def model(dbt, session):
          dbt.config(materialized="incremental", tags=["x", 'y'], meta={"a": (1, -2.5, None, True)})
          other.dbt.ref("no"); text = "dbt.ref('no')"
          rows = session.sql(f"select {dbt.this} from {dbt.ref('in_f').alias!r:>{dbt.source('s', 't').n}}")
          limit = dbt.config.get("limit", 0x10) + dbt.config.meta_get("owner")
          return pd.concat([dbt.ref("one").df() + 1, dbt.ref(r"\\d").df()])
      """
    #expect(
      calls(text) == [
        "5:12 ref(\"pkg\", \"ab\", v=2)",
        "10:5 config(materialized=\"incremental\", tags=[\"x\",\"y\"], meta={\"a\":[1,-2.5,null,true]})",
        "12:50 ref(\"in_f\")", "12:76 source(\"s\", \"t\")",
        "13:13 config.get(\"limit\", 16)", "13:45 config.meta_get(\"owner\")",
        "14:23 ref(\"one\")", "14:48 ref(\"\\\\d\")",
      ])
    #expect(problems(text) == [])
  }

  @Test(
    "What is no literal is refused, with its place",
    arguments: [
      ("dbt.ref(name)", "2:13 dbt.ref() takes literals only, and 'name' is none"),
      ("dbt.ref('a' + b)", "2:17 dbt.ref() takes literals only, and this is none"),
      ("dbt.ref(f'a')", "2:13 dbt.ref() takes literals only, and this is none"),
      ("dbt.ref(*names)", "2:13 dbt.ref() takes literals only, and this is none"),
      ("dbt.source('a', b())", "2:21 dbt.source() takes literals only, and 'b' is none"),
      ("dbt.config(tags=[x for x in 'ab'])", "2:22 dbt.config() takes literals only, and 'x' is none"),
      (
        "dbt.config(limit=99999999999999999999)",
        "2:22 dbt.config() takes literals only, and '99999999999999999999' is none"
      ),
      ("dbt.config.get(1j)", "2:20 dbt.config.get() takes literals only, and '1j' is none"),
    ])
  func literals(_ line: String, _ problem: String) {
    #expect(problems(inModel(line)) == [problem])
  }

  @Test(
    "The model function is what dbt takes",
    arguments: [
      ("x = 1\n", ["1:1 the file has no function 'model'"]),
      (
        "async def model(dbt, session):\n  return 1\n",
        ["1:1 the file has no function 'model'; an 'async def' is none"]
      ),
      ("def f():\n  def model(dbt, session):\n    return 1\n", ["1:1 the file has no function 'model'"]),
      (
        "def model(dbt, session):\n  return 1\ndef model(dbt, session): return 2\n",
        ["3:1 the file has 2 functions 'model'; the first is on line 1"]
      ),
      (
        "def model(session, dbt):\n  return 1\n",
        ["1:5 the first parameter of 'model' is called 'dbt', not 'session'"]
      ),
      (
        "def model(dbt):\n  return 1\n", ["1:5 'model' takes two parameters, dbt and session, and this one 1"]
      ),
      ("def model(dbt: 'Dbt', session: dict[str, int] = None, *more, x=1) -> list[int]:\n  return 1\n", []),
      (
        "def model(dbt, session):\n  if x:\n    return 1\n",
        ["2:3 the last statement of 'model' is no return"]
      ),
      ("def model(dbt, session):\n  return a, b\n", ["2:3 'model' returns several values"]),
      ("def model(dbt, session):\n  return (a,\n b)\n", ["2:3 'model' returns several values"]),
      ("def model(dbt, session):\n  return (a, b)[0]\n", []),
      ("def model(dbt, session):\n  return (\n    dbt.ref('a')\n    .df(x, y)\n  )\n# end\n", []),
      ("def model(dbt, session): x = 1; return x", []),
      ("if True:\n  def model(dbt, session):\n    return 1\n", []),
    ])
  func function(_ text: String, _ expected: [String]) {
    #expect(problems(text) == expected)
  }

  @Test(
    "Broken lines, brackets, texts and blocks are told where they are",
    arguments: [
      ("def model(dbt, session)\n  return 1\n", "1:24 expected ':' behind 'def'"),
      ("def model(dbt, session):\nreturn 1\n", "2:1 expected an indented block behind 'def' on line 1"),
      ("x = 1\n  y = 2\n", "2:3 unexpected indent"),
      ("if x:\n    a\n  b\n", "3:3 unindent does not match any outer indentation level"),
      ("x = (1,\n", "1:5 '(' was never closed"),
      ("x = (1]\n", "1:7 closing parenthesis ']' does not match '('"),
      ("x = 1)\n", "1:6 unmatched ')'"),
      ("x = 'a\ny = 1\n", "1:5 unterminated string literal"),
      ("x = '''a\n", "1:5 unterminated triple-quoted string literal"),
      ("x = f'{a'\n", "1:9 unterminated string literal"),
      ("x = 1 $ 2\n", "1:7 invalid syntax"),
      ("x = 1 \\ 2\n", "1:7 unexpected character after line continuation character"),
    ])
  func syntax(_ text: String, _ problem: String) {
    #expect(problems(text) == [problem])
  }

  @Test("Jinja is refused, and braces of other meaning are not")
  func jinja() {
    #expect(problems(inModel("x = {{ var('a') }}")) == ["2:9 a Python model holds no Jinja"])
    #expect(problems(inModel("x = '{{ var(1) }}'")) == ["2:9 a Python model holds no Jinja"])
    #expect(problems(inModel("x = f'{{{1}}}' + '{{' + str({1: {2: 3}})  # {{ x }}")) == [])
  }

  @Test("Whatever the text, reading it ends, and no place lies outside of it")
  func anyText() {
    var generator = SeededGenerator(state: 20_261_130)
    let pieces = [
      "def model(dbt, session):\n", "    ", "  ", "\n", "\t", "return ", "dbt.ref(", "dbt.config(", "'", "\"",
      "'''", "f\"{", "}", "{", "{{", "(", ")", "[", "]", ",", ":", "=", "\\", "#", "x", "1e", "0x", "é",
      "\r\n",
      "dbt", ".", "config", "get", "b'", "rf'", "!", "lambda", "\u{0}", "-", "*", ";", "async ",
    ]
    for _ in 0..<3_000 {
      let count = Int.random(in: 0..<40, using: &generator)
      let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
      let lines = text.utf8.count { $0 == 0x0A } + 1
      let source = PythonSource(text)
      for problem in source.problems {
        #expect((1...lines).contains(problem.line) && problem.column >= 1, "\(text.debugDescription)")
      }
      for call in source.calls { #expect((1...lines).contains(call.line), "\(text.debugDescription)") }
    }
    #expect(!PythonSource(String(repeating: "f'{", count: 100_000)).problems.isEmpty)
    #expect(!PythonSource("dbt.ref(" + String(repeating: "[", count: 100_000)).problems.isEmpty)
  }
}

/// The same numbers at every run.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
