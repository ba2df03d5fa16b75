import Diagnostics
import EngineCore
import Jinja

/// A table that others produce, or one of the project's loads, and models read.
public struct SourceTable: Sendable, Codable {
  /// The unique name.
  public var id: NodeID
  /// The package that it belongs to.
  public var package: String
  /// The source's name, the table's name, and the table's name in the warehouse.
  public var sourceName: String
  /// The name.
  public var name: String
  /// The name in the warehouse.
  public var identifier: String
  /// Where it lies; its `expression` is set if it is files (`external_location`).
  public var relation: Relation
  /// Package, folders and name, as selectors match them.
  public var fqn: [String]
  /// The property file, relative to the project, and the place in it.
  public var originalPath: String
  /// Where it is declared.
  public var span: SourceSpan
  /// The description.
  public var description: String
  /// The source's description.
  public var sourceDescription: String
  /// What brings the data, as the project says.
  public var loader: String
  /// The load of this project that brings the data, if one does.
  public var loadedBy: NodeID?
  /// The columns that are described.
  public var columns: [ColumnDefinition]
  /// The tags, each once.
  public var tags: [String]
  /// Everything under `meta`.
  public var meta: DataValue
  /// The configuration, merged.
  public var config: DataValue
  /// Everything under `meta` of its source.
  public var sourceMeta: DataValue
  /// What is written of its configuration, before Jinja.
  public var unrenderedConfig: DataValue
  /// The database and schema as written, if they are.
  public var unrenderedPlace = UnrenderedPlace()
  /// The docs blocks that the description holds.
  public var docsBlocks: [NodeID]
  /// Whether it takes part at all.
  public var isEnabled: Bool
  /// How old its newest row may be; nil where nothing is asked.
  public var freshness: FreshnessCriteria?
  /// Everything of the YAML that artifacts show and this version does not act on (`external`, …).
  public var properties: DataValue

  /// The column, or expression, that says when a row was loaded.
  public var loadedAtField: String? { text("loaded_at_field") }
  /// A query that says when the newest row was loaded, with its Jinja.
  public var loadedAtQuery: String? { text("loaded_at_query") }

  private func text(_ key: String) -> String? {
    config[key].flatMap { $0.isNone ? nil : $0.scalarText }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Makes a source table; descriptions and the like start empty.
  public init(
    id: NodeID, package: String, sourceName: String, name: String, identifier: String, relation: Relation,
    fqn: [String], originalPath: String, span: SourceSpan, meta: DataValue, config: DataValue,
    properties: DataValue
  ) {
    self.id = id
    self.package = package
    self.sourceName = sourceName
    self.name = name
    self.identifier = identifier
    self.relation = relation
    self.fqn = fqn
    self.originalPath = originalPath
    self.span = span
    self.meta = meta
    self.config = config
    self.properties = properties
    description = ""
    sourceDescription = ""
    loader = ""
    columns = []
    tags = []
    sourceMeta = .emptyMapping
    unrenderedConfig = .emptyMapping
    docsBlocks = []
    isEnabled = true
  }
}

/// A use of the project's data that lives outside it: a dashboard, a notebook, an application.
public struct Exposure: Sendable, Codable {
  /// The unique name.
  public var id: NodeID
  /// The package that it belongs to.
  public var package: String
  /// The name.
  public var name: String
  /// Package, folders and name, as selectors match them.
  public var fqn: [String]
  /// The file, relative to the project.
  public var originalPath: String
  /// Where it is declared.
  public var span: SourceSpan
  /// The sources and nodes that it reads, each in the order of the text.
  public var dependencies: [NodeID]
  /// What is written of its configuration, before Jinja.
  public var unrenderedConfig: DataValue
  /// The `ref` calls.
  public var references: [ModelReference]
  /// The `source` calls.
  public var sourceReferences: [SourceReference]
  /// The `metric` calls.
  public var metricReferences: [MetricReference] = []
  /// The tags, each once.
  public var tags: [String]
  /// The whole YAML entry (type, owner, url, maturity, label, description, meta, config), after docs blocks.
  public var properties: DataValue

  /// Makes an exposure.
  public init(
    id: NodeID, package: String, name: String, fqn: [String], originalPath: String, span: SourceSpan,
    properties: DataValue
  ) {
    self.id = id
    self.package = package
    self.name = name
    self.fqn = fqn
    self.originalPath = originalPath
    self.span = span
    self.properties = properties
    dependencies = []
    references = []
    sourceReferences = []
    tags = []
    unrenderedConfig = .emptyMapping
  }
}

/// A group: who owns the models that are in it.
public struct GroupDefinition: Sendable, Codable {
  /// The unique name.
  public var id: NodeID
  /// The package that it belongs to.
  public var package: String
  /// The name.
  public var name: String
  /// The property file, relative to the project, and the place in it.
  public var originalPath: String
  /// Where it is declared.
  public var span: SourceSpan
  /// The description.
  public var description: String
  /// Who owns it: a mapping of `name`, `email` and whatever else is said.
  public var owner: DataValue
  /// The configuration, merged.
  public var config: DataValue

  /// Makes a group.
  public init(
    id: NodeID, package: String, name: String, originalPath: String, span: SourceSpan, description: String,
    owner: DataValue, config: DataValue
  ) {
    self.id = id
    self.package = package
    self.name = name
    self.originalPath = originalPath
    self.span = span
    self.description = description
    self.owner = owner
    self.config = config
  }
}

/// A macro of the project or of a package; a custom generic check is one whose name starts with `test_`.
public struct MacroDefinition: Sendable {
  /// The unique name.
  public var id: NodeID
  /// The package that it belongs to.
  public var package: String
  /// The name.
  public var name: String
  /// The file, relative to the folder of its kind.
  public var path: String
  /// The file, relative to the project.
  public var originalPath: String
  /// Where it is declared.
  public var span: SourceSpan
  /// The whole block's text.
  public var code: String
  /// The description.
  public var description: String
  /// The macros that its text calls, those that are built in among them, in order.
  public var dependencies: [NodeID]
  /// The property file that describes it, relative to the project.
  public var propertiesPath: String?
  /// The parsed file, and which of its definitions this is.
  public var template: Template
  /// Which of the file's definitions it is.
  public var definitionIndex: Int
  /// The YAML entry, if a property file has one.
  public var properties: DataValue

  /// Makes a macro.
  public init(
    id: NodeID, package: String, name: String, path: String, originalPath: String, span: SourceSpan,
    code: String, template: Template, definitionIndex: Int, properties: DataValue
  ) {
    self.id = id
    self.package = package
    self.name = name
    self.path = path
    self.originalPath = originalPath
    self.span = span
    self.code = code
    self.template = template
    self.definitionIndex = definitionIndex
    self.properties = properties
    description = ""
    dependencies = []
  }
}

/// Where a source says that its tables lie, before the Jinja in it is rendered.
public struct UnrenderedPlace: Sendable, Codable {
  /// The database, if it says one.
  public var database: String?
  /// The schema, if it says one.
  public var schema: String?
}

/// A named piece of documentation from a Markdown file.
public struct DocsBlock: Sendable, Codable {
  /// The unique name.
  public var id: NodeID
  /// The package that it belongs to.
  public var package: String
  /// The name.
  public var name: String
  /// The file, relative to the folder of its kind.
  public var path: String
  /// The file, relative to the project.
  public var originalPath: String
  /// Where it begins.
  public var span: SourceSpan
  /// The text between the tags.
  public var contents: String

  /// Makes a block.
  public init(
    id: NodeID, package: String, name: String, path: String, originalPath: String, contents: String,
    span: SourceSpan? = nil
  ) {
    self.id = id
    self.package = package
    self.name = name
    self.path = path
    self.originalPath = originalPath
    self.contents = contents
    self.span = span ?? SourceSpan(file: originalPath)
  }
}
