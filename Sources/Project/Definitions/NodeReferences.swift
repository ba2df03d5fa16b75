import EngineCore
import Jinja

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
public struct PlainReference: Sendable, Codable, Hashable {
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
public struct ColumnDefinition: Sendable, Codable, Hashable {
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
