import Diagnostics
import Planner
import Project
import Testing

@Suite("Graphs")
struct GraphTests {
  @Test("parents come before children, and among equals the name decides")
  func order() throws {
    var fixture = ProjectFixture()
    fixture.model("d", reads: ["b", "c"])
    fixture.model("c", reads: ["source.raw.x"])
    fixture.model("b", reads: ["source.raw.x"])
    fixture.model("a", reads: ["d"])
    fixture.model("z")
    fixture.source("raw", "x")
    fixture.exposure("report", reads: ["a"])
    let graph = try fixture.graph()
    #expect(
      graph.order.map(ProjectFixture.short) == ["z", "source.raw.x", "b", "c", "d", "a", "exposure.report"])
    #expect(graph.parents(of: fixture.id("d")) == [fixture.id("b"), fixture.id("c")])
    #expect(graph.children(of: fixture.id("source.raw.x")) == [fixture.id("b"), fixture.id("c")])
    #expect(graph.children(of: fixture.id("exposure.report")) == [])
  }

  @Test("repeated dependencies make one edge")
  func repeated() throws {
    var fixture = ProjectFixture()
    fixture.model("a")
    fixture.model("b", reads: ["a", "a"])
    #expect(try fixture.graph().parents(of: fixture.id("b")) == [fixture.id("a")])
  }

  @Test("a circle is shown as a path with its files, once for each circle")
  func circles() throws {
    var fixture = ProjectFixture()
    fixture.model("a", reads: ["b"])
    fixture.model("b", in: "marts", reads: ["c", "d"])
    fixture.model("c", reads: ["a"])
    fixture.model("d")
    fixture.model("self", reads: ["self"])
    fixture.model("follower", reads: ["c", "self"])
    let thrown = #expect(throws: DiagnosticList.self) { try fixture.graph() }
    let list = try #require(thrown)
    #expect(list.items.map(\.code) == [.cycle, .cycle])
    #expect(
      list.items[0].message
        == "nodes depend on each other in a circle: "
        + "model.shop.a → model.shop.b → model.shop.c → model.shop.a")
    #expect(
      list.items[0].notes == [
        "'model.shop.a' (models/a.sql) reads 'model.shop.b'",
        "'model.shop.b' (models/marts/b.sql) reads 'model.shop.c'",
        "'model.shop.c' (models/c.sql) reads 'model.shop.a'",
      ])
    #expect(list.items[0].span == SourceSpan(file: "models/a.sql", line: 1))
    #expect(
      list.items[1].message
        == "nodes depend on each other in a circle: model.shop.self → model.shop.self")
  }

  @Test("every dependency that the project lacks is reported, and a disabled one said to be so")
  func missing() throws {
    var fixture = ProjectFixture()
    fixture.model("off")
    fixture.disabled = [fixture.nodes.removeLast()]
    fixture.source("raw", "gone")
    fixture.sources[0].isEnabled = false
    fixture.model("a", reads: ["off", "nowhere", "source.raw.gone"])
    let thrown = #expect(throws: DiagnosticList.self) { try fixture.graph() }
    #expect(
      thrown?.items.map(\.message) == [
        "'model.shop.a' depends on 'model.shop.nowhere', which is not in the project",
        "'model.shop.a' depends on 'model.shop.off', which is disabled",
        "'model.shop.a' depends on 'source.shop.raw.gone', which is disabled",
      ])
    #expect(thrown?.items.map(\.code) == Array(repeating: .unknownDependency, count: 3))
  }

  @Test("ancestors and descendants stop at a depth and leave out the node itself")
  func reach() throws {
    var fixture = ProjectFixture()
    fixture.model("a")
    fixture.model("b", reads: ["a"])
    fixture.model("c", reads: ["b"])
    fixture.model("d", reads: ["a", "c"])
    let graph = try fixture.graph()
    func names(_ ids: Set<NodeID>) -> [String] { ids.map(ProjectFixture.short).sorted() }
    #expect(names(graph.ancestors(of: fixture.id("c"))) == ["a", "b"])
    #expect(names(graph.ancestors(of: fixture.id("d"), depth: 1)) == ["a", "c"])
    #expect(names(graph.descendants(of: fixture.id("b"), depth: 1)) == ["c"])
    #expect(names(graph.descendants(of: fixture.id("a"), depth: nil)) == ["b", "c", "d"])
    #expect(names(graph.ancestors(of: fixture.id("d"), depth: 0)) == [])
    #expect(graph.ancestors(of: NodeID("model.shop.unknown")).isEmpty)
  }

  @Test("a chain of 10,000 nodes needs no deep stack, whole or closed to a circle")
  func longChain() throws {
    var fixture = ProjectFixture()
    let names = (0..<10_000).map { "m\(String($0 + 100_000))" }
    fixture.model(names[0])
    for (previous, name) in zip(names, names.dropFirst()) { fixture.model(name, reads: [previous]) }
    let graph = try fixture.graph()
    #expect(graph.order.map(ProjectFixture.short) == names)
    #expect(graph.ancestors(of: fixture.id(names[9_999])).count == 9_999)
    fixture.nodes[0].dependencies = [fixture.id(names[9_999])]
    let closed = fixture.project
    let thrown = #expect(throws: DiagnosticList.self) { try Graph(closed) }
    let circle = try #require(thrown?.items.first)
    #expect(circle.notes.count == 20)
    #expect(circle.message.hasSuffix("model.shop.m109981 → … (10000 nodes in all)"))
  }

  @Test("circles are reported beside what the project lacks, and beside the problems of reading it")
  func circlesBeside() throws {
    var fixture = ProjectFixture()
    fixture.model("a", reads: ["b", "nowhere"])
    fixture.model("b", reads: ["a"])
    let unread = Diagnostic(.brokenYAML, "the YAML does not parse")
    let reading = ProjectReading(project: fixture.project, problems: [unread])
    let thrown = #expect(throws: DiagnosticList.self) { try SoundProject(reading) }
    #expect(
      thrown?.items.map(\.message) == [
        "the YAML does not parse",
        "'model.shop.a' depends on 'model.shop.nowhere', which is not in the project",
        "nodes depend on each other in a circle: model.shop.a → model.shop.b → model.shop.a",
      ])
  }

  @Test("a project with warnings alone is sound, and one with an error is not")
  func sound() throws {
    var fixture = ProjectFixture()
    fixture.model("a")
    let doubt = Diagnostic(.unknownKey, "no such key", severity: .warning)
    let sound = try SoundProject(ProjectReading(project: fixture.project, problems: [doubt]))
    #expect(sound.warnings == [doubt])
    #expect(sound.graph.order == [fixture.id("a")])
    let mistake = Diagnostic(.badValue, "no such value")
    for reading in [
      ProjectReading(project: fixture.project, problems: [doubt, mistake]),
      ProjectReading(project: nil, problems: [doubt, mistake]),
    ] {
      let thrown = #expect(throws: DiagnosticList.self) { try SoundProject(reading) }
      #expect(thrown?.items == [doubt, mistake])
    }
  }
}
