import EngineCore

extension EngineSetup {
  /// A database to attach.
  struct Attachment {
    var alias: String?
    /// Whether it is a DuckLake catalog, which keeps snapshots.
    var isLake = false
    var statement: Statement
  }

  private static let attachKeys: Set<String> = [
    "path", "type", "alias", "secret", "read_only", "options", "is_ducklake",
  ]

  /// `ATTACH` for each attached database of the profile.
  static func attachments(_ reader: inout ProfileReader, _ profile: ConnectionProfile) -> [Attachment] {
    var attachments: [Attachment] = []
    var readers = reader.tables("attach", known: attachKeys)
    for index in readers.indices {
      if let attachment = attachment(&readers[index], profile) { attachments.append(attachment) }
      reader.adopt(readers[index])
    }
    return attachments
  }

  private static func attachment(
    _ reader: inout ProfileReader, _ profile: ConnectionProfile
  ) -> Attachment? {
    guard let path = reader.text("path") else {
      reader.complain("\(reader.place) has no path")
      return nil
    }
    let dialect = DuckDBDialect()
    let type = reader.text("type")
    // Only DuckDB's and SQLite's databases are files; others have addresses of their own.
    let isFile = type.map { ["duckdb", "sqlite"].contains($0.lowercased()) } ?? true
    let isLake = path.hasPrefix("ducklake:") || type?.lowercased() == "ducklake" || reader.flag("is_ducklake")
    let alias = reader.text("alias")
    var options: [String] = []
    if let type { options.append("TYPE \(dialect.quoted(type))") }
    if let secret = reader.text("secret") { options.append("SECRET \(dialect.quoted(secret))") }
    let isReadOnly = reader.flag("read_only")
    if isReadOnly { options.append("READ_ONLY") }
    options += attachOptions(&reader, reserved: ["type", "secret", "read_only"])
    if isLake, let alias, .text(alias) == profile.settings["database"] {
      options += snapshotOption(profile.snapshot)
    }
    let file = isFile ? resolved(path, in: profile.projectRoot) : path
    let sql =
      "ATTACH IF NOT EXISTS \(dialect.literal(file))" + (alias.map { " AS \(dialect.quoted($0))" } ?? "")
      + (options.isEmpty ? "" : " (\(options.joined(separator: ", ")))")
    // A connection string may hold a password.
    let hidden = isFile ? [] : [path]
    return Attachment(
      alias: alias, isLake: isLake,
      statement: Statement(
        purpose: "the attached database \(alias ?? (isFile ? path : "without an alias"))", sql: sql,
        secrets: hidden, file: isFile && !isReadOnly ? databaseFile(file) : nil))
  }

  /// The file of a database that ATTACH names, as a lake's catalog too.
  static func databaseFile(_ address: String) -> String {
    address.hasPrefix("ducklake:") ? String(address.dropFirst("ducklake:".count)) : address
  }

  /// What stands under `options`, as ATTACH has it. What is `reserved` has a key of its own, and may stand here only
  /// where that is not used.
  static func attachOptions(_ reader: inout ProfileReader, reserved: Set<String>) -> [String] {
    var options: [String] = []
    for (key, value) in reader.table("options").sorted(by: { $0.key < $1.key }) {
      if reserved.contains(key.lowercased()), reader[key.lowercased()] != nil {
        reader.complain("\(reader.place): \(key) stands both beside and under options", hint: "write it once")
      } else if !isExtensionName(key) {
        reader.complain("\(reader.place): an option has a character that DuckDB does not allow")
      } else if value == .boolean(true) {
        options.append(key)
      } else if value != .boolean(false) {
        options.append("\(key) \(value.literal)")
      }
    }
    return options
  }
}
