import EngineCore

extension EngineSetup {
  /// Keys whose values are names, not secrets: messages may show them.
  private static let open: Set<String> = [
    "type", "provider", "name", "scope", "persistent", "region", "chain",
  ]

  /// `CREATE SECRET` for each secret of the profile.
  static func secretStatements(_ reader: inout ProfileReader) -> [Statement] {
    var statements: [Statement] = []
    if let provider = reader.text("use_credential_provider") {
      if provider == "aws" {
        statements.append(
          Statement(
            purpose: "the secret for use_credential_provider",
            sql: "CREATE OR REPLACE SECRET _dbt_secret_0 (TYPE s3, PROVIDER credential_chain)"))
      } else {
        reader.complain(
          "\(reader.place): use_credential_provider can only be aws", hint: "write a secret instead")
      }
    }
    var readers = reader.tables("secrets", known: nil)
    for index in readers.indices {
      if let statement = secretStatement(&readers[index], number: index + 1) { statements.append(statement) }
      reader.adopt(readers[index])
    }
    return statements
  }

  private static func secretStatement(_ reader: inout ProfileReader, number: Int) -> Statement? {
    guard let type = reader.text("type") else {
      reader.complain("\(reader.place) has no type", hint: "write `type: s3`, gcs, azure, …")
      return nil
    }
    let name = reader.text("name") ?? "_dbt_secret_\(number)"
    let isPersistent = reader.flag("persistent")
    var parts = ["TYPE \(DuckDBDialect().quoted(type))"]
    var hidden: [String] = []
    for key in reader.keys where !["type", "name", "persistent"].contains(key) {
      guard let value = reader[key] else { continue }
      guard isExtensionName(key) else {
        reader.complain("\(reader.place): a key has a character that DuckDB does not allow")
        continue
      }
      if key == "provider", let provider = value.scalarText {
        parts.append("PROVIDER \(DuckDBDialect().quoted(provider))")
      } else {
        parts.append("\(key) \(value.literal)")
      }
      if !open.contains(key) { hidden += value.texts.filter { $0.count > 2 } }
    }
    return Statement(
      purpose: "the secret \(name)",
      sql: """
        CREATE OR REPLACE \(isPersistent ? "PERSISTENT " : "")SECRET \(DuckDBDialect().quoted(name)) \
        (\(parts.joined(separator: ", ")))
        """, secrets: hidden)
  }
}
