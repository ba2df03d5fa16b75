import Diagnostics
import EngineCore
import Jinja
import Planner
import Project

/// All that the documentation's page shows, as JSON. Nodes and macros name each other by their places in the lists; what a
/// node does not have is left out.
struct SiteData: Sendable {
  /// Any of what the page has a page for, macros aside.
  enum Item: Sendable {
    case node(Node)
    case source(SourceTable)
    case exposure(Exposure)
    case semantic(SemanticResource)

    var id: NodeID {
      switch self {
      case .node(let node): node.id
      case .source(let source): source.id
      case .exposure(let exposure): exposure.id
      case .semantic(let resource): resource.id
      }
    }
  }

  let project: Project
  let graph: Graph
  let compiled: [NodeID: String]
  let catalog: CatalogArtifact
  let outcomes: SiteOutcomes
  let generatedAt: Double
  let items: [Item]
  let places: [NodeID: Int]
  let macroPlaces: [NodeID: Int]

  init(
    project: Project, graph: Graph, compiled: [NodeID: String], catalog: CatalogArtifact,
    outcomes: SiteOutcomes, generatedAt: Double
  ) {
    self.project = project
    self.graph = graph
    self.compiled = compiled
    self.catalog = catalog
    self.outcomes = outcomes
    self.generatedAt = generatedAt
    let sources = project.sources.filter(\.isEnabled).map(Item.source)
    let others = project.exposures.map(Item.exposure) + project.semantics.map(Item.semantic)
    items = (project.nodes.map(Item.node) + sources + others).sorted { $0.id < $1.id }
    places = Self.places(items.map(\.id))
    macroPlaces = Self.places(project.macros.map(\.id))
  }

  private static func places(_ ids: [NodeID]) -> [NodeID: Int] {
    var places = [NodeID: Int](minimumCapacity: ids.count)
    for (place, id) in ids.enumerated() { places[id] = place }
    return places
  }

  func encoded(redactor: Redactor) -> [UInt8] {
    var writer = JSONWriter(redactor: redactor, reserving: 3_000 * items.count)
    writer.object { writer in
      writer.member("project", object: { writeProject(to: &$0) })
      writer.member("overviews", object: { writeOverviews(to: &$0) })
      writer.member("nodes", array: { list in for item in items { list.object { write(item, to: &$0) } } })
      writer.member(
        "macros", array: { list in for macro in project.macros { list.object { write(macro, to: &$0) } } })
      writer.member(
        "groups", array: { list in for group in project.groups { list.object { write(group, to: &$0) } } })
      writer.member("sources", array: { writeSources(to: &$0) })
    }
    return writer.bytes
  }

  private func writeProject(to writer: inout JSONWriter) {
    writer.member("name", project.settings.name)
    writer.member("version", orNone: project.settings.version)
    writer.member("target", project.target.name)
    writer.member("adapter", project.target.type)
    writer.member("generatedAt", Timestamp.text(generatedAt.rounded(.down)).replacing(".000000Z", with: "Z"))
    writer.member("runAt", orNone: outcomes.runAt)
  }

  /// The text that the documentation opens with, under no name, and those of packages.
  private func writeOverviews(to writer: inout JSONWriter) {
    let own = project.settings.name
    let openings = project.docs.filter { $0.name == "__overview__" }
    if let opening = openings.first(where: { $0.package == own }) ?? openings.first {
      writer.member("", opening.contents)
    }
    var packages: Set<String> = []
    for docs in project.docs
    where docs.name.hasPrefix("__") && docs.name.hasSuffix("__") && docs.name.count > 4 {
      let package = String(docs.name.dropFirst(2).dropLast(2))
      guard package != "overview", packages.insert(package).inserted else { continue }
      writer.member(package, docs.contents)
    }
  }

  /// What sources say for all their tables.
  private func writeSources(to writer: inout JSONWriter) {
    var seen: Set<[String]> = []
    for source in project.sources
    where source.isEnabled && seen.insert([source.package, source.sourceName]).inserted {
      writer.object {
        $0.member("name", source.sourceName)
        $0.member("package", source.package)
        $0.member("description", orNone: source.sourceDescription)
        $0.member("meta", orNone: source.sourceMeta)
      }
    }
  }

  private func write(_ group: GroupDefinition, to writer: inout JSONWriter) {
    writer.member("name", group.name)
    writer.member("package", group.package)
    writer.member("file", group.originalPath)
    writer.member("description", orNone: group.description)
    writer.member("owner", orNone: group.owner)
  }

  private func write(_ macro: MacroDefinition, to writer: inout JSONWriter) {
    let docs = macro.properties["docs"] ?? macro.properties["config"]?["docs"]
    writer.member("id", macro.id.rawValue)
    writer.member("name", macro.name)
    writer.member("package", macro.package)
    writer.member("file", macro.originalPath)
    writer.member("line", macro.span.line)
    writer.member("description", orNone: macro.description)
    writer.member("meta", orNone: macro.properties["config"]?["meta"] ?? macro.properties["meta"])
    writer.member("code", macro.code)
    if docs?["show"] == .bool(false) { writer.member("hidden", true) }
    let calls = macro.dependencies.compactMap { macroPlaces[$0] }
    if !calls.isEmpty {
      writer.member("calls", array: { list in for place in calls { list.integer(place) } })
    }
    guard case .list(let arguments)? = macro.properties["arguments"], !arguments.isEmpty else { return }
    writer.member(
      "arguments",
      array: { list in
        for argument in arguments {
          list.object {
            for key in ["name", "type", "description"] { $0.member(key, orNone: argument[key]) }
          }
        }
      })
  }
}

extension JSONWriter {
  /// A member, unless there is nothing to say.
  mutating func member(_ name: String, orNone text: String?) {
    if let text, !text.isEmpty { member(name, text) }
  }

  /// A member, unless there is nothing in it.
  mutating func member(_ name: String, orNone value: DataValue?) {
    switch value {
    case nil, DataValue.none?: return
    case .string("")?: return
    case .dict(let entries)? where entries.isEmpty: return
    case .list(let items)? where items.isEmpty: return
    case .some(let value):
      key(name)
      self.value(value)
    }
  }

  /// A member, unless it would be an empty list.
  mutating func member(_ name: String, orNone texts: [String]) {
    if !texts.isEmpty { member(name, texts) }
  }
}
