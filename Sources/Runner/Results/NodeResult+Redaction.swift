import Diagnostics

extension NodeResult {
  /// The result with every secret in its texts hidden: it goes to the terminal, to artifacts and to the state file.
  func redacted(by redactor: Redactor) -> NodeResult {
    guard !redactor.isEmpty else { return self }
    var copy = self
    copy.message = message.map(redactor.redact)
    copy.diagnostics = diagnostics.map(redactor.redact)
    copy.compiledSQL = compiledSQL.map(redactor.redact)
    copy.executedSQL = executedSQL.map(redactor.redact)
    copy.audits = audits.map { $0.redacted(by: redactor) }
    return copy
  }
}
