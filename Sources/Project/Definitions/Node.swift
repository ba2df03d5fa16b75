import Diagnostics
import EngineCore
import Jinja

/// Something a run builds or checks: a model, a seed, a load or a check.
public struct Node: Sendable {
  /// The unique name.
  public var id: NodeID
  /// What it is.
  public var resourceType: ResourceType
  /// Its name within its package.
  public var name: String
  /// The package that it belongs to: the project's name, or a dependency's.
  public var package: String
  /// The file, relative to the folder that its kind of resource lives in, as in dbt's `path`.
  public var path: String
  /// The file, relative to the project.
  public var originalPath: String
  /// Package, folders and name, as selectors and folder configuration match them.
  public var fqn: [String]
  /// Where it is declared: the first line of its file, or its place in a YAML file.
  public var span: SourceSpan
  /// Where it is stored; nil for what stores nothing (ephemeral models, checks without stored failures).
  public var relation: Relation?
  /// Its configuration after all merging. It is large, and copies of a node share it.
  public var config: NodeConfig {
    _read { yield configuration.value }
    _modify {
      if !isKnownUniquelyReferenced(&configuration) { configuration = SharedBox(configuration.value) }
      yield &configuration.value
    }
  }
  private var configuration: SharedBox<NodeConfig>
  /// What is written of its configuration, where Jinja of YAML files is not rendered yet: of each key the last place
  /// that says it.
  public var unrenderedConfig: DataValue
  /// The file's text as it is; for a generic check the call that stands for it.
  public var code: String
  /// Where the text begins in its file.
  public var codeOffset = CodeOffset()
  /// SHA-256 of the text without the space around it, in hex; of a large seed its path.
  public var checksum: String
  /// The description after docs blocks were filled in.
  public var description: String
  /// Columns that property files describe, in their order.
  public var columns: [ColumnDefinition]
  /// The property file that describes it, relative to the project.
  public var propertiesPath: String?
  /// Where in that file it is described.
  public var propertiesSpan: SourceSpan?
  /// What its rows must be, beyond what its columns say.
  public var constraints: [ConstraintDefinition] = []
  /// Which of its model's versions it is; nil for models without versions and all other nodes.
  public var version: ModelVersion?
  /// From when on a model should not be read any more, as it is written; nil if nothing is said.
  public var deprecationDate: DeprecationDate?
  /// `ref` calls, in order, without repeats, and then those of foreign keys.
  public var references: [ModelReference]
  /// `source` calls, in order, without repeats.
  public var sourceReferences: [SourceReference]
  /// The project's macros that rendering it calls, those that other macros call among them.
  public var macros: [NodeID]
  /// The macros that its own text calls, those that are built in among them, in order.
  public var calledMacros: [NodeID]
  /// The docs blocks that its description holds.
  public var docsBlocks: [NodeID]
  /// The sources and nodes that it reads, each in the order of the text, without repeats.
  public var dependencies: [NodeID]
  /// What makes a model a time spine; nil for others.
  public var timeSpine: TimeSpine?
  /// What makes it a check; nil for other nodes.
  public var check: CheckDefinition?
  /// What makes it a unit test; nil for other nodes.
  public var unitTest: UnitTestDefinition? {
    get { ownUnitTest?.value }
    set { ownUnitTest = newValue.map { SharedBox($0) } }
  }
  private var ownUnitTest: SharedBox<UnitTestDefinition>?
  /// What makes it a load; nil for other nodes. Its tables are sources that say so in `loadedBy`.
  public var load: LoadDefinition? {
    get { ownLoad?.value }
    set { ownLoad = newValue.map { SharedBox($0) } }
  }
  private var ownLoad: SharedBox<LoadDefinition>?
  /// Plain SQL's references that the project knows, by place in `code`; empty for text with Jinja.
  public var plainReferences: [PlainReference]

  /// Whether the text is plain SQL, that is, holds no Jinja.
  public var isPlainSQL: Bool
  /// Whether the text is Python, and no SQL.
  public var isPython = false
  /// The parsed text; nil for plain SQL, seeds and generic checks.
  var template: Template?

  /// Makes a node; everything beyond its identity starts empty.
  public init(
    id: NodeID, resourceType: ResourceType, name: String, package: String, path: String,
    originalPath: String, fqn: [String], span: SourceSpan, config: NodeConfig, code: String,
    checksum: String
  ) {
    self.id = id
    self.resourceType = resourceType
    self.name = name
    self.package = package
    self.path = path
    self.originalPath = originalPath
    self.fqn = fqn
    self.span = span
    configuration = SharedBox(config)
    self.code = code
    self.checksum = checksum
    description = ""
    columns = []
    references = []
    sourceReferences = []
    macros = []
    calledMacros = []
    docsBlocks = []
    unrenderedConfig = .emptyMapping
    dependencies = []
    plainReferences = []
    isPlainSQL = false
  }
}

/// A `ref()` call's arguments.
public struct ModelReference: Sendable, Hashable, Codable {
  /// The package, if the call names one.
  public var package: String?
  /// The model's or seed's name.
  public var name: String
  /// The version, if the call names one.
  public var version: String?
  /// Whether the call gives the version as a number, as artifacts show it.
  public var hasNumericVersion: Bool

  /// Makes a reference.
  public init(
    package: String? = nil, name: String, version: String? = nil, hasNumericVersion: Bool = false
  ) {
    self.package = package
    self.name = name
    self.version = version
    self.hasNumericVersion = hasNumericVersion
  }

  /// The call as it is written.
  public var call: String {
    var parts = [package, name].compactMap { $0 }.map { "'\($0)'" }
    if let version { parts.append(hasNumericVersion ? "v=\(version)" : "v='\(version)'") }
    return "ref(\(parts.joined(separator: ", ")))"
  }
}

/// A `source()` call's arguments.
public struct SourceReference: Sendable, Hashable, Codable {
  /// The source's name.
  public var source: String
  /// The table's name within it.
  public var table: String

  /// Makes a reference.
  public init(source: String, table: String) {
    self.source = source
    self.table = table
  }
}

/// A table of plain SQL that is a node of the project.
public struct PlainReference: Sendable, Hashable {
  /// The node or source that is meant.
  public var node: NodeID
  /// Where the name stands in the text's UTF-8 bytes.
  public var range: Range<Int>
  /// Whether the text gives the table an alias of its own.
  public var hasAlias: Bool

  /// Makes a reference.
  public init(node: NodeID, range: Range<Int>, hasAlias: Bool) {
    self.node = node
    self.range = range
    self.hasAlias = hasAlias
  }
}

/// A column that a property file describes.
public struct ColumnDefinition: Sendable, Hashable {
  /// The name.
  public var name: String
  /// The description.
  public var description: String
  /// The declared type, if any.
  public var dataType: String?
  /// How exact its times are, where it is the column of a time spine.
  public var granularity: String?
  /// Whether the name is to be quoted, if said.
  public var quote: Bool?
  /// Tags.
  public var tags: [String]
  /// Everything under `meta`.
  public var meta: DataValue
  /// The docs blocks that the description holds.
  public var docsBlocks: [NodeID] = []
  /// What its values must be.
  public var constraints: [ConstraintDefinition] = []

  /// Makes a column.
  public init(
    name: String, description: String = "", dataType: String? = nil, quote: Bool? = nil,
    tags: [String] = [], meta: DataValue
  ) {
    self.name = name
    self.description = description
    self.dataType = dataType
    self.quote = quote
    self.tags = tags
    self.meta = meta
  }
}
