import Connectors
import Project

/// The readers of every kind of source.
struct SourceReaders: SourceReaderFactory {
  func reader(for connection: ResolvedConnection, spooling folder: String) throws -> any SourceReader {
    switch connection.type {
    case .files, .s3, .gcs, .azure, .http: return try FileReader(connection, spooling: folder)
    case .postgres, .mysql, .sqlite, .duckdb, .odbc: return try DatabaseReader(connection)
    case .command: return try CommandReader(connection, spooling: folder)
    case .singer: return try SingerReader(connection, spooling: folder)
    case .rest: return try RESTReader(connection, spooling: folder)
    }
  }
}
