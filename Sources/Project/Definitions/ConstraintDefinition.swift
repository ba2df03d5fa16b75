import Diagnostics
import EngineCore
import Jinja

/// What a contract says of the rows of a table, of one column or of several.
public struct ConstraintDefinition: Sendable, Codable, Hashable {
  /// The kinds, by dbt's names.
  public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
    case check
    case notNull = "not_null"
    case unique
    case primaryKey = "primary_key"
    case foreignKey = "foreign_key"
    case custom
  }

  /// What a foreign key refers to.
  public enum Target: Sendable, Codable, Hashable {
    case model(ModelReference)
    case source(SourceReference)
  }

  /// The kind.
  public var kind: Kind
  /// The name, if it is given one.
  public var name: String?
  /// A condition, or what else the kind takes.
  public var expression: String?
  /// Whether it is told of where the engine accepts it and does not enforce it.
  public var warnsUnenforced = true
  /// Whether it is told of where the engine does not have it.
  public var warnsUnsupported = true
  /// What a foreign key refers to, as written.
  public var to: String?
  /// The same, read.
  public var target: Target?
  /// The columns that a foreign key refers to.
  public var toColumns: [String] = []
  /// The columns that it is on, if it is on the model.
  public var columns: [String] = []
  /// Where it is declared.
  public var span: SourceSpan

  /// Makes a constraint; everything beyond its kind starts empty.
  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }
}

/// What a model promises of its columns.
public struct ContractConfig: Sendable, Codable, Hashable {
  /// Whether a model that breaks it is not built.
  public var isEnforced = false
  /// Whether types may go by their usual names.
  public var aliasesTypes = true

  /// Makes a contract that is not enforced.
  public init() {}
}

extension Project {
  /// Where what a foreign key refers to lies; nil if that is nothing of the project's.
  public func relation(of target: ConstraintDefinition.Target, from package: String) -> Relation? {
    switch target {
    case .model(let reference):
      guard case .success(let index) = references.resolve(reference, from: package, in: self) else {
        return nil
      }
      return nodes[index].relation
    case .source(let reference):
      guard case .success(let table) = references.resolve(reference, from: package, in: self) else {
        return nil
      }
      return table.relation
    }
  }
}

extension Node {
  /// The contract's identity as dbt has it: changed, the contract is another one. Nil where it is not enforced.
  public var contractChecksum: String? {
    guard resourceType == .model, config.contract.isEnforced else { return nil }
    var state = ""
    for column in columns.sorted(by: { $0.name < $1.name }) {
      state += "|\(column.name)\(column.dataType ?? "None")"
      state += Self.pythonText(column.constraints, ofModel: false)
    }
    if config.materialization == .table || config.materialization == .incremental {
      state += config.materialization.rawValue + Self.pythonText(constraints, ofModel: true)
    }
    return Digest.sha256(state)
  }

  /// A list of constraints as Python prints dbt's objects for them: dbt's checksum is of that text.
  private static func pythonText(_ constraints: [ConstraintDefinition], ofModel isOfModel: Bool) -> String {
    let items = constraints.map { constraint in
      let kind = constraint.kind.rawValue
      var parts = [
        "type=<ConstraintType.\(kind): '\(kind)'>", "name=\(repr(constraint.name))",
        "expression=\(repr(constraint.expression))",
        "warn_unenforced=\(constraint.warnsUnenforced ? "True" : "False")",
        "warn_unsupported=\(constraint.warnsUnsupported ? "True" : "False")", "to=\(repr(constraint.to))",
        "to_columns=\(repr(constraint.toColumns))",
      ]
      if isOfModel { parts.append("columns=\(repr(constraint.columns))") }
      return "\(isOfModel ? "Model" : "Column")LevelConstraint(\(parts.joined(separator: ", ")))"
    }
    return "[\(items.joined(separator: ", "))]"
  }

  private static func repr(_ text: String?) -> String {
    text.map { Value(DataValue.string($0)).repr() } ?? "None"
  }

  private static func repr(_ texts: [String]) -> String {
    Value(DataValue.list(texts.map { .string($0) })).repr()
  }
}
