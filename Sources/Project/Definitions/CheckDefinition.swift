import Jinja

/// What a check asserts: rows that its SQL returns are failures.
public enum CheckDefinition: Sendable, Codable {
  /// A file of SQL under `tests/`.
  case singular
  /// A named check with arguments.
  case generic(GenericCheck)
}

/// A check declared in a property file: a `test_…` macro and its arguments.
public struct GenericCheck: Sendable, Codable {
  /// The package that the check is asked from, if the YAML names one (`dbt_utils.…`).
  public var namespace: String?
  /// The check's name, without `test_`.
  public var name: String
  /// The arguments, `model` and `column_name` aside.
  public var arguments: DataValue
  /// The model, seed or source that it is attached to.
  public var attachedNode: NodeID
  /// The column that it is attached to, if any.
  public var column: String?
  /// The source's names, if it is attached to one.
  var attachedSource: SourceReference?
  /// What `ref()` is given for the node that it is attached to.
  public internal(set) var attachedReference: ModelReference?

  /// Makes a check.
  public init(
    namespace: String?, name: String, arguments: DataValue, attachedNode: NodeID, column: String?
  ) {
    self.namespace = namespace
    self.name = name
    self.arguments = arguments
    self.attachedNode = attachedNode
    self.column = column
  }
}
