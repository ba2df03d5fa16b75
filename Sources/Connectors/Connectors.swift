import Project

/// Finds the reader of a connection.
public protocol SourceReaderFactory: Sendable {
  /// A reader for one load. `folder` is where it may spool files; the runner removes it afterwards.
  func reader(for connection: ResolvedConnection, spooling folder: String) throws -> any SourceReader
}
