import Diagnostics
import Testing

@testable import Jinja

@Suite("Parsed templates")
struct TemplateTests {
  private func definitions(_ source: String) throws -> [Definition] {
    try Template(parsing: source, name: "macros/a.sql").definitions
  }

  @Test("know whether there is anything to render")
  func isStatic() throws {
    #expect(try Template(parsing: "select 1\n", name: "t").isStatic)
    #expect(try Template(parsing: "", name: "t").isStatic)
    #expect(try Template(parsing: "select '{ }' -- %} }}", name: "t").isStatic)
    #expect(try !Template(parsing: "{# a #}", name: "t").isStatic)
    #expect(try !Template(parsing: "select {{ 1 }}", name: "t").isStatic)
    #expect(try !Template(parsing: "{% raw %}{% endraw %}", name: "t").isStatic)
  }

  @Test("list the macros of their top level with parameters, places and bodies")
  func macros() throws {
    let source = "-- x\n{% macro m(a, b=[1, 2], c = 'x') -%}\n  body {{ a }}\n{%- endmacro %}\nrest"
    let definition = try #require(try definitions(source).first)
    #expect(definition.kind == .macro)
    #expect(definition.name == "m")
    #expect(definition.parameters.map(\.name) == ["a", "b", "c"])
    #expect(definition.parameters.map(\.defaultSource) == [nil, "[1, 2]", "'x'"])
    #expect(definition.span == SourceSpan(file: "macros/a.sql", line: 2, column: 1))
    #expect(definition.bodyText == "\n  body {{ a }}\n")
    let bytes = Array(source.utf8)
    #expect(
      String(decoding: bytes[definition.range], as: UTF8.self) == String(source.dropFirst(5).dropLast(5)))
    #expect(String(decoding: bytes[definition.bodyRange], as: UTF8.self) == definition.bodyText)
  }

  @Test("give ranges of the user's own bytes where lines end with a carriage return")
  func carriageReturns() throws {
    let source = "a\r\nb\r\n{% docs d %}\r\ntext\r\n{% enddocs %}\r\n"
    let definition = try #require(try definitions(source).first)
    let bytes = Array(source.utf8)
    #expect(String(decoding: bytes[definition.bodyRange], as: UTF8.self) == "\r\ntext\r\n")
    #expect(definition.span.line == 3)
  }

  @Test("know dbt's blocks")
  func blocks() throws {
    let source = """
      {% test positive(model, column_name, at_least=0) %}select {{ column_name }}{% endtest %}
      {% data_test other(model) %}x{% enddata_test %}
      {% materialization view, default %}v{% endmaterialization %}
      {% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}t{% endmaterialization %}
      {% snapshot history %}select 1{% endsnapshot %}
      {% docs orders %}# Orders {{ not jinja {% at all %}{% enddocs %}
      """
    let found = try definitions(source)
    #expect(found.map(\.name) == ["positive", "other", "view", "table", "history", "orders"])
    #expect(
      found.map(\.kind) == [
        .test, .test, .materialization(adapter: "default"), .materialization(adapter: "duckdb"), .snapshot,
        .docs,
      ])
    #expect(found[0].parameters.map(\.defaultSource) == [nil, nil, "0"])
    #expect(found[3].parameters.map(\.defaultSource) == ["['sql', 'python']"])
    #expect(found[5].bodyText == "# Orders {{ not jinja {% at all %}")
  }

  @Test("run dbt's blocks as macros")
  func running() throws {
    let source = """
      {% test positive(model, column_name) %}select {{ column_name }} from {{ model }}{% endtest %}\
      {% materialization view, adapter='duckdb' %}{{ supported_languages }}{% endmaterialization %}
      """
    let template = try Template(parsing: source, name: "t")
    let interpreter = Interpreter { _ in nil }
    let test = interpreter.macro(template.definitions[0], of: template)
    let arguments = Arguments(keyword: [("column_name", "id"), ("model", "orders")])
    #expect(try interpreter.call(test, arguments).description == "select id from orders")
    let view = interpreter.macro(template.definitions[1], of: template)
    #expect(try interpreter.call(view, .none).description == "['sql']")
    #expect(try interpreter.render(template) == "")
  }

  @Test("take types of parameters, as dbt does")
  func types() throws {
    let found = try definitions("{% macro m(a: str, b: Dict[str, List[int]] = none) %}{% endmacro %}")
    #expect(found[0].parameters.map(\.name) == ["a", "b"])
    #expect(found[0].parameters[1].defaultSource == "none")
  }

  @Test("do not know dbt's blocks unless asked to")
  func plain() {
    #expect(failure("{% test a(b) %}{% endtest %}")?.message == "Encountered unknown tag 'test'.")
  }

  @Test("say what is wrong in dbt's blocks")
  func broken() {
    #expect(
      failure("{% materialization a, foo=1 %}{% endmaterialization %}", options: .dbt)?.message
        == "materialization 'a' received unknown argument 'foo'")
    #expect(
      failure("x {% docs a %} text", options: .dbt)?.message == "Missing end of docs block 'a'")
    #expect(
      failure("{% materialization a, adapter=b %}{% endmaterialization %}", options: .dbt)?.message
        == "a materialization's adapter is a text in quotes")
  }

  @Test("leave macros within other blocks out of the list")
  func nestedMacros() throws {
    #expect(try definitions("{% if true %}{% macro m() %}{% endmacro %}{% endif %}").isEmpty)
    #expect(
      try definitions(
        "{% macro a() %}{% macro b() %}{% endmacro %}{% endmacro %}{% macro c() %}{% endmacro %}"
      )
      .map(\.name) == ["a", "c"])
  }
}
