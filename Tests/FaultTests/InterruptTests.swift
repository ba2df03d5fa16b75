import CommandTesting
import Foundation
import Glibc
import Testing

/// Signals end a build in order, and two builds of one project do not meet.
@Suite struct InterruptTests {
  @Test("SIGINT and SIGTERM stop the query, keep the live table and exit 130", arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) async throws {
    let project = try await LongBuild.project()
    let running = try await LongBuild.start(in: project)
    running.signal(signal)
    let outcome = try await running.finish(seconds: 300)
    #expect(outcome.status == 130, "\(outcome.output)\(outcome.errors)")
    let said = outcome.output + outcome.errors
    #expect(said.lowercased().contains("interrupt"), "it says nothing of an interruption:\n\(said)")
    let shown = try await Command.weir(
      ["show", "--inline", "select version from answer", "--output", "csv", "--quiet"], in: project.path
    ).run()
    #expect(shown.output == "version\n1\n", "\(shown.errors)")
    try project.write("select 2 as version\n", to: "models/answer.sql")
    #expect(try await Command.weir(["build"], in: project.path).run().status == 0)
  }

  @Test("A second weir on the same project says who holds it, and exits 2", arguments: ["build", "clean"])
  func second(verb: String) async throws {
    let project = try await LongBuild.project()
    let running = try await LongBuild.start(in: project)
    let outcome = try await Command.weir([verb], in: project.path).run(seconds: 300)
    running.signal(SIGINT)
    #expect(try await running.finish(seconds: 300).status == 130)
    #expect(outcome.status == 2, "\(outcome.output)\(outcome.errors)")
    let said = outcome.output + outcome.errors
    #expect(said.contains("\(running.pid)"), "it does not name process \(running.pid):\n\(said)")
    #expect(FileManager.default.fileExists(atPath: project.path + "/target"))
  }
}
