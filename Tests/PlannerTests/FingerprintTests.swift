import Diagnostics
import Jinja
import Planner
import Project
import Testing

@Suite("Fingerprints")
struct FingerprintTests {
  private var shop: ProjectFixture {
    var fixture = ProjectFixture()
    fixture.source("raw", "orders")
    fixture.model("stg", reads: ["source.raw.orders"])
    fixture.model("orders", reads: ["stg"])
    fixture.model("other")
    fixture.check("t", reads: ["other"], generic: "unique")
    return fixture
  }

  private func fingerprints(_ project: Project) throws -> [NodeID: Fingerprint] {
    try Graph(project).fingerprints(of: project)
  }

  /// The short names of the nodes whose fingerprints a change to the project changes.
  private func changed(by change: (inout ProjectFixture) throws -> Void) throws -> [String] {
    let before = try fingerprints(shop.project)
    var fixture = shop
    try change(&fixture)
    let after = try fingerprints(fixture.project)
    return before.keys.filter { before[$0] != after[$0] }.map(ProjectFixture.short).sorted()
  }

  private func index(_ fixture: ProjectFixture, _ name: String) throws -> Int {
    try #require(fixture.nodes.firstIndex { $0.name == name })
  }

  @Test("the same project has the same fingerprints, each different from the others")
  func stable() throws {
    let first = try fingerprints(shop.project)
    #expect(try fingerprints(shop.project) == first)
    #expect(first.count == 5 && Set(first.values).count == 5)
    #expect(
      first.values.allSatisfy {
        $0.rawValue.split(separator: " ", omittingEmptySubsequences: false).count == 5
      })
  }

  @Test("a changed text or configuration changes the node and what is downstream of it")
  func changes() throws {
    #expect(try changed { $0.nodes[try index($0, "stg")].checksum = "1" } == ["orders", "stg"])
    #expect(try changed { $0.nodes[try index($0, "orders")].config.values = ["x": 1] } == ["orders"])
    #expect(try changed { $0.nodes[try index($0, "orders")].description = "words" } == [])
  }

  @Test("a source that moved changes all that read it")
  func source() throws {
    #expect(
      try changed { $0.sources[0].relation.expression = "'x.csv'" } == ["orders", "source.raw.orders", "stg"])
  }

  @Test("another target changes everything; variables are what rendering tells of")
  func environment() throws {
    var project = shop.project
    let before = try fingerprints(project)
    project.target.schema = "prod"
    let moved = try fingerprints(project)
    #expect(before.keys.allSatisfy { before[$0] != moved[$0] })
    project.vars = ["day": "2026-01-01"]
    let varied = try fingerprints(project)
    #expect(moved == varied)
  }

  @Test("a fingerprint says which parts changed")
  func parts() throws {
    func changes(_ change: (inout ProjectFixture) throws -> Void) throws -> [Fingerprint.Part] {
      let before = try fingerprints(shop.project)
      var fixture = shop
      try change(&fixture)
      let id = shop.id("orders")
      return try #require(fingerprints(fixture.project)[id]).changes(since: #require(before[id]))
    }
    #expect(try changes { _ in } == [])
    #expect(try changes { $0.nodes[try index($0, "orders")].checksum = "1" } == [.code])
    #expect(try changes { $0.nodes[try index($0, "orders")].config.values = ["x": 1] } == [.configuration])
    #expect(try changes { $0.nodes[try index($0, "stg")].checksum = "1" } == [.upstream])
    #expect(Fingerprint("old").changes(since: Fingerprint("older")) == Fingerprint.Part.allCases)
  }

  @Test("a changed macro changes those that call it, directly or not, and macros may call each other")
  func macros() throws {
    let name = NodeID("macro.shop.cents")
    let helper = NodeID("macro.shop.helper")
    func project(helperText: String) throws -> Project {
      var fixture = shop
      fixture.nodes[try index(fixture, "orders")].macros = [name]
      var project = fixture.project
      let template = try Template(parsing: "{% macro cents() %}{% endmacro %}", name: "m.sql")
      project.macros = [(name, helper, "a"), (helper, name, helperText)].map { id, calls, text in
        var macro = MacroDefinition(
          id: id, package: "shop", name: id.rawValue, path: "m.sql", originalPath: "m.sql",
          span: SourceSpan(file: "m.sql"), code: text, template: template, definitionIndex: 0,
          properties: .none)
        macro.dependencies = [calls]
        return macro
      }
      return project
    }
    let before = try fingerprints(project(helperText: "b"))
    let after = try fingerprints(project(helperText: "c"))
    #expect(before.keys.filter { before[$0] != after[$0] }.map(ProjectFixture.short) == ["orders"])
  }

}
