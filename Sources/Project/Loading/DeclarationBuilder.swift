import Diagnostics
import EngineCore
import Jinja

/// Makes sources and exposures of what property files declare.
struct DeclarationBuilder {
  private let environment: LoadEnvironment
  private let contents: FileContents
  private let trees: ConfigTrees
  private let context: NodeContext

  init(
    _ environment: LoadEnvironment, _ contents: FileContents, _ properties: PropertyIndex,
    _ trees: ConfigTrees
  ) {
    self.environment = environment
    self.contents = contents
    self.trees = trees
    context = environment.makeContext(macros: contents.macros, docs: contents.docs, log: { _ in })
  }

  private func folders(of file: String) -> [String] {
    environment.settings.inner(file).split(separator: "/").dropFirst().dropLast().map(String.init)
  }

  // MARK: - Sources

  func sources(_ result: inout ParsedProject) {
    var places: [NodeID: Int] = [:]
    for properties in contents.allSources {
      var table = source(properties, &result.problems)
      claim(&table)
      // A property file may document what a load declares.
      if let place = places[table.id], table.loadedBy != nil, !properties.isLoaded {
        result.sources[place].document(with: table)
        continue
      }
      if properties.isLoaded { places[table.id] = result.sources.count }
      result.sources.append(table)
    }
    result.problems += FileStage.duplicates(result.sources.map { ($0.id, $0.span) }, "sources")
  }

  /// Says of a table that a load brings it, if one does: it then lies where the load puts it.
  private func claim(_ table: inout SourceTable) {
    let load = contents.loads.first { $0.definition.name == table.sourceName }
    guard let load, load.definition.table(named: table.name) != nil else { return }
    table.loadedBy = load.id(in: table.package)
    table.relation = load.relation(of: table.identifier, environment.target)
  }

  // MARK: - Loads

  /// The loads as nodes.
  func loads(_ result: inout ParsedProject) {
    for load in contents.loads {
      let describer = Describer(context: context, file: load.place.path)
      let node = load.node(in: environment.settings.name) { describer.text($0, &result.problems) }
      result.add(ParsedNode(node: node))
    }
  }

  private func source(_ properties: SourceProperties, _ problems: inout [Diagnostic]) -> SourceTable {
    let package = environment.settings.name
    let table = properties.table
    let fqn = [package] + folders(of: table.file) + [properties.source, table.name]
    let entries = SourceConfiguration(source: properties.sourceItem, table: table.item)
    let declared = entries.declared
    var config: DataValue = .mapping([("enabled", .bool(true))])
    for level in trees.sources.levels(for: fqn) { config = ConfigMerge.merge(config, level) }
    config = ConfigMerge.merge(config, declared)
    for level in environment.overriding?.trees.sources.levels(for: fqn) ?? [] {
      config = ConfigMerge.merge(config, level)
    }
    let subject = "source '\(properties.source).\(table.name)'"
    let written = [table.item, properties.sourceItem].map { ConfigOrigins.Entry(node: $0, file: table.file) }
    let freshness = check(config, subject, table.span, written, ("sources", fqn), &problems)
    let location = Location(properties: properties, config: config, subject: subject)
    // As in dbt, what is declared takes the place of the project file's tags, even where that is nothing.
    config = config.setting("tags", to: declared["tags"] ?? .list([]))
    let relation = Relation(
      database: properties.database ?? environment.target.database, schema: properties.schema,
      identifier: properties.identifier, expression: location.expression(&problems))
    var source = SourceTable(
      id: NodeID(.source, package, "\(properties.source).\(table.name)"), package: package,
      sourceName: properties.source, name: table.name, identifier: properties.identifier, relation: relation,
      fqn: fqn,
      originalPath: environment.settings.inner(table.file), span: table.span,
      meta: config["meta"] ?? .emptyMapping, config: config,
      properties: table.properties)
    source.freshness = freshness
    let describer = Describer(context: context, file: table.file)
    (source.description, source.docsBlocks) = describer.described(table.description, &problems)
    source.sourceDescription = describer.text(properties.sourceDescription, &problems)
    source.loader = properties.loader
    source.tags = declared["tags"]?.texts ?? []
    source.unrenderedConfig = environment.unrendered.sources.levels(for: fqn).reduce(DataValue.emptyMapping) {
      $0.merging($1)
    }.merging(declared)
    source.sourceMeta = entries.sourceMeta
    source.unrenderedPlace = UnrenderedPlace(
      database: properties.writtenItem["database"]?.scalarText,
      schema: properties.writtenItem["schema"]?.scalarText)
    source.isEnabled = config["enabled"] != .bool(false)
    source.columns = describer.columns(table.columns, &problems)
    return source
  }

  /// Complains about configuration that is not of the kind it must be; gives how fresh a source must be.
  @discardableResult
  private func check(
    _ config: DataValue, _ subject: String, _ span: SourceSpan, _ written: [ConfigOrigins.Entry],
    _ section: (name: String, fqn: [String]), _ problems: inout [Diagnostic]
  ) -> FreshnessCriteria? {
    var origins = ConfigOrigins(entries: written)
    if let node = environment.sections[section.name] {
      origins.section = (.init(node: node, file: environment.settings.file), section.fqn)
    }
    var decoder = ConfigDecoder(subject: subject, span: span, origins: origins)
    decoder.declaration(config)
    let freshness = section.name == "sources" ? decoder.freshness(config) : nil
    problems += decoder.problems
    return freshness
  }

  /// Where a source's files are, if it is files.
  private struct Location {
    let properties: SourceProperties
    let config: DataValue
    let subject: String

    private func setting(_ key: String) -> DataValue? {
      if let value = config["meta"]?[key] ?? config[key], !value.isNone { return value }
      if let value = properties.table.properties["external"]?[key], !value.isNone { return value }
      return nil
    }

    func expression(_ problems: inout [Diagnostic]) -> String? {
      let span = properties.table.span
      if setting("plugin") != nil {
        problems.append(
          Diagnostic(.unsupported, "'plugin' of \(subject) is not supported yet", at: span))
      }
      let written = setting("external_location")
      guard let written else { return nil }
      guard let text = written.stringValue else {
        problems.append(
          Diagnostic(
            .badValue, "'external_location' of \(subject) must be text, not \(written.typeName)", at: span))
        return nil
      }
      if let formatter = setting("formatter")?.stringValue, formatter != "newstyle" {
        problems.append(
          Diagnostic(
            .unsupported, "the formatter '\(formatter)' of \(subject) is not supported yet", at: span,
            hint: "write names in braces: {name}"))
      }
      do {
        let location = try filled(text)
        let isExpression = location.contains("(") || location.hasPrefix("'")
        return isExpression ? location : StandardDialect(name: "").literal(location)
      } catch {
        problems.append(error.located(at: span))
        return nil
      }
    }

    /// Fills `{name}` and the like; doubled braces stand for one.
    private func filled(_ text: String) throws(Diagnostic) -> String {
      var result = ""
      var rest = text[...]
      while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
        result += rest[..<brace]
        let mark = rest[brace]
        rest = rest[rest.index(after: brace)...]
        if rest.first == mark {
          result.append(mark)
          rest = rest.dropFirst()
          continue
        }
        guard mark == "{", let end = rest.firstIndex(of: "}") else {
          throw Diagnostic(.badValue, "'external_location' of \(subject) has a brace without its partner")
        }
        let name = String(rest[..<end].prefix { $0 != ":" && $0 != "!" })
        guard let value = value(of: name) else {
          throw Diagnostic(
            .badValue, "'external_location' of \(subject) names '{\(name)}', which is not known",
            hint: "there are {name}, {identifier}, {schema}, {database}, {source_name} and the keys of meta")
        }
        result += value
        rest = rest[rest.index(after: end)...]
      }
      return result + rest
    }

    private func value(of name: String) -> String? {
      switch name {
      case "name": properties.table.name
      case "identifier": properties.identifier
      case "schema": properties.schema
      case "database": properties.database ?? ""
      case "source_name": properties.source
      default: setting(name)?.scalarText
      }
    }
  }

  // MARK: - Exposures

  func exposures(_ result: inout ParsedProject) {
    for entry in contents.properties.flatMap(\.exposures) {
      if let exposure = exposure(entry, &result.problems, &result.recorded) {
        result.exposures.append(exposure)
      }
    }
    result.problems += FileStage.duplicates(result.exposures.map { ($0.id, $0.span) }, "exposures")
  }

  private func exposure(
    _ entry: EntryProperties, _ problems: inout [Diagnostic], _ recorded: inout [NodeID: RecordedReferences]
  ) -> Exposure? {
    let package = environment.settings.name
    let fqn = [package] + folders(of: entry.file) + [entry.name]
    var config: DataValue = .mapping([("enabled", .bool(true))])
    for level in trees.exposures.levels(for: fqn) { config = ConfigMerge.merge(config, level) }
    for key in ["enabled", "tags", "meta"] {
      if let value = entry.node[key], !value.isNull {
        config = ConfigMerge.merge(config, .mapping([(key, value.data)]))
      }
    }
    if let node = entry.node["config"], !node.isNull { config = ConfigMerge.merge(config, node.data) }
    for level in environment.overriding?.trees.exposures.levels(for: fqn) ?? [] {
      config = ConfigMerge.merge(config, level)
    }
    guard config["enabled"] != .bool(false) else { return nil }
    check(entry, &problems)
    ExposureRules(entry: entry).check(&problems)
    check(
      config, "exposure '\(entry.name)'", entry.span, [.init(node: entry.node, file: entry.file)],
      ("exposures", fqn), &problems)
    var properties = entry.node.data.setting("config", to: config)
    let description = Describer(context: context, file: entry.file).text(entry.description, &problems)
    properties = properties.setting("description", to: .string(description))
    var exposure = Exposure(
      id: NodeID(.exposure, package, entry.name), package: package, name: entry.name, fqn: fqn,
      originalPath: environment.settings.inner(entry.file), span: entry.span, properties: properties)
    exposure.tags = Set(config["tags"]?.texts ?? []).sorted()
    exposure.unrenderedConfig = environment.unrendered.exposures.levels(for: fqn).reduce(
      DataValue.emptyMapping
    ) {
      $0.merging($1)
    }.merging(entry.node["config"]?.data ?? .emptyMapping)
    let spans = references(entry, &exposure, &problems)
    recorded[exposure.id] = spans
    return exposure
  }

  /// Makes groups.
  func groups(_ result: inout ParsedProject) {
    let package = environment.settings.name
    for entry in contents.properties.flatMap(\.groups) {
      let fqn = [package] + folders(of: entry.file) + [entry.name]
      // As in dbt, the configuration of models applies, less what runs.
      var config = trees.models.levels(for: fqn).reduce(DataValue.emptyMapping) { ConfigMerge.merge($0, $1) }
      config = ConfigMerge.merge(config, entry.node["config"]?.data ?? .emptyMapping)
      config = .mapping((config.entries ?? []).filter { !["pre-hook", "post-hook"].contains($0.key) })
      result.groups.append(
        GroupDefinition(
          id: NodeID(.group, package, entry.name), package: package, name: entry.name,
          originalPath: environment.settings.inner(entry.file), span: entry.span,
          description: Describer(context: context, file: entry.file).text(
            entry.description, &result.problems),
          owner: entry.node["owner"]?.data ?? .emptyMapping, config: config))
    }
    result.groups.sort { $0.id < $1.id }
    result.problems += FileStage.duplicates(result.groups.map { ($0.id, $0.span) }, "groups")
  }

  private func check(_ entry: EntryProperties, _ problems: inout [Diagnostic]) {
    let types = ["dashboard", "notebook", "analysis", "ml", "application"]
    if let node = entry.node["type"] {
      if let type = node.string, types.contains(type) { return }
      problems.append(
        Diagnostic(
          .badValue, "exposure '\(entry.name)' has the unknown type '\(node.scalarText ?? "")'",
          at: node.span(in: entry.file), hint: "it is one of: " + types.joined(separator: ", ")))
    } else {
      problems.append(
        Diagnostic(
          .missingKey, "exposure '\(entry.name)' has no type", at: entry.span,
          hint: "it is one of: " + types.joined(separator: ", ")))
    }
  }

  /// Reads `depends_on`: texts such as `ref('orders')`.
  private func references(
    _ entry: EntryProperties, _ exposure: inout Exposure, _ problems: inout [Diagnostic]
  ) -> RecordedReferences {
    context.frame = RenderFrame(package: environment.settings.name)
    context.frame.takesMetrics = true
    context.frame.docs = contents.docs
    var spans: (references: [SourceSpan?], sources: [SourceSpan?]) = ([], [])
    for item in entry.node["depends_on"]?.items ?? [] {
      let span = item.span(in: entry.file)
      guard let text = item.string else { continue }
      let call = YAMLRenderer.soleExpression(text) ?? text
      guard CheckRendering.looksLikeCall(call, besides: ["metric"]) else {
        problems.append(
          Diagnostic(
            .badValue, "'depends_on' of exposure '\(entry.name)' holds '\(text)'; it is ignored", at: span,
            severity: .warning,
            hint: "write ref('model'), source('source', 'table') or metric('metric')"))
        continue
      }
      do {
        _ = try context.interpreter.evaluate(expression: call, name: entry.file)
      } catch {
        problems += DiagnosticList.collecting(error, else: .badValue, "the reference cannot be read").map {
          problem in
          var problem = problem
          problem.span = span
          return problem
        }
      }
      for place in context.frame.metrics.indices where context.frame.metrics[place].span == nil {
        context.frame.metrics[place].span = span
      }
      while spans.references.count < context.frame.references.count { spans.references.append(span) }
      while spans.sources.count < context.frame.sources.count { spans.sources.append(span) }
    }
    exposure.metricReferences = context.frame.metrics
    exposure.references = context.frame.references
    exposure.sourceReferences = context.frame.sources
    return RecordedReferences(references: spans.references, sources: spans.sources)
  }
}
