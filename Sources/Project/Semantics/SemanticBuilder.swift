import Diagnostics
import EngineCore
import Jinja

/// Makes semantic models, metrics and saved queries of what property files declare. What they mean is followed later.
struct SemanticBuilder {
  private let environment: LoadEnvironment
  private let contents: FileContents
  private let trees: ConfigTrees
  private let context: NodeContext

  init(_ environment: LoadEnvironment, _ contents: FileContents, _ trees: ConfigTrees) {
    self.environment = environment
    self.contents = contents
    self.trees = trees
    context = environment.makeContext(macros: contents.macros, docs: contents.docs, log: { _ in })
  }

  func build(_ result: inout ParsedProject) {
    for declared in contents.properties.flatMap(\.semantics) {
      let resource = resource(declared, &result.problems)
      result.semantics.append(resource)
      guard declared.kind == .semanticModel else { continue }
      for measure in declared.entry.node["measures"]?.items ?? [] where measure["create_metric"]?.bool == true
      {
        result.semantics.append(metric(of: measure, resource, declared.entry, &result.problems))
      }
    }
    for (kind, name) in [
      (ResourceType.semanticModel, "semantic models"), (.metric, "metrics"), (.savedQuery, "saved queries"),
    ] {
      let all = result.semantics.filter { $0.resourceType == kind && $0.isEnabled }
      result.problems += FileStage.duplicates(all.map { ($0.id, $0.span) }, name)
    }
  }

  private func resource(
    _ declared: SemanticProperties, _ problems: inout [Diagnostic]
  ) -> SemanticResource {
    var resource = make(
      declared.kind, declared.entry, own: declared.entry.node["config"]?.data ?? .emptyMapping,
      declared.properties, &problems)
    let describer = Describer(context: context, file: declared.entry.file)
    if declared.entry.description?.scalarText != nil {
      resource.description = describer.text(declared.entry.description, &problems)
    }
    switch declared.kind {
    case .semanticModel: complete(model: &resource, describer, &problems)
    case .metric:
      resource.tags = declared.entry.node["tags"]?.data.texts ?? []
      let meta = resource.config["meta"]?.entries?.isEmpty == false ? resource.config["meta"] : nil
      let beside = declared.entry.node["meta"].flatMap { $0.isNull ? nil : $0.data }
      resource.properties = resource.properties.setting("meta", to: meta ?? beside ?? .emptyMapping)
    default: complete(query: &resource)
    }
    return resource
  }

  /// A resource with its configuration, before what is particular to its kind.
  private func make(
    _ kind: ResourceType, _ entry: EntryProperties, own: DataValue, _ properties: DataValue,
    _ problems: inout [Diagnostic]
  ) -> SemanticResource {
    let package = environment.settings.name
    let path = environment.settings.inner(entry.file)
    let fqn = [package] + path.split(separator: "/").dropFirst().dropLast().map(String.init) + [entry.name]
    var config = Self.defaults(kind)
    let overriding = environment.overriding?.trees[kind].levels(for: fqn) ?? []
    for level in trees[kind].levels(for: fqn) + [own] + overriding { config = Self.merged(config, level) }
    if kind == .savedQuery, config["cache"]?["enabled"] == nil {
      config = config.setting("cache", to: .mapping([("enabled", .bool(false))]))
    }
    // As in dbt, what the project file says beforehand is kept for metrics only.
    let written = kind == .metric ? environment.unrendered[kind].levels(for: fqn) : []
    let unrendered = (written + [own]).reduce(DataValue.emptyMapping) { $0.merging($1) }
    var origins = ConfigOrigins(entries: [.init(node: entry.node, file: entry.file)])
    if let section = environment.sections[Self.section(kind)] {
      origins.section = (.init(node: section, file: environment.settings.file), fqn)
    }
    var decoder = ConfigDecoder(
      subject: "\(kind.words) '\(entry.name)'", span: entry.span, origins: origins)
    decoder.declaration(config)
    problems += decoder.problems
    return SemanticResource(
      id: NodeID(kind, package, entry.name), resourceType: kind, package: package, name: entry.name, fqn: fqn,
      originalPath: path, span: entry.span, description: kind == .metric ? "" : nil,
      label: entry.node["label"]?.scalarText, config: config, unrenderedConfig: unrendered,
      properties: properties, item: entry.node)
  }

  private static func section(_ kind: ResourceType) -> String {
    switch kind {
    case .metric: "metrics"
    case .semanticModel: "semantic-models"
    default: "saved-queries"
    }
  }

  private static func defaults(_ kind: ResourceType) -> DataValue {
    let all: DataValue = .mapping([("enabled", .bool(true)), ("group", .none), ("meta", .emptyMapping)])
    guard kind == .savedQuery else { return all }
    return all.merging(
      .mapping([
        ("export_as", .none), ("schema", .none), ("cache", .mapping([("enabled", .bool(false))])),
        ("tags", .list([])),
      ]))
  }

  /// Later levels replace earlier ones but for `meta`, which grows.
  private static func merged(_ base: DataValue, _ level: DataValue) -> DataValue {
    var result = base
    for (key, value) in level.entries ?? [] {
      let isAdded = key == "meta" && value.entries != nil
      result = result.setting(key, to: isAdded ? (result[key] ?? .emptyMapping).merging(value) : value)
    }
    return result
  }

  // MARK: - Semantic models

  private func complete(
    model resource: inout SemanticResource, _ describer: Describer, _ problems: inout [Diagnostic]
  ) {
    let meta = resource.config["meta"] ?? .emptyMapping
    for list in ["entities", "measures", "dimensions"] {
      let nodes = resource.item[list]?.items ?? []
      let items = zip(nodes, resource.properties[list]?.items ?? []).map { node, item -> DataValue in
        let own = item["config"]?["meta"] ?? .emptyMapping
        var item = item.setting("config", to: .mapping([("meta", meta.merging(own))]))
        if let description = node["description"], description.scalarText != nil {
          item = item.setting("description", to: .string(describer.text(description, &problems)))
        }
        return item
      }
      resource.properties = resource.properties.setting(list, to: .list(items))
    }
    resource.references = reference(resource, &problems)
  }

  /// What `model: ref('orders')` names.
  private func reference(
    _ resource: SemanticResource, _ problems: inout [Diagnostic]
  ) -> [ModelReference] {
    let text = resource.properties["model"]?.stringValue ?? ""
    context.frame = RenderFrame(package: resource.package)
    let bad = Diagnostic(
      .badSemantics, "the model of semantic model '\(resource.name)' is '\(text)'",
      at: resource.place(["model"]),
      hint: "write model: ref('orders')")
    guard CheckRendering.looksLikeCall(text) else {
      problems.append(bad)
      return []
    }
    do {
      _ = try context.interpreter.evaluate(expression: text, name: resource.span.file)
    } catch {
      problems += DiagnosticList.collecting(error, else: .badSemantics, bad.message).map { problem in
        var problem = problem
        problem.span = bad.span
        return problem
      }
      return []
    }
    if context.frame.references.count != 1 || !context.frame.sources.isEmpty { problems.append(bad) }
    return context.frame.references
  }

  /// The metric that a measure asks for.
  private func metric(
    of measure: YAMLNode, _ model: SemanticResource, _ entry: EntryProperties, _ problems: inout [Diagnostic]
  ) -> SemanticResource {
    let name = measure["name"]?.scalarText ?? ""
    func node(_ content: YAMLNode.Content) -> YAMLNode {
      YAMLNode(content: content, line: measure.line, column: measure.column)
    }
    func mapping(_ entries: [(String, YAMLNode)]) -> YAMLNode {
      node(
        .map(
          entries.map { YAMLEntry(key: $0.0, line: measure.line, column: measure.column, value: $0.1) }))
    }
    let expression = measure["expr"].flatMap { $0.isNull ? nil : $0 } ?? node(.string(name))
    let item = mapping([
      ("name", node(.string(name))), ("label", measure["label"] ?? node(.string(name))),
      ("type", node(.string("simple"))),
      ("type_params", mapping([("measure", node(.string(name))), ("expr", expression)])),
    ])
    var form = SemanticForm(file: entry.file, subject: "metric '\(name)'")
    let properties = form.properties(of: item, .metric)
    let meta = model.config["meta"] ?? .emptyMapping
    let own: DataValue = .mapping([("enabled", .bool(model.isEnabled)), ("meta", meta)])
    let made = EntryProperties(
      name: name, file: entry.file, span: measure.span(in: entry.file), description: nil, node: item)
    var metric = make(.metric, made, own: own, properties, &problems)
    let description = Describer(context: context, file: entry.file).text(measure["description"], &problems)
    metric.description = description.isEmpty ? "Metric created from measure \(name)" : description
    metric.label = measure["label"]?.scalarText ?? name
    metric.properties = metric.properties.setting("meta", to: metric.config["meta"] ?? .emptyMapping)
    return metric
  }

  // MARK: - Saved queries

  private func complete(query resource: inout SemanticResource) {
    let tags = (resource.item["tags"]?.data.texts ?? []) + (resource.config["tags"]?.texts ?? [])
    resource.tags = Set(tags).sorted()
    let target = environment.target
    let exports = (resource.properties["exports"]?.items ?? []).map { export -> DataValue in
      let own = export["unrendered_config"] ?? .emptyMapping
      func value(_ key: String) -> DataValue? {
        let value = own[key] ?? resource.config[key]
        return value?.isNone == false ? value : nil
      }
      return export.setting(
        "config",
        to: .mapping([
          ("export_as", value("export_as") ?? .none),
          ("schema_name", value("schema_name") ?? value("schema") ?? .string(target.schema)),
          ("alias", value("alias") ?? export["name"] ?? .none),
          ("database", .string(target.database)),
        ]))
    }
    resource.properties = resource.properties.setting("exports", to: .list(exports))
  }
}
