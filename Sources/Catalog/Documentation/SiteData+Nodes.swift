import Diagnostics
import EngineCore
import Jinja
import Project

extension SiteData {
  /// A node, a source or an exposure.
  func write(_ item: Item, to writer: inout JSONWriter) {
    writer.member("id", item.id.rawValue)
    switch item {
    case .node(let node): write(node, to: &writer)
    case .source(let source): write(source, to: &writer)
    case .exposure(let exposure): write(exposure, to: &writer)
    case .semantic(let resource): write(resource, to: &writer)
    }
    let parents = graph.parents(of: item.id).compactMap { places[$0] }
    if !parents.isEmpty {
      writer.member("reads", array: { list in for place in parents { list.integer(place) } })
    }
    if catalog.isMissing(item.id) { writer.member("isMissing", true) }
    writeOutcome(of: item.id, to: &writer)
  }

  private func write(_ node: Node, to writer: inout JSONWriter) {
    let config = node.config.values
    writer.member("kind", node.resourceType.rawValue)
    writer.member("name", node.name)
    writer.member("package", node.package)
    writer.member("file", node.originalPath)
    writer.member("line", node.span.line)
    writer.member("properties", orNone: node.propertiesPath)
    writer.member("folders", node.fqn)
    if node.check == nil { writer.member("stored", orNone: node.config.materialization.rawValue) }
    write(node.relation, found: catalog.nodes[node.id], to: &writer)
    writer.member("description", orNone: node.description)
    writeColumns(node.columns, found: catalog.nodes[node.id], to: &writer)
    writer.member("tags", orNone: node.config.tags)
    writer.member("meta", orNone: config["meta"])
    writer.member("config", orNone: config)
    writer.member("group", orNone: config["group"])
    writer.member("access", orNone: config["access"])
    if config["contract"]?["enforced"] == .bool(true) { writer.member("contract", true) }
    if config["docs"]?["show"] == .bool(false) { writer.member("hidden", true) }
    writer.member("color", orNone: config["docs"]?["node_color"])
    if node.resourceType != .seed { writer.member("code", orNone: Manifest.stripped(node.code)) }
    writer.member("compiled", orNone: compiled[node.id])
    let macros = node.macros.compactMap { macroPlaces[$0] }
    if !macros.isEmpty {
      writer.member("macros", array: { list in for place in macros { list.integer(place) } })
    }
    if let check = node.check { writer.member("check", object: { write(check, of: node, to: &$0) }) }
    if let function = node.function { writer.member("function", object: { write(function, to: &$0) }) }
    if let load = node.load { writer.member("load", object: { write(load, to: &$0) }) }
  }

  private func write(_ source: SourceTable, to writer: inout JSONWriter) {
    writer.member("kind", "source")
    writer.member("name", source.name)
    writer.member("package", source.package)
    writer.member("file", source.originalPath)
    writer.member("line", source.span.line)
    writer.member("folders", source.fqn)
    write(source.relation, found: catalog.sources[source.id], to: &writer)
    writer.member("description", orNone: source.description)
    writeColumns(source.columns, found: catalog.sources[source.id], to: &writer)
    writer.member("tags", orNone: source.tags)
    writer.member("meta", orNone: source.meta)
    writer.member("config", orNone: source.config)
    writer.member(
      "source",
      object: { writer in
        writer.member("name", source.sourceName)
        writer.member("loader", orNone: source.loader)
        writer.member("freshness", orNone: source.config["freshness"] ?? source.properties["freshness"])
        guard let seen = outcomes.sources[source.id] else { return }
        writer.member(
          "seen",
          object: {
            $0.member("status", seen.status)
            $0.member("loadedAt", orNone: seen.loadedAt)
            $0.member("at", orNone: seen.at)
          })
      })
  }

  private func write(_ exposure: Exposure, to writer: inout JSONWriter) {
    let properties = exposure.properties
    writer.member("kind", "exposure")
    writer.member("name", exposure.name)
    writer.member("package", exposure.package)
    writer.member("file", exposure.originalPath)
    writer.member("line", exposure.span.line)
    writer.member("folders", exposure.fqn)
    writer.member("label", orNone: properties["label"])
    writer.member("description", orNone: properties["description"])
    writer.member("tags", orNone: exposure.tags)
    writer.member("meta", orNone: properties["config"]?["meta"] ?? properties["meta"])
    writer.member("owner", orNone: properties["owner"])
    writer.member(
      "exposure",
      object: { for key in ["type", "maturity", "url"] { $0.member(key, orNone: properties[key]) } })
  }

  private func write(_ resource: SemanticResource, to writer: inout JSONWriter) {
    writer.member("kind", resource.resourceType.rawValue)
    writer.member("name", resource.name)
    writer.member("package", resource.package)
    writer.member("file", resource.originalPath)
    writer.member("line", resource.span.line)
    writer.member("folders", resource.fqn)
    writer.member("label", orNone: resource.label)
    writer.member("description", orNone: resource.description)
    writer.member("tags", orNone: resource.tags)
    writer.member("meta", orNone: resource.config["meta"])
    writer.member("config", orNone: resource.config)
    writer.member("group", orNone: resource.group)
  }

  private func write(_ relation: Relation?, found: RelationDescription?, to writer: inout JSONWriter) {
    guard let relation else { return }
    let target = project.target
    writer.member(
      "relation",
      object: {
        $0.member("database", orNone: relation.database ?? target.database)
        $0.member("schema", orNone: relation.schema ?? target.schema)
        $0.member("identifier", relation.identifier)
        $0.member("kind", orNone: found?.relation.kind?.rawValue)
      })
    writer.member("comment", orNone: found?.comment)
  }

  /// The warehouse's columns in its order, then those that only the project knows.
  private func writeColumns(
    _ declared: [ColumnDefinition], found: RelationDescription?, to writer: inout JSONWriter
  ) {
    guard !declared.isEmpty || found != nil else { return }
    var own: [String: ColumnDefinition] = [:]
    for column in declared { own[column.name.lowercased()] = column }
    writer.member(
      "columns",
      array: { list in
        for column in found?.columns ?? [] {
          let definition = own.removeValue(forKey: column.name.lowercased())
          list.object { writer in
            writer.member("name", column.name)
            writer.member("type", column.type)
            writer.member("comment", orNone: column.comment)
            if let definition { write(definition, to: &writer) }
          }
        }
        for column in declared where own[column.name.lowercased()] != nil {
          list.object { writer in
            writer.member("name", column.name)
            if found != nil { writer.member("isMissing", true) }
            write(column, to: &writer)
          }
        }
      })
  }

  private func write(_ column: ColumnDefinition, to writer: inout JSONWriter) {
    writer.member("declared", orNone: column.dataType)
    writer.member("description", orNone: column.description)
    writer.member("tags", orNone: column.tags)
    writer.member("meta", orNone: column.meta)
  }

  private func write(_ check: CheckDefinition, of node: Node, to writer: inout JSONWriter) {
    writer.member("severity", node.config.severity.rawValue)
    guard case .generic(let generic) = check else { return }
    writer.member("test", (generic.namespace.map { "\($0)." } ?? "") + generic.name)
    writer.member("arguments", orNone: generic.arguments)
    writer.member("column", orNone: generic.column)
    if let place = places[generic.attachedNode] { writer.member("attached", place) }
  }

  private func write(_ function: FunctionDefinition, to writer: inout JSONWriter) {
    writer.member("type", function.kind.rawValue)
    writer.member(
      "arguments",
      array: { list in
        for argument in function.arguments {
          list.object {
            $0.member("name", argument.name)
            $0.member("type", argument.dataType)
            $0.member("description", orNone: argument.description)
            $0.member("default", orNone: argument.defaultValue)
          }
        }
      })
    writer.member("returns", orNone: function.returns?.dataType)
    writer.member("returnsDescription", orNone: function.returns?.description)
  }

  private func write(_ load: LoadDefinition, to writer: inout JSONWriter) {
    writer.member("type", load.origin.type.rawValue)
    if case .connection(let connection) = load.origin { writer.member("connection", connection.name) }
    writer.member(
      "tables",
      array: { list in
        for table in load.tables {
          list.object {
            $0.member("name", table.name)
            // An address may hold what nobody but the load may know.
            if !table.from.contains("://") { $0.member("from", table.from) }
            $0.member("write", table.disposition.rawValue)
            $0.member("key", orNone: table.key)
            $0.member("cursor", orNone: table.cursor?.column)
          }
        }
      })
  }

  private func writeOutcome(of id: NodeID, to writer: inout JSONWriter) {
    let shown = project.node(id)?.artifactID ?? id
    guard let outcome = outcomes.nodes[shown] ?? outcomes.nodes[id] else { return }
    writer.member(
      "result",
      object: {
        $0.member("status", outcome.status)
        $0.member("message", orNone: outcome.message)
        if let failures = outcome.failures { $0.member("failures", failures) }
        $0.member("at", orNone: outcome.at)
      })
  }
}
