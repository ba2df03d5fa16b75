import Diagnostics
import EngineCore
import Jinja

/// What `Node` shows, property by property: see there what each means.
struct NodeFields: Sendable, Codable {
  var id: NodeID
  var resourceType: ResourceType
  var name: String
  var package: String
  var path: String
  var originalPath: String
  var fqn: [String]
  var span: SourceSpan
  var relation: Relation?
  var configuration: SharedBox<NodeConfig>
  var unrenderedConfig: DataValue = DataValue.emptyMapping
  var code: String
  var codeOffset: CodeOffset = CodeOffset()
  var checksum: String
  var description: String = ""
  var columns: [ColumnDefinition] = []
  var propertiesPath: String?
  var propertiesSpan: SourceSpan?
  var constraints: [ConstraintDefinition] = []
  var version: ModelVersion?
  var deprecationDate: DeprecationDate?
  var references: [ModelReference] = []
  var sourceReferences: [SourceReference] = []
  var functionReferences: [FunctionReference] = []
  var macros: [NodeID] = []
  var calledMacros: [NodeID] = []
  var docsBlocks: [NodeID] = []
  var dependencies: [NodeID] = []
  var timeSpine: TimeSpine?
  var check: CheckDefinition?
  var unitTest: SharedBox<UnitTestDefinition>?
  var function: SharedBox<FunctionDefinition>?
  var plainReferences: [PlainReference] = []
  var isPlainSQL: Bool = false
  var isPython: Bool = false
}
