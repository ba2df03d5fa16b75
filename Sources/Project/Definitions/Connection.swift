import Diagnostics
import Jinja

/// A kind of source.
public enum ConnectionType: String, Sendable, Codable, Hashable, CaseIterable {
  /// Files of this machine.
  case files
  case s3, gcs, azure, http
  case postgres, mysql, sqlite, duckdb, odbc
  case rest
  /// A program that prints rows.
  case command
  case singer

  /// Whether what it gives are files.
  public var isFiles: Bool {
    switch self {
    case .files, .s3, .gcs, .azure, .http: true
    case .postgres, .mysql, .sqlite, .duckdb, .odbc, .rest, .command, .singer: false
    }
  }

  /// Whether it is a database that is read by queries.
  public var isDatabase: Bool {
    switch self {
    case .postgres, .mysql, .sqlite, .duckdb, .odbc: true
    case .files, .s3, .gcs, .azure, .http, .rest, .command, .singer: false
    }
  }
}

/// A named source of `connections.yml`. Its settings hold Jinja until it is used: secrets are asked for no earlier.
public struct ConnectionDefinition: Sendable {
  /// The name.
  public var name: String
  /// What kind of source it is.
  public var type: ConnectionType
  /// Its settings, checked against the shape of its type, Jinja not rendered.
  public var settings: DataValue
  /// The file that it stands in, as messages show it, and the place in it.
  public var span: SourceSpan

  /// Makes a connection.
  public init(name: String, type: ConnectionType, settings: DataValue, span: SourceSpan) {
    self.name = name
    self.type = type
    self.settings = settings
    self.span = span
  }
}

/// A connection whose settings are rendered. It may hold secrets: `redactor` hides them, and nothing else shows them.
public struct ResolvedConnection: Sendable {
  /// The name; the location itself for a load that names one.
  public var name: String
  /// What kind of source it is.
  public var type: ConnectionType
  /// The settings, rendered.
  public var settings: DataValue
  /// The folder that relative paths start from: the project's.
  public var root: String
  /// Hides every secret that the settings hold.
  public var redactor: Redactor

  /// Makes a connection that can be used.
  public init(
    name: String, type: ConnectionType, settings: DataValue, root: String = "", redactor: Redactor
  ) {
    self.name = name
    self.type = type
    self.settings = settings
    self.root = root
    self.redactor = redactor
  }
}
