import Diagnostics
import Jinja

extension NodeBuilder {
  /// Takes over what a property file says of a model's constraints, and looks whether its contract can be kept at
  /// all.
  func contract(_ parsed: inout ParsedNode, _ entry: ResourceProperties) {
    parsed.node.constraints = entry.constraints.map { followed($0, &parsed) }
    for column in parsed.node.columns.indices {
      let constraints = parsed.node.columns[column].constraints
      parsed.node.columns[column].constraints = constraints.map { followed($0, &parsed) }
    }
    problems += Self.keyProblems(parsed.node, entry)
    guard parsed.node.config.contract.isEnforced else { return }
    problems += Self.contractProblems(parsed.node, entry)
  }

  /// What a foreign key refers to must be there before the model, and is a reference like any other.
  private func followed(_ given: ConstraintDefinition, _ parsed: inout ParsedNode) -> ConstraintDefinition {
    var constraint = given
    guard constraint.kind == .foreignKey, let written = constraint.to else { return constraint }
    let call = YAMLRenderer.soleExpression(written) ?? written
    let before = context.frame
    defer { context.frame = before }
    context.frame = RenderFrame(package: parsed.node.package)
    do {
      guard CheckRendering.looksLikeCall(call) else { throw Self.badTarget(written, constraint.span) }
      _ = try context.interpreter.evaluate(expression: call, name: constraint.span.file)
    } catch {
      problems.append(Self.badTarget(written, constraint.span))
      return constraint
    }
    if let reference = context.frame.references.first {
      constraint.target = .model(reference)
      parsed.node.references.append(reference)
      parsed.referenceSpans.append(constraint.span)
    } else if let source = context.frame.sources.first {
      constraint.target = .source(source)
      parsed.node.sourceReferences.append(source)
      parsed.sourceSpans.append(constraint.span)
    }
    return constraint
  }

  private static func badTarget(_ written: String, _ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .badContract, "a foreign key refers to '\(written)', which is no reference", at: span,
      hint: "write ref('model') or source('source', 'table')")
  }

  /// A table has one primary key.
  private static func keyProblems(_ node: Node, _ entry: ResourceProperties) -> [Diagnostic] {
    let columns = node.columns.filter { column in column.constraints.contains { $0.kind == .primaryKey } }
    guard let first = columns.first?.constraints.first(where: { $0.kind == .primaryKey }) else { return [] }
    var problems: [Diagnostic] = []
    if columns.count > 1 {
      let names = columns.map { "'\($0.name)'" }.joined(separator: ", ")
      problems.append(
        Diagnostic(
          .badContract,
          "\(columns.count) columns of model '\(node.searchName)' are each a primary key: \(names)",
          at: first.span, hint: "a key of several columns is a constraint of the model, with 'columns'"))
    }
    if let other = node.constraints.first(where: { $0.kind == .primaryKey }) {
      problems.append(
        Diagnostic(
          .badContract, "model '\(node.searchName)' has a primary key of its own and one of a column",
          at: other.span, notes: ["the other is at \(first.span)"], hint: "keep one of the two"))
    }
    return problems
  }

  private static func contractProblems(_ node: Node, _ entry: ResourceProperties) -> [Diagnostic] {
    guard !node.columns.isEmpty else {
      return [
        Diagnostic(
          .badContract, "the contract of model '\(node.searchName)' names no columns", at: entry.configSpan,
          hint: "list them all under 'columns', each with its data_type")
      ]
    }
    let named = ["numeric", "decimal", "number"]
    return entry.columns.compactMap { column in
      guard let type = column.definition.dataType, !type.isEmpty else {
        return Diagnostic(
          .badContract,
          "column '\(column.definition.name)' of model '\(node.searchName)' has no data_type, and the model a contract",
          at: column.span, hint: "say which: data_type: varchar")
      }
      guard named.contains(NativeMacros.trimmed(type).lowercased()) else { return nil }
      return Diagnostic(
        .badContract,
        "column '\(column.definition.name)' of model '\(node.searchName)' has the type '\(type)' without its digits",
        at: column.span, severity: .warning,
        hint: "say how many, and how many after the point: \(type)(18, 3)")
    }
  }
}
