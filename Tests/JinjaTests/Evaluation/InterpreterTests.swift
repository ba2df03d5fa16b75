import Diagnostics
import Testing

@testable import Jinja

/// A relation as a host would offer it.
private final class Relation: HostObject {
  var typeName: String { "Relation" }
  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "name": "orders"
    case "include":
      .function("include") { arguments, _ in .string("included \(arguments["schema"] ?? .none)") }
    default: nil
    }
  }
  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? { key == "k" ? "item" : nil }
  func iterate(_ interpreter: Interpreter) throws -> [Value]? { ["a", "b"] }
  func text() -> String { "\"main\".\"orders\"" }
}

@Suite("The interpreter")
struct InterpreterTests {
  private func render(
    _ source: String, _ globals: [String: Value] = [:], options: TemplateOptions = .dbt
  ) throws -> String {
    let template = try Template(parsing: source, name: "t", options: options)
    return try Interpreter { globals[$0] }.render(template)
  }

  @Test("asks the host for a name once in a rendering, and again in the next one")
  func globalsAreRemembered() throws {
    var asked: [String] = []
    var value = 1
    let interpreter = Interpreter { name in
      asked.append(name)
      return name == "x" ? .int(value) : nil
    }
    let template = try Template(parsing: "{{ x }}{{ x }}{% for i in [1, 2] %}{{ x }}{% endfor %}", name: "t")
    #expect(try interpreter.render(template) == "1111")
    value = 2
    #expect(try interpreter.render(template) == "2222")
    #expect(asked == ["x", "x"])
  }

  @Test("puts variables of the rendering before the host's names, and those before the built-in functions")
  func precedence() throws {
    let template = try Template(parsing: "{{ x }} {{ range }}", name: "t")
    let interpreter = Interpreter { $0 == "range" || $0 == "x" ? "host" : nil }
    #expect(try interpreter.render(template, variables: ["x": "own"]) == "own host")
  }

  @Test("reaches into the host's objects: attribute, item, call, iteration, text")
  func objects() throws {
    let source = """
      {{ r }} {{ r.name }} {{ r['k'] }} {{ r.k }} {{ r.nope is defined }} {{ r.include(schema='s') }} \
      {% for x in r %}{{ x }}{% endfor %} {{ r ~ '!' }} {{ 'yes' if r }} {{ r == r }} {{ 'a' in r }}
      """
    let expected =
      "\"main\".\"orders\" orders item item False included s ab \"main\".\"orders\"! yes True True"
    #expect(try render(source, ["r": .object(Relation())]) == expected)
  }

  @Test("refuses to call or iterate objects that cannot be")
  func notCallable() {
    let globals: (String) -> Value? = { $0 == "r" ? .object(Relation()) : nil }
    #expect(failure("{{ r() }}", globals: globals)?.message == "'Relation' object is not callable")
    #expect(
      failure("{{ r.nope.x }}", globals: globals)?.message == "'Relation object' has no attribute 'nope'")
    #expect(
      failure("{{ r + 1 }}", globals: globals)?.message
        == "unsupported operand type(s) for +: 'Relation' and 'int'")
  }

  @Test("gives the value of return() from the nearest macro, and drops what the macro wrote")
  func returning() throws {
    let returns = Value.function("return") { arguments, _ in
      throw Interpreter.returning(arguments.positional.first ?? .none)
    }
    let source = """
      {% macro f(x) %}noise {{ return([x, x + 1]) }}{% endmacro %}\
      {{ f(1)[1] }} {{ f(2) }} {% for i in f(3) %}{{ i }}{% endfor %}
      """
    #expect(try render(source, ["return": returns]) == "2 [2, 3] 34")
  }

  @Test("passes return() in a call block through to the macro around the block's caller")
  func returningFromCaller() throws {
    let returns = Value.function("return") { arguments, _ in
      throw Interpreter.returning(arguments.positional.first ?? .none)
    }
    let source = """
      {% macro runner() %}a{{ caller() }}b{% endmacro %}\
      {% macro f() %}x{% call runner() %}{{ return(5) }}{% endcall %}y{% endmacro %}{{ f() }}
      """
    #expect(try render(source, ["return": returns]) == "x5y")
  }

  @Test("says so when return() is used outside of a macro")
  func returningNowhere() {
    let diagnostic = failure("{{ return(1) }}") { name in
      name == "return" ? .function("return") { _, _ in throw Interpreter.returning(1) } : nil
    }
    #expect(diagnostic?.message == "return() outside of a macro")
  }

  @Test("makes callable values of a template's macros, which see its settings and each other")
  func macros() throws {
    let source = """
      {% set unit = 'cm' %}
      {% macro width(x) %}{{ x }}{{ unit }}{% endmacro %}
      {% macro both(x, y=2) %}{{ width(x) }} {{ width(y) }} {{ host }}{% endmacro %}
      """
    let template = try Template(parsing: source, name: "m")
    let interpreter = Interpreter { $0 == "host" ? "H" : nil }
    let both = interpreter.macro(template.definitions[1], of: template)
    #expect(try interpreter.call(both, Arguments([1])).description == "1cm 2cm H")
    #expect(try interpreter.call(both, Arguments([1], keyword: [("y", 3)])).description == "1cm 3cm H")
  }

  @Test("lets the host override a template's own macro where dbt's blocks are on")
  func overriding() throws {
    let source = "{% macro a() %}own{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ b() }}"
    let globals = ["a": Value.function("a") { _, _ in "host" }]
    #expect(try render(source, globals) == "host")
    #expect(try render(source, globals, options: .jinja) == "own")
    #expect(try render(source) == "own")
  }

  @Test("evaluates one expression to a value")
  func expressions() throws {
    let interpreter = Interpreter { $0 == "n" ? 4 : nil }
    #expect(
      try interpreter.evaluate(expression: "[n + 1, x]", name: "e", variables: ["x": "y"]) == Value([5, "y"]))
    #expect(throws: Diagnostic.self) { try interpreter.evaluate(expression: "1 +", name: "e") }
    #expect(throws: Diagnostic.self) { try interpreter.evaluate(expression: "1 }}", name: "e") }
  }

  @Test("takes filters and tests of the host, before its own")
  func hostFilters() throws {
    let interpreter = Interpreter { _ in nil }
    interpreter.filters["as_number"] = { value, _, _ in .int(Int(value.description) ?? -1) }
    interpreter.filters["upper"] = { value, arguments, _ in .string("<\(value)\(arguments.positional.count)>")
    }
    interpreter.tests["big"] = { value, _, _ in (value.intValue ?? 0) > 100 }
    let source =
      "{{ '5'|as_number + 1 }} {{ 'a'|upper(1) }} {{ 'a'|upper }} {{ 101 is big }} {{ ['a']|map('upper')|join }}"
    let template = try Template(parsing: source, name: "t")
    #expect(try interpreter.render(template) == "6 <a1> <a0> True <a0>")
  }

  @Test("tells the host where it is")
  func location() throws {
    var seen: SourceSpan?
    let template = try Template(parsing: "a\n  {{ f() }}", name: "models/x.sql")
    let interpreter = Interpreter { name in
      name == "f"
        ? .function("f") { _, interpreter in
          seen = interpreter.location
          return ""
        } : nil
    }
    _ = try interpreter.render(template)
    #expect(seen == SourceSpan(file: "models/x.sql", line: 2, column: 6))
    #expect(interpreter.location == nil)
  }

  @Test("renders a template within a function that a template calls")
  func nested() throws {
    let inner = try Template(parsing: "[{{ x }}{{ y }}]", name: "inner")
    let outer = try Template(parsing: "{% set y = 1 %}{{ f() }}{{ y }}{{ missing.x }}", name: "outer")
    let interpreter = Interpreter { name in
      name == "f"
        ? .function("f") { _, interpreter in
          .string(try interpreter.render(inner, variables: ["x": 7]))
        } : nil
    }
    do {
      _ = try interpreter.render(outer)
      Issue.record("the outer template should fail")
    } catch let diagnostic as Diagnostic {
      #expect(diagnostic.span == SourceSpan(file: "outer", line: 1, column: 42))
    }
  }

  @Test("frees what a rendering made")
  func noLeaks() throws {
    weak var leaked: ListObject?
    let template = try Template(
      parsing: """
        {% macro a() %}{% macro b() %}{{ l }}{% endmacro %}{{ b() }}{{ l }}{% endmacro %}{{ a() }}
        {% call(x) c() %}{{ l }}{% endcall %}{% for i in [1] recursive %}{{ l }}{% endfor %}
        """, name: "t")
    let interpreter = Interpreter { _ in nil }
    do {
      let list = ListObject([1])
      leaked = list
      let c = try Template(parsing: "{% macro c() %}{{ caller(1) }}{% endmacro %}", name: "c")
      _ = try interpreter.render(
        template, variables: ["l": .list(list), "c": interpreter.macro(c.definitions[0], of: c)])
    }
    _ = try interpreter.render(try Template(parsing: "", name: "t"))
    #expect(leaked == nil)
  }

  @Test("shares a parsed template between threads")
  func threads() async throws {
    let template = try Template(
      parsing: "{% macro m(x) %}{{ x * 2 }}{% endmacro %}{% for i in range(50) %}{{ m(i) }},{% endfor %}",
      name: "t")
    let expected = (0..<50).map { "\($0 * 2)," }.joined()
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { try Interpreter { _ in nil }.render(template) } }
      for try await result in group { #expect(result == expected) }
    }
  }
}
