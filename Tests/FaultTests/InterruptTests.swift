import CommandTesting
import Foundation
import Glibc
import Testing

/// Signals end a build in order, and two builds of one project do not meet.
@Suite struct InterruptTests {
  /// A project whose second version runs for minutes, after it has written the file `started`.
  private func project() async throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try scratch.write("name: long\nmodels:\n  long:\n    +materialized: table\n", to: "weir.yml")
    try scratch.write("select 1 as version\n", to: "models/answer.sql")
    let first = try await Command.weir(["build"], in: scratch.path).run()
    try #require(first.status == 0, "\(first.output)\(first.errors)")
    try scratch.write(
      """
      {{ config(pre_hook="copy (select 1) to 'started' (format csv)") }}
      select count(*) as version from range(10000000) as a(i) join range(10000000) as b(j) on (i * j) % 1000003 = 7
      """, to: "models/answer.sql")
    return scratch
  }

  private func startLongBuild(in project: ScratchFolder) async throws -> RunningCommand {
    let running = try Command.weir(["build"], in: project.path).start()
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(30)
    while !FileManager.default.fileExists(atPath: project.path + "/started") {
      guard clock.now < deadline else {
        running.signal(SIGKILL)
        let outcome = try await running.finish()
        throw CommandFailure(text: "the build did not start its model:\n\(outcome.output)\(outcome.errors)")
      }
      try await Task.sleep(for: .milliseconds(2))
    }
    return running
  }

  @Test("SIGINT and SIGTERM stop the query, keep the live table and exit 130", arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) async throws {
    let project = try await project()
    let running = try await startLongBuild(in: project)
    running.signal(signal)
    let outcome = try await running.finish(seconds: 30)
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

  @Test("A second weir on the same project says who holds it, and exits 2")
  func second() async throws {
    let project = try await project()
    let running = try await startLongBuild(in: project)
    let outcome = try await Command.weir(["build"], in: project.path).run(seconds: 30)
    running.signal(SIGINT)
    #expect(try await running.finish(seconds: 30).status == 130)
    #expect(outcome.status == 2, "\(outcome.output)\(outcome.errors)")
    let said = outcome.output + outcome.errors
    #expect(said.contains("\(running.pid)"), "it does not name process \(running.pid):\n\(said)")
  }
}
