import Connectors
import Diagnostics
import Project

/// What a run reads sources with.
public struct SourceAccess: Sendable {
  /// Renders connections when they are used, and knows what is secret in them.
  public var connections: ConnectionResolver
  /// Makes readers.
  public var readers: any SourceReaderFactory

  /// Joins the two.
  public init(connections: ConnectionResolver, readers: any SourceReaderFactory) {
    self.connections = connections
    self.readers = readers
  }
}

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
