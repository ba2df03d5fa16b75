import Diagnostics
import Project

extension NodeResult {
  /// What artifacts and hooks at the run's end have to say of it. What failed says as in dbt what kind of mistake it is,
  /// and of which node: `Compilation Error in model orders (models/orders.sql)`.
  public func message(in project: Project) -> String? {
    let text = message ?? diagnostics.first?.message
    guard resourceType != .operation, let text, let node = project.node(node), let kind = mistake else {
      return text
    }
    let indented = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
    return "\(kind) in \(node.resourceType.rawValue) \(node.name) (\(node.originalPath))\n  \(indented)"
  }

  /// dbt's word for what is wrong: in the project's text, or only as it ran. Nil if nothing is: a check kept the node from
  /// being published.
  public var mistake: String? {
    guard status == .error, let code = diagnostics.first(where: { $0.severity == .error })?.code,
      code != .notPublished
    else {
      return nil
    }
    let isWritten =
      ["WEIR-E01", "WEIR-E02", "WEIR-E03"].contains { code.rawValue.hasPrefix($0) }
      || Self.writtenMistakes.contains(code)
    return isWritten ? "Compilation Error" : "Runtime Error"
  }

  private static let writtenMistakes: Set<DiagnosticCode> = [
    .seedMalformed, .incrementalMismatch, .notSupported, .snapshotColumns, .modelContractBroken,
    .badThreshold,
  ]
}
