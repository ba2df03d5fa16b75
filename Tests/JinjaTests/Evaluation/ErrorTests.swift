import Diagnostics
import Testing

@testable import Jinja

/// The diagnostic that parsing or rendering `source` ends with.
func failure(
  _ source: String, options: TemplateOptions = .jinja, variables: [String: Value] = [:],
  globals: @escaping (String) -> Value? = { _ in nil }
) -> Diagnostic? {
  do {
    let template = try Template(parsing: source, name: "models/a.sql", options: options)
    _ = try Interpreter(globals: globals).render(template, variables: variables)
    return nil
  } catch {
    return error as? Diagnostic
  }
}

@Suite("Errors of templates")
struct ErrorTests {
  @Test(
    "name the line and the column of what failed",
    arguments: [
      ("select\n  {{ missing.x }}", "'missing' is undefined", 2, 13),
      ("{{ 1 + 'a' }}", "unsupported operand type(s) for +: 'int' and 'str'", 1, 6),
      ("a\r\nb\r\n{{ 1 / 0 }}", "division by zero", 3, 6),
      ("é{{ 'a'|nosuch }}", "No filter named 'nosuch'.", 1, 10),
      ("{{ 5() }}", "'int' object is not callable", 1, 5),
      ("{{ x.y.z() }}", "'dict object' has no attribute 'y'", 1, 7),
      ("\n{% for a, b in [1] %}{% endfor %}", "cannot unpack non-iterable int object", 2, 8),
      (
        "{% set x = [1, 2]['a':] %}", "slice indices must be integers or None or have an __index__ method", 1,
        18
      ),
      ("{{ {[1]: 2} }}", "unhashable type: 'list'", 1, 4),
      ("{{ 1 < 'a' }}", "'<' not supported between instances of 'int' and 'str'", 1, 6),
      ("{% if x is nosuch %}{% endif %}", "No test named 'nosuch'.", 1, 12),
    ])
  func places(_ source: String, _ message: String, _ line: Int, _ column: Int) {
    let diagnostic = failure(source, variables: ["x": Value([("a", 1)])])
    #expect(diagnostic?.code == .templateRuntime)
    #expect(diagnostic?.message == message)
    #expect(diagnostic?.span == SourceSpan(file: "models/a.sql", line: line, column: column))
  }

  @Test(
    "of syntax name the line and the column",
    arguments: [
      (
        "a\n{% if x %}\nb",
        "Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
        3, 2
      ),
      ("{{ a b }}", "expected token 'end of print statement', got 'b'", 1, 6),
      ("x {% foo %}", "Encountered unknown tag 'foo'.", 1, 6),
      ("{{ 'a }}", "unexpected char \"'\" at 3", 1, 4),
      ("{{ (1] }}", "unexpected ']', expected ')'", 1, 6),
      ("a {# b", "Missing end of comment tag", 1, 3),
      ("{% break %}", "'break' outside loop", 1, 4),
      ("{{ 99999999999999999999 }}", "integer overflow: the result does not fit in 64 bits", 1, 4),
    ])
  func syntax(_ source: String, _ message: String, _ line: Int, _ column: Int) {
    let diagnostic = failure(source)
    #expect(diagnostic?.code == .templateSyntax)
    #expect(diagnostic?.message == message)
    #expect(diagnostic?.span == SourceSpan(file: "models/a.sql", line: line, column: column))
  }

  @Test(
    "say of tags that need a loader that there is none",
    arguments: ["include 'a'", "import 'a' as b", "from 'a' import b", "extends 'a'", "block a"])
  func loader(_ tag: String) {
    let word = tag.prefix { $0 != " " }
    let diagnostic = failure("x\n{% \(tag) %}")
    #expect(diagnostic?.message == "the tag '\(word)' needs a template loader, and there is none")
    #expect(diagnostic?.span == SourceSpan(file: "models/a.sql", line: 2, column: 1))
    #expect(diagnostic?.hint == "use a macro instead")
  }

  @Test("in a macro point into it, and note the calls on the way")
  func chain() {
    let source = """
      {% macro inner(x) %}
        {{ x.y.z }}
      {% endmacro %}
      {% macro outer() %}{{ inner({}) }}{% endmacro %}
      {{ outer() }}
      """
    let diagnostic = failure(source)
    #expect(diagnostic?.message == "'dict object' has no attribute 'y'")
    #expect(diagnostic?.span == SourceSpan(file: "models/a.sql", line: 2, column: 9))
    #expect(
      diagnostic?.notes == [
        "in macro 'inner', called at models/a.sql:4:23", "in macro 'outer', called at models/a.sql:5:4",
      ])
  }

  @Test("in arguments of a macro point to the call and name no macro")
  func argument() {
    let diagnostic = failure("{% macro m(a) %}{% endmacro %}\n{{ m(1, 2) }}")
    #expect(diagnostic?.message == "macro 'm' takes not more than 1 argument(s)")
    #expect(diagnostic?.span == SourceSpan(file: "models/a.sql", line: 2, column: 4))
    #expect(diagnostic?.notes == [])
  }

  @Test("of the host keep its code and get the place of the call")
  func host() {
    let diagnostic = failure("\n {{ f() }}") { name in
      name == "f" ? .function("f") { _, _ in throw Diagnostic(.engineFailure, "no table") } : nil
    }
    #expect(diagnostic?.code == .engineFailure)
    #expect(diagnostic?.message == "no table")
    #expect(diagnostic?.span == SourceSpan(file: "models/a.sql", line: 2, column: 5))
  }

  @Test("of the host that are no diagnostics become the cause of one")
  func foreign() {
    struct Foreign: Error, CustomStringConvertible { let description = "disk on fire" }
    let diagnostic = failure("{{ f() }}") { name in
      name == "f" ? .function("f") { _, _ in throw Foreign() } : nil
    }
    #expect(diagnostic?.message == "a function that the template calls failed")
    #expect(diagnostic?.cause == "disk on fire")
    #expect(diagnostic?.span == SourceSpan(file: "models/a.sql", line: 1, column: 4))
  }

  @Test("of arithmetic beyond 64 bits say so")
  func overflow() {
    let message = "integer overflow: the result does not fit in 64 bits"
    for source in [
      "9223372036854775807 + 1", "2 ** 63", "-2 ** 63 - 2", "10 ** 18 * 10",
      "(-9223372036854775807 - 1) // -1",
    ] {
      #expect(failure("{{ \(source) }}")?.message == message, "\(source)")
    }
  }
}
