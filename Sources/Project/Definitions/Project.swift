import Diagnostics
import EngineCore
import Jinja

/// A whole project as read from disk: immutable, every list sorted by unique name.
public struct Project: Sendable {
  /// What the project file says.
  public var settings: ProjectSettings
  /// The environment that this run works in.
  public var target: Target
  /// Enabled models, seeds, loads and checks.
  public var nodes: [Node]
  /// Tables that others produce.
  public var sources: [SourceTable]
  /// Uses of the data outside the project.
  public var exposures: [Exposure]
  /// The project's macros.
  public var macros: [MacroDefinition]
  /// The hooks of the whole run, sorted by unique name: nodes that nothing reads and that no plan has.
  public var operations: [Node] = []
  /// Semantic models, metrics and saved queries, sorted by unique name.
  public var semantics: [SemanticResource] = []
  /// Those of them that are switched off, sorted by unique name.
  public var disabledSemantics: [SemanticResource] = []
  /// Groups of models, sorted by unique name.
  public var groups: [GroupDefinition] = []
  /// The named selections of `selectors.yml`, in the file's order.
  public var selectors: [SelectorDefinition] = []
  /// Named pieces of documentation.
  public var docs: [DocsBlock]
  /// What is switched off by `enabled: false`, for selectors and artifacts.
  public var disabled: [Node]
  /// Named sources: the project's own, then those of the person's `~/.weir/connections.yml`.
  public var connections: [ConnectionDefinition]
  /// `vars` of the project file under those of the command line.
  public var vars: DataValue
  /// What `var()` finds in the packages' own texts, by package.
  var packageVars: [String: DataValue] = [:]
  /// The versions of the project and its packages, as far as their project files say one.
  var packageVersions: [String: String?] = [:]
  /// Where `nodes` and `sources` hold a name.
  public private(set) var nodeIndex: [NodeID: Int]
  /// Where `sources` holds a name.
  public private(set) var sourceIndex: [NodeID: Int]
  /// What names in `ref()` and `source()` mean, and in plain SQL, and which macros there are.
  let references: ReferenceTable
  let plainNames: PlainNameTable
  let macroTable: MacroTable

  /// Makes a project; sorts what it is given.
  public init(
    settings: ProjectSettings, target: Target, nodes: [Node], sources: [SourceTable],
    exposures: [Exposure], macros: [MacroDefinition], docs: [DocsBlock], disabled: [Node],
    vars: DataValue, connections: [ConnectionDefinition] = []
  ) {
    self.settings = settings
    self.target = target
    self.nodes = nodes.sorted { $0.id < $1.id }
    self.sources = sources.sorted { $0.id < $1.id }
    self.exposures = exposures.sorted { $0.id < $1.id }
    self.macros = macros.sorted { $0.id < $1.id }
    self.docs = docs.sorted { $0.id < $1.id }
    self.disabled = disabled.sorted { $0.id < $1.id }
    self.vars = vars
    self.connections = connections
    references = ReferenceTable(nodes: self.nodes, sources: self.sources, disabled: self.disabled)
    plainNames = PlainNameTable(nodes: self.nodes, sources: self.sources)
    macroTable = MacroTable(self.macros, root: settings.name, searchOrders: settings.searchOrders)
    nodeIndex = [:]
    sourceIndex = [:]
    for (index, node) in self.nodes.enumerated() { nodeIndex[node.id] = index }
    for (index, source) in self.sources.enumerated() { sourceIndex[source.id] = index }
  }

  /// The node of that name.
  public func node(_ id: NodeID) -> Node? { nodeIndex[id].map { nodes[$0] } }

  /// The source of that name.
  public func source(_ id: NodeID) -> SourceTable? { sourceIndex[id].map { sources[$0] } }
}

/// What `weir.yml` or `dbt_project.yml` says.
public struct ProjectSettings: Sendable {
  /// The name.
  public var name: String
  /// The version, if one is said.
  public var version: String?
  /// The project's folder, absolute.
  public var root: String
  /// The project file's name (`weir.yml` or `dbt_project.yml`), from the project's folder.
  public var file: String
  /// The folder of a package within the project; empty for the project itself.
  var folder = ""
  /// Where packages are installed.
  public var packagesPath = "dbt_packages"
  /// The packages that `adapter.dispatch()` goes through, by the namespace that it is given.
  var searchOrders: [String: [String]] = [:]
  /// The name of the profile.
  public var profileName: String?
  /// The Python that runs Python models, if the project names one.
  public var python: String?
  /// Folders of models.
  public var modelPaths: [String]
  /// Folders of seeds.
  public var seedPaths: [String]
  /// Folders of checks.
  public var testPaths: [String]
  /// Folders of macros.
  public var macroPaths: [String]
  /// Folders of docs blocks.
  public var docsPaths: [String]
  /// Folders of analyses.
  public var analysisPaths: [String]
  /// Folders of loads.
  public var loadPaths: [String]
  /// Folders of snapshots.
  public var snapshotPaths: [String]
  /// Folders of functions.
  public var functionPaths: [String]
  /// Where artifacts go, relative to the project unless absolute.
  public var targetPath: String
  /// Folders that `clean` removes.
  public var cleanTargets: [String]
  /// Statements before the first node.
  public var onRunStart: [Hook]
  /// Statements after the last node.
  public var onRunEnd: [Hook]
  /// The whole file, for what is read later (`vars`, `models`, `seeds`, `tests`, `flags`, …).
  public var values: DataValue

  /// Makes settings with dbt's default folders.
  public init(name: String, root: String, file: String, values: DataValue) {
    self.name = name
    self.root = root
    self.file = file
    self.values = values
    modelPaths = ["models"]
    seedPaths = ["seeds"]
    testPaths = ["tests"]
    macroPaths = ["macros"]
    docsPaths = []
    analysisPaths = ["analyses"]
    loadPaths = ["loads"]
    snapshotPaths = ["snapshots"]
    functionPaths = ["functions"]
    targetPath = "target"
    cleanTargets = ["target"]
    onRunStart = []
    onRunEnd = []
  }
}

/// A named environment that a run works in.
public struct Target: Sendable {
  /// The name of the profile.
  public var profileName: String
  /// The name.
  public var name: String
  /// The engine's kind.
  public var type: String
  /// Where relations go that say nothing else.
  public var database: String
  /// The schema.
  public var schema: String
  /// How many nodes are worked on at once.
  public var threads: Int
  /// What the engine is opened with. May hold secrets: never print it.
  public var profile: ConnectionProfile
  /// What Jinja's `target` shows: no secrets.
  public var visibleValues: DataValue

  /// Makes a target.
  public init(
    profileName: String, name: String, type: String, database: String, schema: String, threads: Int,
    profile: ConnectionProfile, visibleValues: DataValue
  ) {
    self.profileName = profileName
    self.name = name
    self.type = type
    self.database = database
    self.schema = schema
    self.threads = threads
    self.profile = profile
    self.visibleValues = visibleValues
  }
}
