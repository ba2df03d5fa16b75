import Foundation
import Testing

/// Real servers for tests, on loopback: each is started when the first test asks for it, shared by all tests of the
/// process, and gone with the process.
///
/// A test that asks for one that cannot be had is cancelled, with the reason in the log. `WEIR_SERVICES=required`,
/// which continuous integration sets, makes it fail instead; `WEIR_SERVICES=off` starts nothing.
public enum Services {
  private static let running = Registry()

  /// PostgreSQL.
  public static func postgres() async throws -> PostgresService {
    PostgresService(facts: try await start("postgres"))
  }

  /// MariaDB.
  public static func mysql() async throws -> MySQLService {
    MySQLService(facts: try await start("mysql"))
  }

  /// An S3: SeaweedFS.
  public static func s3() async throws -> S3Service {
    S3Service(facts: try await start("s3"))
  }

  /// An Azure storage account.
  public static func azure() async throws -> AzureService {
    AzureService(facts: try await start("azure"))
  }

  /// Starts `Tests/Services/NAME.py`, unless it runs, and gives what it says of its server. Cancels the test if the
  /// service cannot be had.
  public static func start(_ name: String) async throws -> [String: String] {
    let wish = ProcessInfo.processInfo.environment["WEIR_SERVICES"]
    if wish == "off" { try Test.cancel("the service \(name) is off: WEIR_SERVICES=off") }
    let facts = try await running.facts(of: name)
    guard let reason = facts["unavailable"] else { return facts }
    if wish == "required" { throw ServiceFailure(text: "the service \(name) cannot be had: \(reason)") }
    try Test.cancel("the service \(name) cannot be had: \(reason)")
  }

  /// Each service's start, under way or done.
  private actor Registry {
    private var starts: [String: Task<ServiceProcess, any Error>] = [:]

    func facts(of name: String) async throws -> [String: String] {
      let start = starts[name] ?? Task { try await ServiceProcess.start(name) }
      starts[name] = start
      return try await start.value.facts
    }
  }
}

extension [String: String] {
  /// A fact that the service's script always says.
  func fact(_ name: String) -> String { self[name] ?? "\(name) is missing" }
}

/// A name that no other test uses, of letters, digits and underscores.
func freshName() -> String {
  "t" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(12)
}
