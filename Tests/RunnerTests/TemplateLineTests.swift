import Testing

@testable import Runner

@Suite("Lines of a template")
struct TemplateLineTests {
  @Test(
    "a rendered line is known by the words around the tags",
    arguments: [
      ("select idd from {{ ref('a') }}", #"select idd from "db"."main"."a""#, true),
      ("select idd from {{ ref('a') }}", #"select id from "db"."main"."a""#, false),
      ("  {{ a }} as {{ b }}, -- {# why #}", "  1 as x, -- ", true),
      ("  {{ a }} as {{ b }}, -- {# why #}", "  1 is x, -- ", false),
      ("{{ a }}b{{ c }}b", "b", false),
      ("{{ a }}b{{ c }}b", "bb", true),
      ("{{ a }}", "anything", false),
      ("{% if x %}, ({% endif %}", ", (", false),
      ("no tags at all", "no tags at all", false),
    ])
  func match(line: String, rendered: String, isAlike: Bool) {
    #expect(TemplateLine.lines(of: line)[0].mayRender(Substring(rendered)) == isAlike)
  }

  @Test("columns before the first tag and behind the last are told, in bytes; others are not")
  func columns() throws {
    let line = TemplateLine.lines(of: "sélect {{ a }} + {{ b }} nope")[0]
    let rendered: Substring = "sélect 1 + 22 nope"
    #expect(line.mayRender(rendered))
    #expect([1, 7, 8, 9, 10, 11].map { line.column(of: $0, in: rendered) } == [1, 7, 8, nil, nil, nil])
    #expect(line.column(of: 16, in: rendered) == 27)
    #expect(line.column(of: 19, in: rendered) == 30)
  }

  @Test("a tag that goes over several lines hides what is in it")
  func severalLines() {
    let lines = TemplateLine.lines(of: "select {{ f(\n  a, b\n) }} as c\nfrom t")
    #expect(lines[0].mayRender("select 1"))
    #expect(!lines[1].mayRender("  a, b"))
    #expect(lines[2].mayRender("1 as c"))
    #expect(!lines[2].mayRender("1 as d"))
    #expect(lines[3] == TemplateLine.lines(of: "from t")[0])
  }

  @Test("what opens no tag, or never closes one, is borne")
  func odd() {
    #expect(TemplateLine.lines(of: "").count == 1)
    #expect(TemplateLine.lines(of: "{").count == 1)
    #expect(TemplateLine.lines(of: "a {{").map { $0.mayRender("a b") } == [true])
    #expect(TemplateLine.lines(of: "a {{ }").map { $0.mayRender("a b") } == [true])
  }
}
