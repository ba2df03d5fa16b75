import Diagnostics
import Jinja

extension PropertyReader {
  private static let constraintKeys: Set<String> = [
    "type", "name", "expression", "warn_unenforced", "warn_unsupported", "to", "to_columns", "columns",
  ]

  /// The constraints of a model or a column.
  mutating func constraints(_ item: YAMLNode, _ what: String) -> [ConstraintDefinition] {
    guard let node = item["constraints"], !node.isNull else { return [] }
    return list(node, "constraints", what).compactMap { constraint($0, what) }
  }

  private mutating func constraint(_ item: YAMLNode, _ what: String) -> ConstraintDefinition? {
    let known = ConstraintDefinition.Kind.allCases.map(\.rawValue)
    guard let node = item["type"], let text = node.scalarText else {
      report(
        .badContract, "a constraint of \(what) has no type", item["type"] ?? item,
        hint: "it is one of: " + known.joined(separator: ", "))
      return nil
    }
    guard let kind = ConstraintDefinition.Kind(rawValue: text) else {
      report(
        .badContract, "a constraint of \(what) has the unknown type '\(text)'", node,
        hint: Spelling.hint(for: text, among: known) ?? "it is one of: " + known.joined(separator: ", "))
      return nil
    }
    let shown = "the constraint '\(text)' of \(what)"
    checkKeys(item, Self.constraintKeys, shown)
    var constraint = ConstraintDefinition(kind, at: item.span(in: file))
    constraint.name = optionalText("name", of: item, shown)
    constraint.expression = optionalText("expression", of: item, shown)
    constraint.to = optionalText("to", of: item, shown)
    constraint.warnsUnenforced = item["warn_unenforced"]?.bool ?? true
    constraint.warnsUnsupported = item["warn_unsupported"]?.bool ?? true
    constraint.columns = names("columns", of: item, shown)
    constraint.toColumns = names("to_columns", of: item, shown)
    checkParts(of: constraint, item, shown)
    return constraint
  }

  /// A constraint that lacks what it is about cannot be part of a table.
  private mutating func checkParts(of constraint: ConstraintDefinition, _ item: YAMLNode, _ what: String) {
    let isEmpty = constraint.expression?.isEmpty ?? true
    let hint: String
    switch constraint.kind {
    case .check where isEmpty: hint = "say what must hold: expression: amount >= 0"
    case .custom where isEmpty: hint = "write the SQL of the constraint: expression: …"
    case .foreignKey where isEmpty && (constraint.to == nil || constraint.toColumns.isEmpty):
      hint = "say to what it refers: to: ref('model'), to_columns: [id]"
    default: return
    }
    result.problems.append(
      Diagnostic(
        .badContract, "\(what) does not say what it asks for; it is left out", at: item.span(in: file),
        severity: .warning, hint: hint))
  }

  private mutating func optionalText(_ key: String, of item: YAMLNode, _ what: String) -> String? {
    guard let node = item[key], !node.isNull else { return nil }
    if let text = node.scalarText { return text }
    report(.badValue, "'\(key)' of \(what) must be text, not \(node.typeName)", node)
    return nil
  }

  private mutating func names(_ key: String, of item: YAMLNode, _ what: String) -> [String] {
    guard let node = item[key], !node.isNull else { return [] }
    if let texts = node.data.texts { return texts }
    report(.badValue, "'\(key)' of \(what) must be a list of columns, not \(node.typeName)", node)
    return []
  }
}
