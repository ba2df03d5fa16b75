import Connectors
import Diagnostics
import Project

@testable import CommandLine

/// A program that reads no sources and knows no secrets.
struct NoSources: SourceReaderFactory, SecretSource {
  static let provider = SourceProvider(secrets: NoSources(), readers: NoSources())

  func reader(for connection: ResolvedConnection, spooling folder: String) throws -> any SourceReader {
    throw Diagnostic(.notSupported, "there are no sources in this test")
  }

  func value(
    of reference: SecretReference, root: String, isCancelled: @Sendable () -> Bool
  ) throws -> SecretValue {
    throw Diagnostic(.secretUnavailable, "there are no secrets in this test")
  }
}
