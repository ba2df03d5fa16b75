import Diagnostics
import Testing

@testable import Project

/// A small project with several wrong things, and what is said: everything, and nothing that only follows.
struct ManyProblems: Sendable, CustomTestStringConvertible {
  let name: String
  let files: [String: String]
  let complaints: [String]

  init(_ name: String, _ files: [String: String], _ complaints: String...) {
    self.name = name
    self.files = files
    self.complaints = complaints
  }

  var testDescription: String { name }
}

@Suite struct ManyProblemsTests {
  static let cases: [ManyProblems] = [
    ManyProblems(
      "a model that does not parse is still there for others",
      [
        "models/a.sql": "{{ 1 + }}\n{{ 2 * }}", "models/b.sql": "{{ ref('a') }} {{ ref('gone') }}",
        "models/a.yml": "models: [{name: a, columns: [{name: x, data_tests: [unique, uniqe]}]}]",
      ],
      "models/a.sql:1:8: WEIR-E0201 unexpected 'end of print statement'",
      "models/a.sql:2:8: WEIR-E0201 unexpected 'end of print statement'",
      "models/a.yml:1:61: WEIR-E0117 there is no check 'uniqe'",
      "models/b.sql:1:19: WEIR-E0111 ref('gone') names no model or seed of the project"),
    ManyProblems(
      "a model that fails while it renders keeps what it said before",
      [
        "models/a.sql": "{{ ref('gone') }}{{ 1 / 0 }}", "models/b.sql": "{{ ref('a') }}",
        "models/a.yml": "models: [{name: a, description: '5', nmae: x}]",
      ],
      "models/a.yml:1:38: WEIR-E0105 model 'a' has no key 'nmae'; it is ignored",
      "models/a.sql:1:23: WEIR-E0202 division by zero",
      "models/a.sql:1:4: WEIR-E0111 ref('gone') names no model or seed of the project"),
    ManyProblems(
      "a macro file that does not parse leaves no call of its macros wrong",
      [
        "macros/m.sql": "{% macro a(x) %}{{ 1 + }}{% endmacro %}\n{% macro b( %}{% endmacro %}\n"
          + "{% test even(model) %}{{ 2 + }}{% endtest %}",
        "models/a.sql": "{{ a(1).name.first }}", "models/b.sql": "{{ b(1, k=2) }} {{ c() }}",
        "models/a.yml": "models: [{name: a, data_tests: [even, odd]}]",
      ],
      "macros/m.sql:1:24: WEIR-E0201 unexpected 'end of print statement'",
      "macros/m.sql:2:13: WEIR-E0201 expected token 'name', got '%'",
      "macros/m.sql:3:30: WEIR-E0201 unexpected 'end of print statement'",
      "models/a.yml:1:39: WEIR-E0117 there is no check 'odd'"),
    ManyProblems(
      "a naming macro that does not parse names nothing",
      [
        "macros/m.sql": "{% macro generate_schema_name(a, b) %}{{ a + }}{% endmacro %}",
        "models/a.sql": "{{ ref('gone') }}",
      ],
      "macros/m.sql:1:46: WEIR-E0201 unexpected 'end of print statement'",
      "models/a.sql:1:4: WEIR-E0111 ref('gone') names no model or seed of the project"),
    ManyProblems(
      "a property file that does not parse may declare the sources that are missing",
      [
        "models/s.yml": "sources:\n  - name: raw\n    tables:\n    - {name: orders\n",
        "models/a.sql": "{{ source('raw', 'orders') }} {{ source('raw', 'gone') }} {{ ref('b') }}",
        "models/b.sql": "{{ ref('a') }}",
      ],
      "models/s.yml:5:1: WEIR-E0102 the YAML does not parse: did not find expected ',' or '}'",
      "models/a.sql:1:34: WEIR-E0111 source('raw', 'gone') names no source of the project"),
    ManyProblems(
      "a load that does not parse may bring the sources that are missing",
      [
        "loads/l.yml": "loads: [{name: lake, tables: [a, b\n",
        "models/a.sql": "{{ source('lake', 'a') }} {{ source('sea', 'a') }}",
      ],
      "loads/l.yml:2:1: WEIR-E0102 the YAML does not parse: did not find expected ',' or ']'",
      "models/a.sql:1:30: WEIR-E0111 source('sea', 'a') names no source of the project"),
    ManyProblems(
      "each docs block that is not closed is said, and known",
      [
        "models/d.md": "{% docs a %} one\n{% docs b c %}{% enddocs %}\n{% docs d %}",
        "models/a.sql": "select {{ 1 }}",
        "models/a.yml": "models: [{name: a, description: \"{{ doc('a') }}{{ doc('d') }}\"}]",
      ],
      "models/d.md:1:1: WEIR-E0201 the docs block 'a' is not closed",
      "models/d.md:2:1: WEIR-E0201 a docs block needs one name",
      "models/d.md:3:1: WEIR-E0201 the docs block 'd' is not closed"),
    ManyProblems(
      "a model in Python is still there for others",
      ["models/a.py": "def model(): pass", "models/b.sql": "{{ ref('a') }}"],
      "models/a.py:1:5: WEIR-E0140 'model' takes two parameters, dbt and session, and this one 0",
      "models/a.py:1:14: WEIR-E0140 the last statement of 'model' is no return"),
    ManyProblems(
      "a project file that does not parse hides no other file's mistakes",
      [
        "dbt_project.yml": "name: p\nmodels: {p: {+tags: [}",
        "models/a.sql": "{{ 1 + }} {{ var('x') }}", "models/b.sql": "{{ var('x') }} {{ ref('gone') }}",
        "models/a.yml": "models: [{nmae: a}]", "models/b.yml": "models: [",
        "macros/m.sql": "{% macro a() %}", "tests/t.sql": "{{ 2 + }}",
      ],
      "dbt_project.yml:2:22: WEIR-E0102 the YAML does not parse: did not find expected node content",
      "models/a.yml:1:10: WEIR-E0107 an entry of 'models' has no name",
      "models/b.yml:2:1: WEIR-E0102 the YAML does not parse: did not find expected node content",
      "macros/m.sql:1:16: WEIR-E0201 Unexpected end of template. Jinja was looking for the following tags: "
        + "'endmacro'. The innermost block that needs to be closed is 'macro'.",
      "models/a.sql:1:8: WEIR-E0201 unexpected 'end of print statement'",
      "tests/t.sql:1:8: WEIR-E0201 unexpected 'end of print statement'"),
    ManyProblems(
      "a project file without a name hides nothing",
      [
        "dbt_project.yml":
          "vars: {p: {x: 1}}\nmodels: {p: {a: {+tags: b}, nowhere: {+tags: b}}}\nmodel-paths: {a: b}",
        "models/a.sql": "{{ var('x') }}{{ ref('gone') }}",
      ],
      "dbt_project.yml:1: WEIR-E0107 dbt_project.yml does not say the project's name",
      "dbt_project.yml:3:14: WEIR-E0106 'model-paths' must be a list of texts, not a mapping",
      "models/a.sql:1:18: WEIR-E0111 ref('gone') names no model or seed of the project",
      "dbt_project.yml:2:29: WEIR-E0115 the configuration path 'models.p.nowhere' matches nothing"),
    ManyProblems(
      "a wrong key of weir.yml hides nothing",
      ["weir.yml": "name: p\n", "models/a.sql": "{{ ref('gone') }}"],
      "weir.yml:1:1: WEIR-E0105 'name' belongs in dbt_project.yml, which this project has",
      "models/a.sql:1:4: WEIR-E0111 ref('gone') names no model or seed of the project"),
  ]

  @Test("Everything wrong is said at once, and nothing that only follows", arguments: cases)
  func said(given: ManyProblems) async throws {
    let files = ["dbt_project.yml": "name: p\n"].merging(given.files) { $1 }
    let complaints = try await TemporaryProject(files).complaints()
    #expect(complaints == given.complaints)
  }
}
