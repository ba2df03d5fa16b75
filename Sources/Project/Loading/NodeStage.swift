import Diagnostics
import EngineCore
import Jinja

/// A node as it was parsed, with the places of what it refers to.
struct ParsedNode: Sendable {
  var node: Node
  var referenceSpans: [SourceSpan?] = []
  var sourceSpans: [SourceSpan?] = []
  var functionSpans: [SourceSpan?] = []
  var groupSpan: SourceSpan?
}

/// Where references stand in the files, by the node that holds them.
struct RecordedReferences: Sendable {
  var references: [SourceSpan?]
  var sources: [SourceSpan?]
  var functions: [SourceSpan?] = []
  /// Where the node's group is said, if it is.
  var group: SourceSpan?
}

/// Everything that the files define, references not yet followed.
struct ParsedProject: Sendable {
  var nodes: [Node] = []
  var disabled: [Node] = []
  var sources: [SourceTable] = []
  var exposures: [Exposure] = []
  var groups: [GroupDefinition] = []
  var semantics: [SemanticResource] = []
  var operations: [Node] = []
  var recorded: [NodeID: RecordedReferences] = [:]
  var problems: [Diagnostic] = []

  /// Takes in what a package defines.
  mutating func add(_ package: ParsedProject) {
    nodes += package.nodes
    disabled += package.disabled
    sources += package.sources
    exposures += package.exposures
    groups = (groups + package.groups).sorted { $0.id < $1.id }
    semantics = (semantics + package.semantics).sorted { $0.id < $1.id }
    operations = (operations + package.operations).sorted { $0.id < $1.id }
    recorded.merge(package.recorded) { $1 }
  }

  mutating func add(_ parsed: ParsedNode) {
    recorded[parsed.node.id] = RecordedReferences(
      references: parsed.referenceSpans, sources: parsed.sourceSpans, functions: parsed.functionSpans,
      group: parsed.groupSpan)
    if parsed.node.config.isEnabled { nodes.append(parsed.node) } else { disabled.append(parsed.node) }
  }
}

/// Renders every file in parse mode and joins it with what property files say.
enum NodeStage {
  private enum Item: Sendable {
    case model(FilePlace), seed(FilePlace), check(FilePlace), analysis(FilePlace), function(FilePlace)
    case snapshot(DeclaredSnapshot)
  }

  static func run(
    _ files: ProjectFiles, _ contents: FileContents, _ environment: LoadEnvironment
  ) async -> ParsedProject {
    var result = ParsedProject()
    let index = PropertyIndex(contents.properties, &result.problems)
    let entries = SnapshotReader.entries(contents.properties, environment.settings)
    result.problems += entries.problems
    let items =
      files.models.map { Item.model($0) } + files.seeds.map { Item.seed($0) }
      + files.checks.map { Item.check($0) } + files.analyses.map { Item.analysis($0) }
      + files.functions.map { Item.function($0) }
      + (contents.snapshots + entries.snapshots).map { Item.snapshot($0) }
    let trees = ConfigTrees(environment.settings.values)
    let parsed = await Parallel.chunks(of: items) { chunk in
      let builder = NodeBuilder(environment, contents, index, trees)
      return chunk.map { item in
        switch item {
        case .model(let place): builder.model(place)
        case .seed(let place): builder.seed(place)
        case .check(let place): builder.check(place)
        case .analysis(let place): builder.analysis(place)
        case .function(let place): builder.function(place)
        case .snapshot(let declared): builder.snapshot(declared)
        }
      }
    }
    collect(parsed, &result)
    for (type, name) in [
      (ResourceType.model, "models"), (.seed, "seeds"), (.check, "checks"), (.snapshot, "snapshots"),
      (.analysis, "analyses"), (.function, "functions"),
    ] {
      let all = [result.nodes, result.disabled].flatMap { nodes in
        nodes.indices.lazy.filter { nodes[$0].resourceType == type }.map { (nodes[$0].id, nodes[$0].span) }
      }
      result.problems += FileStage.duplicates(all, name)
    }
    sharedNames(result.nodes, &result.problems)
    let declarations = DeclarationBuilder(environment, contents, index, trees)
    declarations.loads(&result)
    declarations.sources(&result)
    declarations.exposures(&result)
    declarations.groups(&result)
    SemanticBuilder(environment, contents, trees).build(&result)
    operations(NodeBuilder(environment, contents, index, trees), environment.settings, &result)
    await genericChecks(contents, environment, index, trees, &result)
    unitTests(NodeBuilder(environment, contents, index, trees), contents, files, &result)
    PatternSources(loads: contents.loads, package: environment.settings.name, target: environment.target)
      .add(to: &result)
    return result
  }

  private static func operations(
    _ builder: NodeBuilder, _ settings: ProjectSettings, _ result: inout ParsedProject
  ) {
    for (kind, hooks) in [("on-run-end", settings.onRunEnd), ("on-run-start", settings.onRunStart)] {
      let own = hooks.filter { $0.package == nil || $0.package == settings.name && !settings.folder.isEmpty }
      for (index, hook) in own.enumerated() {
        let parsed = builder.operation(hook, kind, index)
        result.recorded[parsed.node.id] = RecordedReferences(
          references: parsed.referenceSpans, sources: parsed.sourceSpans, functions: parsed.functionSpans)
        result.operations.append(parsed.node)
      }
    }
    result.operations.sort { $0.id < $1.id }
  }

  private static func unitTests(
    _ builder: NodeBuilder, _ contents: FileContents, _ files: ProjectFiles, _ result: inout ParsedProject
  ) {
    let entries = contents.properties.flatMap(\.unitTests).filter { !contents.lost.models.contains($0.model) }
    guard !entries.isEmpty else { return }
    let surroundings = UnitTestSurroundings(result.nodes + result.disabled, fixtures: files.fixtures)
    let outcomes = entries.flatMap { builder.unitTests($0, surroundings) }
    collect(outcomes, &result)
    result.problems += FileStage.duplicates(
      outcomes.compactMap(\.parsed).map { ($0.node.id, $0.node.span) }, "unit tests")
  }

  private static func collect(_ outcomes: [NodeOutcome], _ result: inout ParsedProject) {
    for outcome in outcomes {
      result.problems += outcome.problems
      if let parsed = outcome.parsed { result.add(parsed) }
    }
  }

  /// A model, a seed or a snapshot of one name: all would answer to `ref()`.
  private static func sharedNames(_ nodes: [Node], _ problems: inout [Diagnostic]) {
    var known: [String: Int] = [:]
    for type in [ResourceType.seed, .snapshot, .model] {
      for index in nodes.indices where nodes[index].resourceType == type {
        guard let place = known[nodes[index].name] else {
          known[nodes[index].name] = index
          continue
        }
        let (node, other) = (nodes[index], nodes[place])
        guard other.resourceType != type else { continue }
        problems.append(
          Diagnostic(
            .duplicateName,
            "a \(type.rawValue) and a \(other.resourceType.rawValue) are both called '\(node.name)'",
            at: node.span, notes: ["the other is at \(other.span)"], hint: "rename one of them"))
      }
    }
  }

  private static func genericChecks(
    _ contents: FileContents, _ environment: LoadEnvironment, _ index: PropertyIndex, _ trees: ConfigTrees,
    _ result: inout ParsedProject
  ) async {
    var owners: [String: NodeID] = [:]
    for index in result.nodes.indices
    where ![.check, .load, .analysis, .function].contains(result.nodes[index].resourceType) {
      owners[result.nodes[index].searchName] = result.nodes[index].id
    }
    var entries: [CheckEntry] = []
    for resource in contents.properties.flatMap(\.resources) where resource.hasChecks {
      guard let owner = owners[resource.searchName] else { continue }
      let version = resource.version?.version.value
      entries += CheckEntry.all(
        of: resource, owner: .resource(name: resource.name, version: version), attachedTo: owner)
    }
    var tables: [NodeID: SourceTable] = [:]
    for table in result.sources where table.isEnabled { tables[table.id] = table }
    for source in contents.allSources where source.table.hasChecks {
      let id = NodeID(.source, environment.settings.name, "\(source.source).\(source.table.name)")
      guard tables[id] != nil else { continue }
      entries += CheckEntry.all(
        of: source.table, owner: .source(source: source.source, table: source.table.name), attachedTo: id,
        tags: SourceConfiguration(source: source.sourceItem, table: source.table.item).checkTags)
    }
    let outcomes = await Parallel.chunks(of: entries) { chunk in
      let builder = NodeBuilder(environment, contents, index, trees)
      return chunk.map { builder.genericCheck($0) }
    }
    let before = result.nodes.count
    collect(outcomes, &result)
    result.problems += FileStage.duplicates(result.nodes[before...].map { ($0.id, $0.span) }, "checks")
  }
}

/// What became of one file or declaration.
struct NodeOutcome: Sendable {
  var parsed: ParsedNode?
  var problems: [Diagnostic]
}

/// A check's declaration and what it is declared on.
struct CheckEntry: Sendable {
  var node: YAMLNode
  var file: String
  var column: ColumnDefinition?
  var owner: DeclaredCheck.Owner
  var attachedTo: NodeID
  /// The tags of the source that it is declared on: they are the check's too.
  var ownerTags: [String]

  /// The mappings that configure it: the arguments under its name, and the entry where that holds them itself.
  var configuring: [ConfigOrigins.Entry] {
    let named = (node.entries ?? []).compactMap { $0.value.entries == nil ? nil : $0.value }
    return (named + [node]).map { ConfigOrigins.Entry(node: $0, file: file) }
  }

  static func all(
    of resource: ResourceProperties, owner: DeclaredCheck.Owner, attachedTo id: NodeID, tags: [String] = []
  ) -> [CheckEntry] {
    let own = resource.checks.map {
      CheckEntry(node: $0, file: resource.file, column: nil, owner: owner, attachedTo: id, ownerTags: tags)
    }
    let quotesAll = resource.config["quote_columns"]?.boolValue ?? false
    return own
      + resource.columns.flatMap { column in
        var definition = column.definition
        if definition.quote ?? quotesAll {
          definition.name = StandardDialect(name: "").quoted(definition.name)
        }
        return column.checks.map {
          CheckEntry(
            node: $0, file: resource.file, column: definition, owner: owner, attachedTo: id, ownerTags: tags)
        }
      }
  }
}

extension ResourceProperties {
  var hasChecks: Bool { !checks.isEmpty || columns.contains { !$0.checks.isEmpty } }
}

/// The property entries by what they describe.
struct PropertyIndex: Sendable {
  private var entries: [String: ResourceProperties] = [:]

  init(_ files: [PropertyFile], _ problems: inout [Diagnostic]) {
    for resource in files.flatMap(\.resources) {
      let keys = (resource.version?.fileNames ?? [resource.name]).map { Self.key(resource.section, $0) }
      let taken = keys.first { entries[$0] != nil }
      guard let known = taken.flatMap({ entries[$0] }) else {
        for key in keys { entries[key] = resource }
        continue
      }
      problems.append(
        Diagnostic(
          .duplicateName, "'\(resource.name)' is described twice under '\(resource.section)'",
          at: resource.span,
          notes: ["the other entry is at \(known.span)"], hint: "keep one entry and move everything into it"))
    }
  }

  subscript(section: String, name: String) -> ResourceProperties? { entries[Self.key(section, name)] }

  /// Every entry, by file and place.
  var all: [ResourceProperties] {
    entries.values.sorted { ($0.file, $0.span.line, $0.name) < ($1.file, $1.span.line, $1.name) }
  }

  private static func key(_ section: String, _ name: String) -> String {
    let section = section == "tests" || section == "checks" ? "data_tests" : section
    return section + "\u{0}" + name
  }
}

/// The project file's configuration sections.
struct ConfigTrees: Sendable {
  let models: ConfigTree
  let seeds: ConfigTree
  let snapshots: ConfigTree
  let checks: ConfigTree
  let sources: ConfigTree
  let exposures: ConfigTree
  let unitTests: ConfigTree
  let metrics: ConfigTree
  let semanticModels: ConfigTree
  let savedQueries: ConfigTree
  let functions: ConfigTree

  /// The section for a kind of node.
  subscript(type: ResourceType) -> ConfigTree {
    switch type {
    case .seed: seeds
    case .snapshot: snapshots
    case .check: checks
    case .source: sources
    case .exposure: exposures
    case .unitTest: unitTests
    case .metric: metrics
    case .semanticModel: semanticModels
    case .savedQuery: savedQueries
    case .function: functions
    default: models
    }
  }

  init(_ values: DataValue) {
    models = ConfigTree(values["models"])
    seeds = ConfigTree(values["seeds"])
    snapshots = ConfigTree(values["snapshots"])
    checks = ConfigTree(values["data_tests"] ?? values["tests"] ?? values["checks"])
    sources = ConfigTree(values["sources"])
    exposures = ConfigTree(values["exposures"])
    unitTests = ConfigTree(values["unit_tests"])
    metrics = ConfigTree(values["metrics"])
    semanticModels = ConfigTree(values["semantic-models"])
    savedQueries = ConfigTree(values["saved-queries"])
    functions = ConfigTree(values["functions"])
  }
}
