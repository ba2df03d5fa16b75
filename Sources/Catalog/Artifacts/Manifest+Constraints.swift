import Diagnostics
import Project

extension Manifest {
  /// The constraints of a model or a column.
  func writeConstraints(
    _ constraints: [ConstraintDefinition], ofModel isOfModel: Bool, to writer: inout JSONWriter
  ) {
    writer.member(
      "constraints",
      array: { writer in
        for constraint in constraints {
          writer.object { write(constraint, ofModel: isOfModel, to: &$0) }
        }
      })
  }

  private func write(
    _ constraint: ConstraintDefinition, ofModel isOfModel: Bool, to writer: inout JSONWriter
  ) {
    writer.member("type", constraint.kind.rawValue)
    writer.member("name", constraint.name)
    writer.member("expression", constraint.expression)
    writer.member("warn_unenforced", constraint.warnsUnenforced)
    writer.member("warn_unsupported", constraint.warnsUnsupported)
    writer.member("to", constraint.to)
    writer.member("to_columns", constraint.toColumns)
    if isOfModel { writer.member("columns", constraint.columns) }
  }
}
