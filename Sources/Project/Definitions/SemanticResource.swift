import Diagnostics
import Jinja

/// A part of the semantic layer: a semantic model, a metric or a saved query. It is read, checked and shown in artifacts; the
/// tools that answer questions with it take it from there.
public struct SemanticResource: Sendable, Codable {
  /// The unique name.
  public var id: NodeID
  /// Which of the three it is.
  public var resourceType: ResourceType
  /// The package that it belongs to.
  public var package: String
  /// The name.
  public var name: String
  /// Package, folders and name, as selectors match them.
  public var fqn: [String]
  /// The property file, relative to the package.
  public var originalPath: String
  /// Where it is declared.
  public var span: SourceSpan
  /// The description after docs blocks were filled in.
  public var description: String?
  /// The name for people.
  public var label: String?
  /// The tags.
  public var tags: [String] = []
  /// The configuration, merged.
  public var config: DataValue
  /// What is written of its configuration, before Jinja.
  public var unrenderedConfig: DataValue
  /// The `ref` calls.
  public var references: [ModelReference] = []
  /// What it reads: a model, semantic models, or metrics, in the order of the text.
  public var dependencies: [NodeID] = []
  /// What only its kind has, by dbt's names and in the form of dbt's manifest.
  public var properties: DataValue
  /// The entry, for the places in it.
  var item: YAMLNode

  /// Whether it takes part at all.
  public var isEnabled: Bool { config["enabled"] != .bool(false) }
  /// The group that it belongs to.
  public var group: String? { config["group"]?.stringValue }

  /// The place of a value in its entry, or of the nearest mapping or list around it that is there.
  func place(_ path: [String]) -> SourceSpan {
    var node = item
    var span = self.span
    for key in path {
      let next = Int(key).flatMap { index in
        node.items.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      }
      guard let found = next ?? node[key] else { break }
      node = found
      if node.line > 0 { span = node.span(in: self.span.file) }
    }
    return span
  }
}

extension Project {
  /// The semantic model, metric or saved query of that name.
  public func semantic(_ id: NodeID) -> SemanticResource? {
    var (low, high) = (0, semantics.count)
    while low < high {
      let middle = (low + high) / 2
      if semantics[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < semantics.count && semantics[low].id == id ? semantics[low] : nil
  }
}

/// A `metric()` call's arguments.
public struct MetricReference: Sendable, Codable, Hashable {
  /// The package, if the call names one.
  public var package: String?
  /// The metric's name.
  public var name: String
  /// Where the call stands.
  var span: SourceSpan?
}

/// What makes a model a time spine: the days, or other spans of time, that metrics are joined to.
public struct TimeSpine: Sendable, Codable, Hashable {
  /// A span of time of the project's own.
  public struct Granularity: Sendable, Codable, Hashable {
    /// The name.
    public var name: String
    /// The column, if it has another name.
    public var column: String?
  }

  /// The column that holds the times.
  public var column: String
  /// Spans of time of the project's own.
  public var granularities: [Granularity]
}
