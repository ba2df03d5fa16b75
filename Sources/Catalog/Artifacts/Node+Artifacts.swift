import Project

/// dbt's artifacts have no loads, and its readers refuse kinds that they do not know. They have operations, as hooks are
/// run by: a load is shown as one, between the sources that it brings and nothing.
extension Node {
  /// The name that artifacts have for the node.
  public var artifactID: NodeID {
    resourceType == .load ? NodeID(.operation, package, "load_\(name)") : id
  }

  /// The kind that artifacts have for the node.
  var artifactType: ResourceType { resourceType == .load ? .operation : resourceType }
}
