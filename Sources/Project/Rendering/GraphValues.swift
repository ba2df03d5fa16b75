import EngineCore
import Jinja

/// Nodes and sources as templates see them in `model` and `graph`: dictionaries shaped like dbt's manifest.
enum GraphValues {
  static func graph(_ project: Project?) -> Value {
    let nodes = DictObject()
    let sources = DictObject()
    let exposures = DictObject()
    let functions = DictObject()
    for item in (project?.nodes ?? []) + (project?.operations ?? []) where item.unitTest == nil {
      (item.function == nil ? nodes : functions)[item.id.rawValue] = node(item, target: project?.target)
    }
    for item in project?.sources ?? [] { sources[item.id.rawValue] = source(item) }
    for item in project?.exposures ?? [] { exposures[item.id.rawValue] = exposure(item) }
    func semantics(_ kind: ResourceType) -> Value {
      let values = DictObject()
      for item in project?.semantics ?? [] where item.resourceType == kind {
        values[item.id.rawValue] = semantic(item)
      }
      return .dict(values)
    }
    return Value([
      ("nodes", .dict(nodes)), ("sources", .dict(sources)), ("exposures", .dict(exposures)),
      ("metrics", semantics(.metric)), ("groups", .dict(DictObject())),
      ("semantic_models", semantics(.semanticModel)),
      ("saved_queries", semantics(.savedQuery)), ("functions", .dict(functions)),
    ])
  }

  /// What a name means, as a result of a run shows it.
  static func named(_ id: NodeID, _ project: Project?) -> Value {
    if let node = project?.node(id) { return Self.node(node) }
    if let resource = project?.semantic(id) { return semantic(resource) }
    return project?.exposure(id).map(exposure) ?? Value.none
  }

  /// A node. What it stores nothing in has a place all the same, as in dbt, where the target is known.
  static func node(_ node: Node, target: Target? = nil) -> Value {
    let columns = DictObject()
    for column in node.columns { columns[column.name] = Self.column(column) }
    let alias = node.relation?.identifier ?? node.config.alias ?? node.standardAlias
    let properties = node.propertiesPath.map { "\(node.package)://\($0)" }
    let code =
      node.resourceType == .seed
      ? "" : node.resourceType == .snapshot ? node.code : NativeMacros.trimmed(node.code)
    let own: [(String, Value)] = [
      ("name", .string(node.name)), ("unique_id", .string(node.id.rawValue)), ("alias", .string(alias)),
      ("resource_type", .string(node.resourceType.rawValue)), ("package_name", .string(node.package)),
      ("path", .string(node.path)), ("original_file_path", .string(node.originalPath)),
      ("database", text(node.relation?.database ?? node.config.database ?? target?.database)),
      ("schema", text(node.relation?.schema ?? schema(of: node, in: target))),
      ("relation_name", text(node.relation.map { StandardDialect(name: "").rendered($0) })),
      ("fqn", texts(node.fqn)), ("config", Value(node.config.values)), ("tags", texts(node.config.tags)),
      ("meta", Value(node.config.values["meta"] ?? .emptyMapping)),
      ("description", .string(node.description)),
      ("columns", .dict(columns)), ("raw_code", .string(code)), ("raw_sql", .string(code)),
      ("language", node.isPython ? "python" : "sql"),
      ("constraints", Value(node.constraints.map { constraint($0, ofModel: true) })),
      (
        "contract",
        Value([
          ("enforced", .bool(node.config.contract.isEnforced)),
          ("alias_types", .bool(node.config.contract.aliasesTypes)),
          ("checksum", text(node.contractChecksum)),
        ])
      ),
      ("group", Value(node.config.values["group"] ?? .none)),
      ("refs", Value(node.references.map { texts([$0.package, $0.name].compactMap { $0 }) })),
      ("sources", Value(node.sourceReferences.map { texts([$0.source, $0.table]) })),
      ("functions", Value(node.functionReferences.map { texts($0.names) })),
      (
        "depends_on",
        Value([
          ("nodes", texts(node.dependencies.map(\.rawValue))),
          ("macros", texts(node.calledMacros.map(\.rawValue))),
        ])
      ),
      ("checksum", Value([("name", "sha256"), ("checksum", .string(node.checksum))])),
      ("patch_path", text(node.check == nil ? properties : nil)),
    ]
    return Value(own + model(node) + check(node.check) + function(node.function))
  }

  private static func schema(of node: Node, in target: Target?) -> String? {
    target.map { target in node.config.schema.map { "\(target.schema)_\($0)" } ?? target.schema }
  }

  /// What only models have.
  private static func model(_ node: Node) -> [(String, Value)] {
    guard node.resourceType == .model else { return [] }
    let spine: Value? = node.timeSpine.map { spine in
      let own = spine.granularities.map {
        Value([("name", .string($0.name)), ("column_name", text($0.column))])
      }
      return Value([
        ("standard_granularity_column", .string(spine.column)), ("custom_granularities", Value(own)),
      ])
    }
    return [
      ("access", Value(node.config.values["access"] ?? .string("protected"))),
      ("version", node.version.map { Value($0.value) } ?? .none),
      ("latest_version", node.version.map { Value($0.latest) } ?? .none),
      ("deprecation_date", text(node.deprecationDate?.artifactText)), ("time_spine", spine ?? .none),
    ]
  }

  /// What only functions have.
  private static func function(_ function: FunctionDefinition?) -> [(String, Value)] {
    guard let function else { return [] }
    let arguments = function.arguments.map { argument in
      Value([
        ("name", .string(argument.name)), ("data_type", .string(argument.dataType)),
        ("description", text(argument.description)),
        ("default_value", argument.defaultValue.map { Value($0) } ?? Value.none),
      ])
    }
    let returns = Value([
      ("data_type", text(function.returns?.dataType)), ("description", text(function.returns?.description)),
    ])
    return [("arguments", Value(arguments)), ("returns", returns)]
  }

  private static func column(_ column: ColumnDefinition) -> Value {
    Value([
      ("name", .string(column.name)), ("description", .string(column.description)),
      ("data_type", text(column.dataType)), ("quote", column.quote.map { .bool($0) } ?? Value.none),
      ("tags", texts(column.tags)), ("meta", Value(column.meta)),
      ("config", Value([("meta", Value(column.meta)), ("tags", texts(column.tags))])),
      ("constraints", Value(column.constraints.map { constraint($0, ofModel: false) })),
    ])
  }

  private static func constraint(_ constraint: ConstraintDefinition, ofModel isOfModel: Bool) -> Value {
    Value(
      [
        ("type", .string(constraint.kind.rawValue)), ("name", text(constraint.name)),
        ("expression", text(constraint.expression)), ("warn_unenforced", .bool(constraint.warnsUnenforced)),
        ("warn_unsupported", .bool(constraint.warnsUnsupported)), ("to", text(constraint.to)),
        ("to_columns", texts(constraint.toColumns)),
      ] + (isOfModel ? [("columns", texts(constraint.columns))] : []))
  }

  static func semantic(_ resource: SemanticResource) -> Value {
    let own = (resource.properties.entries ?? []).map { ($0.key, Value($0.value)) }
    return Value(
      [
        ("name", .string(resource.name)), ("resource_type", .string(resource.resourceType.rawValue)),
        ("package_name", .string(resource.package)), ("original_file_path", .string(resource.originalPath)),
        ("unique_id", .string(resource.id.rawValue)), ("fqn", texts(resource.fqn)),
        ("description", text(resource.description)), ("label", text(resource.label)),
        ("config", Value(resource.config)), ("tags", texts(resource.tags)), ("group", text(resource.group)),
        (
          "depends_on",
          Value([("nodes", texts(resource.dependencies.map(\.rawValue))), ("macros", texts([]))])
        ),
      ] + own)
  }

  private static func source(_ source: SourceTable) -> Value {
    let columns = DictObject()
    for column in source.columns { columns[column.name] = Self.column(column) }
    return Value([
      ("columns", .dict(columns)), ("source_description", .string(source.sourceDescription)),
      ("source_meta", Value(source.sourceMeta)), ("freshness", freshness(source.config["freshness"])),
      ("loaded_at_field", text(source.loadedAtField)), ("path", .string(source.originalPath)),
      ("external", Value(source.properties["external"] ?? .none)),
      ("name", .string(source.name)), ("source_name", .string(source.sourceName)),
      ("unique_id", .string(source.id.rawValue)), ("resource_type", "source"),
      ("package_name", .string(source.package)), ("database", text(source.relation.database)),
      ("schema", text(source.relation.schema)), ("identifier", .string(source.identifier)),
      ("fqn", texts(source.fqn)), ("tags", texts(source.tags)), ("meta", Value(source.meta)),
      ("description", .string(source.description)), ("loader", .string(source.loader)),
      ("config", configuration(of: source)), ("original_file_path", .string(source.originalPath)),
    ])
  }

  /// What the configuration says, with the keys that dbt always has.
  private static func configuration(of source: SourceTable) -> Value {
    let own: [(String, Value)] = [
      ("enabled", .bool(source.isEnabled)), ("event_time", Value(source.config["event_time"] ?? .none)),
      ("freshness", freshness(source.config["freshness"])), ("loaded_at_field", text(source.loadedAtField)),
      ("loaded_at_query", text(source.loadedAtQuery)), ("meta", Value(source.meta)),
      ("tags", texts(source.tags)),
    ]
    let names = own.map(\.0)
    let others = (source.config.entries ?? []).filter { !names.contains($0.key) }
    return Value(own + others.map { ($0.key, Value($0.value)) })
  }

  /// As dbt has it: nothing if it is not to be asked, else every key.
  private static func freshness(_ freshness: DataValue?) -> Value {
    if let freshness, freshness.isNone { return .none }
    func limit(_ name: String) -> Value {
      let limit = freshness?[name]
      return Value([
        ("count", Value(limit?["count"] ?? .none)), ("period", Value(limit?["period"] ?? .none)),
      ])
    }
    return Value([
      ("warn_after", limit("warn_after")), ("error_after", limit("error_after")),
      ("filter", Value(freshness?["filter"] ?? .none)),
    ])
  }

  /// What an exposure holds of itself though its file does not say it.
  private static let exposureDefaults: DataValue = .dict([
    ("description", .string("")), ("label", .none), ("maturity", .none), ("url", .none),
    ("meta", .emptyMapping), ("config", .emptyMapping),
  ])
  private static let nobody: DataValue = .dict([("email", .none), ("name", .none)])

  static func exposure(_ exposure: Exposure) -> Value {
    let own: [(String, Value)] = [
      ("name", .string(exposure.name)), ("unique_id", .string(exposure.id.rawValue)),
      ("resource_type", "exposure"), ("package_name", .string(exposure.package)),
      ("fqn", texts(exposure.fqn)), ("original_file_path", .string(exposure.originalPath)),
      ("tags", texts(exposure.tags)), ("owner", Value(nobody.merging(exposure.properties["owner"] ?? .none))),
      (
        "depends_on", Value([("nodes", texts(exposure.dependencies.map(\.rawValue))), ("macros", texts([]))])
      ),
    ]
    let names = own.map(\.0)
    let described = exposureDefaults.merging(exposure.properties)
    let others = (described.entries ?? []).filter { !names.contains($0.key) }
    return Value(own + others.map { ($0.key, Value($0.value)) })
  }

  /// What a check adds to a node.
  private static func check(_ check: CheckDefinition?) -> [(String, Value)] {
    guard case .generic(let check)? = check else { return [] }
    var arguments: [(String, Value)] = []
    for (key, value) in check.arguments.entries ?? [] where key != "model" && key != "column_name" {
      arguments.append((key, Value(value)))
    }
    if let column = check.column { arguments.append(("column_name", .string(column))) }
    return [
      ("column_name", text(check.column)), ("attached_node", .string(check.attachedNode.rawValue)),
      (
        "test_metadata",
        Value([
          ("name", .string(check.name)), ("namespace", text(check.namespace)), ("kwargs", Value(arguments)),
        ])
      ),
    ]
  }

  private static func text(_ value: String?) -> Value { value.map { .string($0) } ?? Value.none }

  private static func texts(_ values: [String]) -> Value { Value(values.map { Value.string($0) }) }
}
