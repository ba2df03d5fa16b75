import CommandTesting

/// A MariaDB server; `weir` may do everything there.
public struct MySQLService: Sendable {
  /// The server's address.
  public let host: String
  /// The server's port.
  public let port: String
  /// The user.
  public let user: String
  /// The user's password.
  public let password: String
  private let client: String

  init(facts: [String: String]) {
    host = facts.fact("host")
    port = facts.fact("port")
    user = facts.fact("user")
    password = facts.fact("password")
    client = facts.fact("client")
  }

  /// Makes an empty database that no other test uses, and gives its name.
  public func makeDatabase() async throws -> String {
    let name = freshName()
    try await execute("CREATE DATABASE \(name)")
    return name
  }

  /// Runs statements as the client does and gives what it prints: rows without header, columns parted by tabs.
  /// Throws what the server complains of.
  @discardableResult
  public func execute(_ sql: String, in database: String = "") async throws -> String {
    let command = Command(
      program: client,
      arguments: [
        "--no-defaults", "--batch", "--skip-column-names", "--default-character-set=utf8mb4",
        "--host=\(host)",
        "--port=\(port)", "--user=\(user)", "--execute=\(sql)", database,
      ].filter { !$0.isEmpty },
      folder: "/", environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MYSQL_PWD": password])
    let outcome = try await command.start().finish()
    guard outcome.status == 0 else { throw ServiceFailure(text: outcome.errors) }
    return outcome.output
  }
}
