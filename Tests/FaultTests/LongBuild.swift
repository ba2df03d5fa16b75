import CommandTesting
import Foundation
import Glibc
import Testing

/// A build that is still busy when a test comes to stop it.
enum LongBuild {
  /// A project whose second version runs for minutes, after it has written the file `started`.
  static func project() async throws -> ScratchFolder {
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

  /// Starts the build and returns once its model runs.
  static func start(in project: ScratchFolder) async throws -> RunningCommand {
    let running = try Command.weir(["build"], in: project.path).start()
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(300)
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
}
