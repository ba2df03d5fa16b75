import CommandTesting

/// A PostgreSQL server; `weir` is its superuser.
public struct PostgresService: Sendable {
  /// The server's address.
  public let host: String
  /// The server's port.
  public let port: String
  /// The superuser.
  public let user: String
  /// The superuser's password.
  public let password: String
  private let psql: String

  init(facts: [String: String]) {
    host = facts.fact("host")
    port = facts.fact("port")
    user = facts.fact("user")
    password = facts.fact("password")
    psql = facts.fact("psql")
  }

  /// Makes an empty database that no other test uses, and gives its name.
  public func makeDatabase() async throws -> String {
    let name = freshName()
    try await execute("CREATE DATABASE \(name)")
    return name
  }

  /// The address of a database as a URL, password included.
  public func url(_ database: String = "postgres") -> String {
    "postgres://\(user):\(password)@\(host):\(port)/\(database)"
  }

  /// Runs statements as psql does and gives what it prints: rows without header, columns parted by `|`.
  /// Throws what the server complains of.
  @discardableResult
  public func execute(_ sql: String, in database: String = "postgres") async throws -> String {
    let command = Command(
      program: psql,
      arguments: [
        "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
        "--dbname=\(url(database))", "--command=\(sql)",
      ],
      folder: "/", environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"])
    let outcome = try await command.start().finish()
    guard outcome.status == 0 else { throw ServiceFailure(text: outcome.errors) }
    return outcome.output
  }
}
