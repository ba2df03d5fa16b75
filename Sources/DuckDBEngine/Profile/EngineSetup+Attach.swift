import EngineCore

extension EngineSetup {
  /// A database to attach.
  struct Attachment {
    var alias: String?
    var statement: Statement
  }

  private static let attachKeys: Set<String> = [
    "path", "type", "alias", "secret", "read_only", "options", "is_ducklake",
  ]

  /// `ATTACH` for each attached database of the profile.
  static func attachments(_ reader: inout ProfileReader, root: String) -> [Attachment] {
    var attachments: [Attachment] = []
    var readers = reader.tables("attach", known: attachKeys)
    for index in readers.indices {
      if let attachment = attachment(&readers[index], root: root) { attachments.append(attachment) }
      reader.adopt(readers[index])
    }
    return attachments
  }

  private static func attachment(_ reader: inout ProfileReader, root: String) -> Attachment? {
    guard let path = reader.text("path") else {
      reader.complain("\(reader.place) has no path")
      return nil
    }
    let dialect = DuckDBDialect()
    let type = reader.text("type")
    // Only DuckDB's and SQLite's databases are files; others have addresses of their own.
    let isFile = type.map { ["duckdb", "sqlite"].contains($0.lowercased()) } ?? true
    var options: [String] = []
    if let type { options.append("TYPE \(dialect.quoted(type))") }
    if let secret = reader.text("secret") { options.append("SECRET \(dialect.quoted(secret))") }
    if reader.flag("read_only") { options.append("READ_ONLY") }
    for (key, value) in reader.table("options").sorted(by: { $0.key < $1.key }) {
      if ["type", "secret", "read_only"].contains(key.lowercased()), reader[key.lowercased()] != nil {
        reader.complain("\(reader.place): \(key) stands both beside and under options", hint: "write it once")
      } else if !isExtensionName(key) {
        reader.complain("\(reader.place): an option has a character that DuckDB does not allow")
      } else if value == .boolean(true) {
        options.append(key)
      } else if value != .boolean(false) {
        options.append("\(key) \(value.literal)")
      }
    }
    let alias = reader.text("alias")
    let file = isFile ? resolved(path, in: root) : path
    let sql =
      "ATTACH IF NOT EXISTS \(dialect.literal(file))" + (alias.map { " AS \(dialect.quoted($0))" } ?? "")
      + (options.isEmpty ? "" : " (\(options.joined(separator: ", ")))")
    // A connection string may hold a password.
    let hidden = isFile ? [] : [path]
    return Attachment(
      alias: alias,
      statement: Statement(
        purpose: "the attached database \(alias ?? (isFile ? path : "without an alias"))", sql: sql,
        secrets: hidden))
  }
}
