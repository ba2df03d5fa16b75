import Connectors
import Diagnostics
import Project

/// The readers of every kind of source.
struct SourceReaders: SourceReaderFactory {
  func reader(for connection: ResolvedConnection, spooling folder: String) throws -> any SourceReader {
    switch connection.type {
    case .postgres, .mysql, .sqlite, .duckdb, .odbc: return try DatabaseReader(connection)
    case .files, .s3, .azure, .http, .rest, .command, .singer:
      throw Diagnostic(
        .notSupported, "sources of type '\(connection.type.rawValue)' cannot be read by this version")
    }
  }
}
