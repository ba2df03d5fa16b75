import Diagnostics
import EngineCore
import Jinja

/// Something a run builds or checks: a model, a seed, a load or a check. A copy shares everything until it is changed.
public struct Node: Sendable {
  private var shared: SharedBox<NodeFields>
  private var ownLoad: SharedBox<LoadDefinition>?
  /// The parsed text; nil for plain SQL, seeds and generic checks, and where nobody parsed it yet.
  var template: Template?

  /// All that is said of the node in the project's files and follows from them.
  var fields: NodeFields {
    _read { yield shared.value }
    _modify {
      if !isKnownUniquelyReferenced(&shared) { shared = SharedBox(shared.value) }
      yield &shared.value
    }
  }

  /// Makes a node; everything beyond its identity starts empty.
  public init(
    id: NodeID, resourceType: ResourceType, name: String, package: String, path: String,
    originalPath: String, fqn: [String], span: SourceSpan, config: NodeConfig, code: String,
    checksum: String
  ) {
    self.init(
      NodeFields(
        id: id, resourceType: resourceType, name: name, package: package, path: path,
        originalPath: originalPath, fqn: fqn, span: span, configuration: SharedBox(config), code: code,
        checksum: checksum))
  }

  init(_ fields: NodeFields) { shared = SharedBox(fields) }

  /// What makes it a load; nil for other nodes. Its tables are sources that say so in `loadedBy`.
  public var load: LoadDefinition? {
    get { ownLoad?.value }
    set { ownLoad = newValue.map { SharedBox($0) } }
  }
}

extension Node {
  /// The unique name.
  public var id: NodeID {
    get { fields.id }
    set { fields.id = newValue }
  }

  /// What it is.
  public var resourceType: ResourceType {
    get { fields.resourceType }
    set { fields.resourceType = newValue }
  }

  /// Its name within its package.
  public var name: String {
    get { fields.name }
    set { fields.name = newValue }
  }

  /// The package that it belongs to: the project's name, or a dependency's.
  public var package: String {
    get { fields.package }
    set { fields.package = newValue }
  }

  /// The file, relative to the folder that its kind of resource lives in, as in dbt's `path`.
  public var path: String {
    get { fields.path }
    set { fields.path = newValue }
  }

  /// The file, relative to the project.
  public var originalPath: String {
    get { fields.originalPath }
    set { fields.originalPath = newValue }
  }

  /// Package, folders and name, as selectors and folder configuration match them.
  public var fqn: [String] {
    get { fields.fqn }
    set { fields.fqn = newValue }
  }

  /// Where it is declared: the first line of its file, or its place in a YAML file.
  public var span: SourceSpan {
    get { fields.span }
    set { fields.span = newValue }
  }

  /// Where it is stored; nil for what stores nothing (ephemeral models, checks without stored failures).
  public var relation: Relation? {
    get { fields.relation }
    set { fields.relation = newValue }
  }

  /// Its configuration after all merging. It is large, and copies of a node share it.
  public var config: NodeConfig {
    _read { yield fields.configuration.value }
    _modify {
      if !isKnownUniquelyReferenced(&fields.configuration) {
        fields.configuration = SharedBox(fields.configuration.value)
      }
      yield &fields.configuration.value
    }
  }

  /// What is written of its configuration, where Jinja of YAML files is not rendered yet: of each key the last place
  /// that says it.
  public var unrenderedConfig: DataValue {
    get { fields.unrenderedConfig }
    set { fields.unrenderedConfig = newValue }
  }

  /// The file's text as it is; for a generic check the call that stands for it.
  public var code: String {
    get { fields.code }
    set { fields.code = newValue }
  }

  /// Where the text begins in its file.
  public var codeOffset: CodeOffset {
    get { fields.codeOffset }
    set { fields.codeOffset = newValue }
  }

  /// Where the text begins in its file.
  /// SHA-256 of the text without the space around it, in hex; of a large seed its path.
  public var checksum: String {
    get { fields.checksum }
    set { fields.checksum = newValue }
  }

  /// The description after docs blocks were filled in.
  public var description: String {
    get { fields.description }
    set { fields.description = newValue }
  }

  /// Columns that property files describe, in their order.
  public var columns: [ColumnDefinition] {
    get { fields.columns }
    set { fields.columns = newValue }
  }

  /// The property file that describes it, relative to the project.
  public var propertiesPath: String? {
    get { fields.propertiesPath }
    set { fields.propertiesPath = newValue }
  }

  /// Where in that file it is described.
  public var propertiesSpan: SourceSpan? {
    get { fields.propertiesSpan }
    set { fields.propertiesSpan = newValue }
  }

  /// What its rows must be, beyond what its columns say.
  public var constraints: [ConstraintDefinition] {
    get { fields.constraints }
    set { fields.constraints = newValue }
  }

  /// Which of its model's versions it is; nil for models without versions and all other nodes.
  public var version: ModelVersion? {
    get { fields.version }
    set { fields.version = newValue }
  }

  /// From when on a model should not be read any more, as it is written; nil if nothing is said.
  public var deprecationDate: DeprecationDate? {
    get { fields.deprecationDate }
    set { fields.deprecationDate = newValue }
  }

  /// `ref` calls, in order, without repeats, and then those of foreign keys.
  public var references: [ModelReference] {
    get { fields.references }
    set { fields.references = newValue }
  }

  /// `source` calls, in order, without repeats.
  public var sourceReferences: [SourceReference] {
    get { fields.sourceReferences }
    set { fields.sourceReferences = newValue }
  }

  /// The project's macros that rendering it calls, those that other macros call among them.
  public var macros: [NodeID] {
    get { fields.macros }
    set { fields.macros = newValue }
  }

  /// The macros that its own text calls, those that are built in among them, in order.
  public var calledMacros: [NodeID] {
    get { fields.calledMacros }
    set { fields.calledMacros = newValue }
  }

  /// The docs blocks that its description holds.
  public var docsBlocks: [NodeID] {
    get { fields.docsBlocks }
    set { fields.docsBlocks = newValue }
  }

  /// The sources and nodes that it reads, each in the order of the text, without repeats.
  public var dependencies: [NodeID] {
    get { fields.dependencies }
    set { fields.dependencies = newValue }
  }

  /// What makes a model a time spine; nil for others.
  public var timeSpine: TimeSpine? {
    get { fields.timeSpine }
    set { fields.timeSpine = newValue }
  }

  /// What makes it a check; nil for other nodes.
  public var check: CheckDefinition? {
    get { fields.check }
    set { fields.check = newValue }
  }

  /// What makes it a unit test; nil for other nodes.
  public var unitTest: UnitTestDefinition? {
    get { fields.unitTest?.value }
    set { fields.unitTest = newValue.map { SharedBox($0) } }
  }

  /// Plain SQL's references that the project knows, by place in `code`; empty for text with Jinja.
  public var plainReferences: [PlainReference] {
    get { fields.plainReferences }
    set { fields.plainReferences = newValue }
  }

  /// Whether the text is plain SQL, that is, holds no Jinja.
  public var isPlainSQL: Bool {
    get { fields.isPlainSQL }
    set { fields.isPlainSQL = newValue }
  }

  /// Whether the text is Python, and no SQL.
  public var isPython: Bool {
    get { fields.isPython }
    set { fields.isPython = newValue }
  }
}
