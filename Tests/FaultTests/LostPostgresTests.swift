import CommandTesting
import Foundation
import Glibc
import ServiceTesting
import Testing

/// Loads from a PostgreSQL whose connections are cut, or fall silent, while they are read.
@Suite("Loads that lose PostgreSQL")
struct LostPostgresTests {
  /// How the table is written, how its connection is cut, and after how many bytes.
  struct Loss: CustomTestStringConvertible, Sendable {
    var write: String
    var kind: ProxyService.Fault.Kind
    var after = 500_000
    var testDescription: String { "\(kind.rawValue) after \(after), \(write)" }
  }

  private static let losses: [Loss] = {
    let merge = "write: merge, key: [id], cursor: at, lookback: 1 hour"
    let quick = [
      Loss(write: "write: replace", kind: .reset), Loss(write: "write: append, cursor: at", kind: .close),
      Loss(write: merge, kind: .reset),
    ]
    guard ProcessInfo.processInfo.environment["WEIR_SLOW"] == "1" else { return quick }
    return quick + [
      Loss(write: "write: replace", kind: .close, after: 2_000_000), Loss(write: merge, kind: .close),
      Loss(write: "write: scd2, key: [id], cursor: at", kind: .reset),
    ]
  }()

  /// A database with a table that is large enough to be cut.
  private struct Source {
    var server: PostgresService
    var database: String
    var proxy: ProxyService

    init() async throws {
      server = try await Services.postgres()
      database = try await server.makeDatabase()
      proxy = try await Services.proxy(to: "\(server.host):\(server.port)")
      try await server.execute(
        """
        CREATE TABLE small AS SELECT n AS id FROM generate_series(1, 10) n;
        CREATE TABLE big (id int, v text, at timestamptz);
        """, in: database)
      try await grow(1, 20_000)
    }

    func grow(_ first: Int, _ last: Int) async throws {
      try await server.execute(
        """
        UPDATE big SET v = 'changed', at = timestamptz '2026-01-01' + \(first) * interval '1 s' WHERE id < 100;
        INSERT INTO big SELECT n, 'row ' || n || repeat('x', 60), timestamptz '2026-01-01' + n * interval '1 s'
        FROM generate_series(\(first), \(last)) n;
        """, in: database)
    }

    func project(_ write: String, direct: Bool = false, more: String = "") throws -> LossProject {
      try LossProject(
        connection:
          "{type: postgres, host: \(proxy.host), port: \(direct ? Int(server.port) ?? 0 : proxy.port), "
          + "database: \(database), user: \(server.user), password: \"{{ env_var('SOURCE_PASSWORD') }}\"\(more)}",
        tables: "[{name: small}, {name: big, \(write)}]", environment: ["SOURCE_PASSWORD": server.password])
    }
  }

  @Test(
    "A load whose connection is cut fails, leaves all as it was, and does its work when it is healed",
    arguments: losses)
  func cut(_ loss: Loss) async throws {
    let source = try await Source()
    let (hit, calm) = (try source.project(loss.write), try source.project(loss.write, direct: true))
    for project in [hit, calm] { try await project.succeed("build") }
    try await source.grow(20_001, 60_000)
    try await source.proxy.set(.init(loss.kind, after: loss.after, times: 5))
    try await hit.buildLost("postgres connection 'source' was lost while 'big' was read")
    let counts = try await source.proxy.counts()
    #expect(counts.cuts == 5, "the load is tried five times")
    for project in [hit, calm] { try await project.succeed("load") }
    #expect(try await hit.contents() == calm.contents())
    #expect(try await hit.rows(of: "select max(id) from shop.big") == ["60000"])
  }

  @Test("A connection that is cut once costs nothing but time")
  func once() async throws {
    let source = try await Source()
    let (hit, calm) = (try source.project("write: append"), try source.project("write: append"))
    try await calm.succeed("load")
    try await source.proxy.set(.init(.reset, after: 500_000, times: 1))
    try await hit.succeed("load")
    #expect(try await source.proxy.counts().cuts == 1)
    #expect(try await hit.contents() == calm.contents())
  }

  @Test("A connection that is lost at the commit leaves nothing, and a second attempt doubles nothing")
  func atCommit() async throws {
    let source = try await Source()
    let (hit, calm) = (try source.project("write: append"), try source.project("write: append"))
    try await calm.succeed("load")
    // What is sent last is the end of the transaction, and the goodbye of each connection.
    let whole = try await source.proxy.heal()
    for back in stride(from: 5, through: 60, by: 22) {
      try await source.proxy.set(.init(.reset, after: whole.up - back, side: .up, times: 1))
      try await hit.succeed("load", "--full-refresh")
      #expect(try await hit.contents() == calm.contents(), "\(back) bytes before the end")
    }
  }

  @Test("A server that cannot be reached any more is told of, with what came first")
  func down() async throws {
    let source = try await Source()
    let project = try source.project("write: replace")
    try await project.succeed("build")
    try await source.proxy.set(.init(.reset, after: 500_000))
    try await project.buildLost("postgres connection 'source': it cannot be reached")
    let outcome = try await project.command("load").run()
    #expect(outcome.status == 1)
    #expect((outcome.output + outcome.errors).contains("it was tried 5 times"))
    try await source.proxy.heal()
    try await project.succeed("load")
  }

  @Test(
    "A server that falls silent is not waited for without end",
    arguments: [
      (0, "read_timeout: 0, connect_timeout: 2", "it cannot be reached"),
      (40, "read_timeout: 1", "the server said nothing for 1 s while it was connected to"),
      (500_000, "read_timeout: 1", "the server said nothing for 1 s while 'big' was read"),
    ])
  func silence(_ after: Int, _ settings: String, _ message: String) async throws {
    let source = try await Source()
    let project = try source.project("write: replace", more: ", \(settings)")
    try await project.succeed("build")
    try await source.proxy.set(.init(.stall, after: after))
    try await project.buildLost("postgres connection 'source': \(message)")
    try await source.proxy.heal()
    try await project.succeed("load")
  }

  @Test("Ctrl-C ends a load that waits for a silent server")
  func interrupt() async throws {
    let source = try await Source()
    let project = try source.project("write: replace")
    try await project.succeed("build")
    let before = try await project.contents()
    try await source.proxy.set(.init(.stall, after: 500_000))
    let running = try project.command("load").start()
    while try await source.proxy.counts().cuts == 0 { try await Task.sleep(for: .milliseconds(20)) }
    running.signal(SIGINT)
    let outcome = try await running.finish(seconds: 300)
    #expect(outcome.status == 130, "\(outcome.output)\(outcome.errors)")
    #expect(!(outcome.output + outcome.errors).contains("error["), "\(outcome.output)\(outcome.errors)")
    #expect(try await project.contents() == before)
    try await source.proxy.heal()
    try await project.succeed("load")
  }
}
