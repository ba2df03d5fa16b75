import Diagnostics
import Jinja

/// What one property file says, before it is joined with the files that it describes.
struct PropertyFile: Sendable {
  var file: String
  var resources: [ResourceProperties] = []
  var sources: [SourceProperties] = []
  var exposures: [EntryProperties] = []
  var macros: [EntryProperties] = []
  var groups: [EntryProperties] = []
  var unitTests: [UnitTestProperties] = []
  var semantics: [SemanticProperties] = []
  /// The names of the semantic layer that could not be read.
  var lostSemantics: Set<String> = []
  var problems: [Diagnostic] = []
  /// The file's text, if some of it could not be read into entries.
  var brokenText: String?
}

/// An entry under `models:`, `seeds:` or another list of resources with columns.
struct ResourceProperties: Sendable {
  /// The section that it stands in (`models`).
  var section: String
  var name: String
  var file: String
  var span: SourceSpan
  var description: YAMLNode?
  var columns: [ColumnProperties]
  /// `config`, with the older top-level `tags`, `meta`, `docs` and the like moved into it.
  var config: DataValue
  var configSpan: SourceSpan
  var checks: [YAMLNode]
  /// The entry itself.
  var item: YAMLNode
  var constraints: [ConstraintDefinition] = []
  /// What makes it a version's: then `item` is the version's entry.
  var version: VersionProperties?
  /// Everything else of the entry.
  var properties: DataValue
  /// What a function takes and gives, of its kind alone.
  var function: FunctionProperties?
}

/// A column's entry.
struct ColumnProperties: Sendable {
  var definition: ColumnDefinition
  var description: YAMLNode?
  var checks: [YAMLNode]
  var span: SourceSpan
}

/// A table under `sources:`, with what its source says.
struct SourceProperties: Sendable {
  var source: String
  var table: ResourceProperties
  var sourceDescription: YAMLNode?
  var database: String?
  var schema: String
  var identifier: String
  var loader: String
  /// Configuration and meta of the source, then of the table.
  var sourceConfig: DataValue
  /// The source's entry, and the one before its Jinja was rendered.
  var sourceItem: YAMLNode
  var writtenItem: YAMLNode
  /// Whether it is a load's own declaration.
  var isLoaded = false
}

/// An entry whose keys are passed on as they are: exposures and macros.
struct EntryProperties: Sendable {
  var name: String
  var file: String
  var span: SourceSpan
  var description: YAMLNode?
  var node: YAMLNode
}
