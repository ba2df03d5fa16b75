/// What `connections.yml` may hold.
public enum ConnectionShapes {
  /// The whole file.
  public static let file: Shape = .mapping([
    Field("version", .integer(1...1), "the version of the file's format"),
    Field("connections", .dictionary(connection), "the named sources", isRequired: true),
  ])

  /// One connection: its keys depend on its type.
  static let connection: Shape = .tagged(
    key: "type", cases: ConnectionType.allCases.map { Shape.Case($0.rawValue, fields(of: $0)) })

  /// The keys of a connection of that type, `type` aside.
  public static func fields(of type: ConnectionType) -> [Field] {
    [Field("description", .text, "what it is, for people")] + own(type)
  }

  private static func own(_ type: ConnectionType) -> [Field] {
    switch type {
    case .files: [Field("path", .text, "the folder that relative paths start from")]
    case .s3: s3
    case .gcs: gcs
    case .azure: azure
    case .http: [Field("url", .text, "what relative paths are added to"), headers]
    case .postgres: server(port: 5432) + [Field("sslmode", .text, "libpq's `sslmode`")] + postgresTimes
    case .mysql: server(port: 3306) + [Field("ssl_mode", .text, "MySQL's `ssl_mode`"), readTimeout]
    case .sqlite, .duckdb: [Field("path", .text, "the database file", isRequired: true)]
    case .odbc:
      [
        Field("dsn", .text, "the name of a data source of odbc.ini"),
        Field("driver", .text, "the driver's name in odbcinst.ini, or its file"),
        Field("options", .dictionary(.text), "further parts of the connection string"),
        Field("quote", .text, "what its SQL quotes names with, if not double quotes"),
        Field("user", .text, "the user"),
        Field("password", .text, "the password", isSecret: true),
      ]
    case .rest: RESTShapes.connection
    case .command: ProgramShapes.commandConnection
    case .singer: ProgramShapes.singerConnection
    }
  }

  private static let headers = Field("headers", .dictionary(.text), "headers of every request")

  private static func server(port: Int) -> [Field] {
    [
      Field("host", .text, "the server"),
      Field("port", .integer(1...65535), "its port; \(port) unless said"),
      Field("database", .text, "the database"),
      Field("user", .text, "the user"),
      Field("password", .text, "the password", isSecret: true),
    ]
  }

  private static let postgresTimes: [Field] = [
    Field(
      "connect_timeout", .integer(0...86400), "seconds to wait for a connection; 10 unless said, 0 for ever"),
    Field(
      "keepalives_idle", .integer(0...86400),
      "seconds without a byte after which the network is asked whether it is still there; 30 unless said, 0 never"
    ),
    readTimeout,
  ]

  private static let readTimeout = Field(
    "read_timeout", .integer(0...86400),
    "seconds that the server may say nothing while rows are read; 900 unless said, 0 for ever")

  private static let s3: [Field] = [
    Field("bucket", .text, "the bucket, and a prefix if wanted, that relative paths are added to"),
    Field("region", .text, "the region"),
    Field("endpoint", .text, "host and port of a service other than AWS's"),
    Field("url_style", .choice(["vhost", "path"]), "where a URL names the bucket"),
    Field("use_ssl", .boolean, "whether requests are encrypted; true unless said"),
    Field(
      "key_id", .text, "the access key's id; without one, the credentials that AWS's own tools would find"),
    Field("secret", .text, "the access key's secret", isSecret: true),
    Field("session_token", .text, "the token of temporary credentials", isSecret: true),
    Field("profile", .text, "a profile of AWS's own configuration files"),
  ]

  private static let gcs: [Field] = [
    Field("bucket", .text, "the bucket, and a prefix if wanted, that relative paths are added to"),
    Field("key_id", .text, "the id of an HMAC key; without one, only public buckets can be read"),
    Field("secret", .text, "the HMAC key's secret", isSecret: true),
    Field("endpoint", .text, "host and port of a service other than Google's"),
    Field("url_style", .choice(["vhost", "path"]), "where a URL names the bucket"),
    Field("use_ssl", .boolean, "whether requests are encrypted; true unless said"),
  ]

  private static let azure: [Field] = [
    Field("container", .text, "the container, and a prefix if wanted, that relative paths are added to"),
    Field("account_name", .text, "the storage account"),
    Field("account_key", .text, "the account's key", isSecret: true),
    Field("connection_string", .text, "the connection string, in place of all others", isSecret: true),
    Field("tenant_id", .text, "the tenant of a service principal"),
    Field("client_id", .text, "the service principal"),
    Field("client_secret", .text, "its secret", isSecret: true),
    Field("endpoint", .text, "a service other than Azure's own cloud"),
  ]
}
