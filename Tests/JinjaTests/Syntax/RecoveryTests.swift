import Diagnostics
import Testing

@testable import Jinja

@Suite("A template with mistakes")
struct RecoveryTests {
  /// A template and what is said of it: line, column and message.
  struct Case: Sendable, CustomTestStringConvertible {
    let source: String
    let mistakes: [String]

    init(_ source: String, _ mistakes: String...) {
      self.source = source
      self.mistakes = mistakes
    }

    var testDescription: String { source }
  }

  static let cases: [Case] = [
    Case(
      "{{ 1 + }}\n{{ 2 * }}", "1:8 unexpected 'end of print statement'",
      "2:8 unexpected 'end of print statement'"),
    Case(
      "{{ a $ b }}\n{% if x + %}\n{{ y }}\n{% else %}{% endif %}\n{{ ) }}",
      "1:6 unexpected char '$' at 5", "2:11 unexpected 'end of statement block'",
      "5:4 unexpected ')'"),
    Case("{% for x of y %}{% else %}{% endfor %}", "1:10 expected token 'in', got 'of'"),
    Case(
      "{% if a %}{{ 1 + }}{% elif b + %}{% else %}{{ 2 + }}{% endif %}{{ 3 + }}",
      "1:18 unexpected 'end of print statement'",
      "1:32 unexpected 'end of statement block'",
      "1:51 unexpected 'end of print statement'",
      "1:71 unexpected 'end of print statement'"),
    Case(
      "{% macro a( %}{{ 1 + }}{% endmacro %}\n{% macro b() %}{{ 2 + }}{% endmacro %}",
      "1:13 expected token 'name', got '%'",
      "1:22 unexpected 'end of print statement'",
      "2:23 unexpected 'end of print statement'"),
    Case(
      "{% fro x in y %}{% endfro %}{{ 1 + }}", "1:4 Encountered unknown tag 'fro'.",
      "1:36 unexpected 'end of print statement'"),
    Case(
      "{% for x in y %}{% if x %}{% endfor %}\n{{ 1 + }}",
      "1:30 Encountered unknown tag 'endfor'. You probably made a nesting mistake. Jinja is expecting this tag, "
        + "but currently looking for 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is "
        + "'if'.",
      "2:8 unexpected 'end of print statement'"),
    Case(
      "{% if a %}{% for x in y %}\n{{ 1 + }}",
      "2:8 unexpected 'end of print statement'",
      "2:10 Unexpected end of template. Jinja was looking for the following tags: 'endfor' or 'else'. "
        + "The innermost block that needs to be closed is 'for'."),
    Case(
      "{{ 1 + }} {# never closed\n{{ 2 + }}", "1:8 unexpected 'end of print statement'",
      "1:11 Missing end of comment tag"),
    Case("{% raw %} {{ 2 + }}", "1:1 Missing end of raw directive"),
    Case(
      "{{ 'a }}\n{{ 1 + }}", "1:4 unexpected char \"'\" at 3",
      "2:8 unexpected 'end of print statement'"),
    Case(
      "{{ a\n{{ b + }}", "2:1 expected token 'end of print statement', got '{'",
      "2:8 unexpected 'end of print statement'"),
    Case(
      "{{ 1 + }}{{", "1:8 unexpected 'end of print statement'",
      "1:12 unexpected 'end of template'"),
    Case(
      "{% include 'a' %}{{ 1 + }}",
      "1:1 the tag 'include' needs a template loader, and there is none",
      "1:25 unexpected 'end of print statement'"),
    Case("{% docs d %} {{ 1 + }}", "1:1 Missing end of docs block 'd'"),
  ]

  private func mistakes(_ source: String) -> [String] {
    do {
      _ = try Template.parse(source, name: "t")
      return []
    } catch {
      return error.items.map { "\($0.span?.line ?? 0):\($0.span?.column ?? 0) \($0.message)" }
    }
  }

  @Test("has each of them told, and none that follows from another", arguments: cases)
  func told(given: Case) {
    #expect(mistakes(given.source) == given.mistakes)
  }

  @Test("has no more than twenty told")
  func limit() {
    let found = mistakes(String(repeating: "{{ 1 + }}\n", count: 50))
    #expect(found.count == 20)
    #expect(found.last == "20:8 unexpected 'end of print statement'")
  }

  @Test("that is no mistake of syntax ends there")
  func limits() {
    let deep = String(repeating: "{% if 1 %}", count: 150)
    #expect(
      mistakes("{{ 1 + }}" + deep) == [
        "1:8 unexpected 'end of print statement'",
        "1:1006 the template nests more than 100 levels deep",
      ])
  }
}
