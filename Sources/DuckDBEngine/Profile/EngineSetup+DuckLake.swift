import Diagnostics
import EngineCore

extension EngineSetup {
  /// What a target of type `ducklake` takes: its catalog attached under the target's database, and sessions that
  /// start there.
  struct Lake {
    var statements: [Statement]
    var use: Statement
  }

  /// The keys of a target of type `ducklake`, `type` aside.
  static let lakeKeys: Set<String> = keys.subtracting(["path", "is_ducklake", "remote", "keep_open"]).union([
    "catalog", "data_path", "options", "host", "port", "user", "password", "dbname",
  ])

  private static let serverKeys = ["host", "port", "user", "password", "dbname"]
  private static let catalogSecret = "_weir_lake_catalog"

  /// Reads the target. What is wrong with it is in the reader's problems.
  static func lake(_ reader: inout ProfileReader, _ profile: ConnectionProfile) -> Lake? {
    let dialect = DuckDBDialect()
    let name = reader.text("database") ?? ""
    if name.isEmpty || ["memory", "system", "temp"].contains(name.lowercased()) {
      reader.complain(
        "\(reader.place): a lake cannot be called '\(name)'", hint: "name it: `database: lake`")
    }
    guard let catalog = reader.text("catalog"), !catalog.isEmpty else {
      reader.complain(
        "\(reader.place) has no catalog",
        hint: "write `catalog: lake.ducklake`, `catalog: sqlite:lake.sqlite` or `catalog: postgres`")
      return nil
    }
    let isServer = catalog == "postgres" || catalog.hasPrefix("postgres:")
    var statements: [Statement] = []
    var options: [String] = []
    if isServer {
      checkAddress(&reader, catalog)
      if let secret = serverSecret(&reader) {
        statements.append(secret)
        options.append("META_SECRET \(dialect.literal(catalogSecret))")
      }
    } else if let key = serverKeys.first(where: { reader[$0] != nil }) {
      reader.complain(
        "\(reader.place): \(key) is for a catalog in PostgreSQL, and this one is a file",
        hint: "write `catalog: postgres`, or take the key out")
    }
    if let data = reader.text("data_path") {
      options.append("DATA_PATH \(dialect.literal(resolved(data, in: profile.projectRoot)))")
    } else if isServer {
      reader.complain(
        "\(reader.place) has no data_path", hint: "say where the data lies: `data_path: s3://bucket/lake/`")
    }
    options += attachOptions(&reader, reserved: ["data_path", "meta_secret"])
    options += snapshotOption(profile.snapshot)
    let address =
      isServer
      ? "ducklake:postgres:\(catalog.dropFirst("postgres:".count))"
      : resolved(catalog.hasPrefix("ducklake:") ? catalog : "ducklake:\(catalog)", in: profile.projectRoot)
    statements.append(
      Statement(
        purpose: "the lake \(name)",
        sql: "ATTACH IF NOT EXISTS \(dialect.literal(address)) AS \(dialect.quoted(name))"
          + (options.isEmpty ? "" : " (\(options.joined(separator: ", ")))"),
        secrets: reader["password"]?.texts ?? [], file: isServer ? nil : databaseFile(address)))
    return Lake(
      statements: statements,
      use: Statement(purpose: "the lake \(name)", sql: "USE \(dialect.quoted(name))"))
  }

  /// A password in the catalog's address would be shown by DuckDB itself.
  private static func checkAddress(_ reader: inout ProfileReader, _ catalog: String) {
    if catalog.hasPrefix("postgres://") {
      reader.complain(
        "\(reader.place): the catalog's address is a URL",
        hint: "write `catalog: postgres` and the keys \(serverKeys.joined(separator: ", "))")
    } else if catalog.lowercased().range(of: "password") != nil {
      reader.complain(
        "\(reader.place): the catalog's address holds a password",
        hint: "write it under `password`, by env_var: there it is never shown")
    }
  }

  /// The catalog's server, as a secret of the engine: what is kept there appears in no message and no table.
  private static func serverSecret(_ reader: inout ProfileReader) -> Statement? {
    var parts: [String] = []
    for key in serverKeys {
      guard let value = reader.text(key) else { continue }
      parts.append("\(key == "dbname" ? "DATABASE" : key.uppercased()) \(DuckDBDialect().literal(value))")
    }
    guard !parts.isEmpty else { return nil }
    return Statement(
      purpose: "the server of the lake's catalog",
      sql: "CREATE OR REPLACE SECRET \(DuckDBDialect().quoted(catalogSecret)) "
        + "(TYPE postgres, \(parts.joined(separator: ", ")))",
      secrets: reader["password"]?.texts ?? [])
  }

  /// ATTACH's option for a moment of the past.
  static func snapshotOption(_ snapshot: SnapshotPoint?) -> [String] {
    switch snapshot {
    case nil: []
    case .version(let number): ["SNAPSHOT_VERSION \(number)"]
    case .time(let text): ["SNAPSHOT_TIME \(DuckDBDialect().literal(text))"]
    }
  }

  /// The past can be looked at where the target's own database is a lake.
  static func checkSnapshot(
    _ reader: inout ProfileReader, _ profile: ConnectionProfile, _ attachments: [Attachment]
  ) {
    guard profile.snapshot != nil, profile.type != "ducklake" else { return }
    let database = reader.text("database")
    guard !attachments.contains(where: { $0.isLake && $0.alias != nil && $0.alias == database }) else {
      return
    }
    reader.complain(
      "\(reader.place) keeps no past to look at",
      hint: "only lakes do: a target of type ducklake, or an attached DuckLake that `database` names")
  }
}
