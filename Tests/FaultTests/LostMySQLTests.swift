import CommandTesting
import Foundation
import Glibc
import ServiceTesting
import Testing

/// Loads from a MySQL whose connections are cut, or fall silent, while they are read.
@Suite("Loads that lose MySQL")
struct LostMySQLTests {
  /// A database with a table that is large enough to be cut, and a project that loads it through a proxy.
  private struct Source {
    var proxy: ProxyService
    var project: LossProject

    init(_ more: String = "") async throws {
      let server = try await Services.mysql()
      let database = try await server.makeDatabase()
      proxy = try await Services.proxy(to: "\(server.host):\(server.port)")
      try await server.execute(
        """
        CREATE TABLE small AS SELECT 1 AS id;
        CREATE TABLE big AS SELECT seq AS id, concat(md5(seq), sha1(seq)) AS v FROM seq_1_to_60000;
        """, in: database)
      project = try LossProject(
        connection:
          "{type: mysql, host: \(proxy.host), port: \(proxy.port), database: \(database), user: \(server.user), "
          + "password: \"{{ env_var('SOURCE_PASSWORD') }}\"\(more)}",
        tables: "[{name: small}, {name: big, write: replace}]",
        environment: ["SOURCE_PASSWORD": server.password])
      try await project.succeed("build")
    }
  }

  @Test("A load whose connection is cut fails, leaves all as it was, and does its work when it is healed")
  func cut() async throws {
    let source = try await Source()
    let before = try await source.project.contents()
    try await source.proxy.set(.init(.reset, after: 200_000, times: 5))
    try await source.project.buildLost("mysql connection 'source' was lost while 'big' was read")
    let counts = try await source.proxy.counts()
    #expect(counts.cuts == 5, "the load is tried five times")
    try await source.project.succeed("load")
    #expect(try await source.project.contents() == before)
  }

  @Test("A server that falls silent is not waited for without end")
  func silence() async throws {
    let source = try await Source(", read_timeout: 5")
    try await source.proxy.set(.init(.stall, after: 200_000))
    try await source.project.buildLost(
      "mysql connection 'source': the server said nothing for 5 s while 'big' was read")
    try await source.proxy.heal()
    try await source.project.succeed("load")
  }

  @Test("Ctrl-C ends a load that waits for a silent server")
  func interrupt() async throws {
    let source = try await Source()
    let before = try await source.project.contents()
    try await source.proxy.set(.init(.stall, after: 200_000))
    let running = try source.project.command("load").start()
    while try await source.proxy.counts().cuts == 0 { try await Task.sleep(for: .milliseconds(20)) }
    running.signal(SIGINT)
    let outcome = try await running.finish(seconds: 300)
    #expect(outcome.status == 130, "\(outcome.output)\(outcome.errors)")
    #expect(try await source.project.contents() == before)
  }
}
