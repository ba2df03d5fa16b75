import CommandTesting
import Foundation
import Glibc
import Testing

/// A Python model ends with the build that waits for it, and leaves nothing.
@Suite struct PythonFaultTests {
  /// A project whose Python model writes its process number and then runs for minutes, with a program of its own.
  private static func project() throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try scratch.write("name: slow\n", to: "weir.yml")
    try scratch.write("select 1 as id\n", to: "models/numbers.sql")
    try scratch.write(
      """
      import os, subprocess, time

      def model(dbt, session):
          dbt.ref("numbers")
          other = subprocess.Popen(["sleep", "600"])
          with open("started.new", "w") as file:
              file.write("%d %d" % (os.getpid(), other.pid))
          os.rename("started.new", "started")
          time.sleep(600)
          return None
      """, to: "models/slow.py")
    return scratch
  }

  /// Starts the build; gives it and the numbers of the model's processes.
  private static func start(in project: ScratchFolder) async throws -> (RunningCommand, [pid_t]) {
    let running = try Command.weir(["build"], in: project.path).start()
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      if let data = FileManager.default.contents(atPath: project.path + "/started") {
        let text = String(decoding: data, as: UTF8.self)
        return (running, text.split(separator: " ").compactMap { pid_t($0) })
      }
      guard ContinuousClock.now < deadline else {
        running.signal(SIGKILL)
        let outcome = try await running.finish()
        throw CommandFailure(text: "the model did not start:\n\(outcome.output)\(outcome.errors)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Whether a process is there and not merely waiting to be taken note of.
  private static func lives(_ process: pid_t) -> Bool {
    guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
    let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last ?? ""
    return fields.split(separator: " ").first != "Z"
  }

  private static func isGone(_ processes: [pid_t]) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while processes.contains(where: lives) {
      guard ContinuousClock.now < deadline else { return false }
      try await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  @Test("Ctrl-C ends the model and what it started, and nothing of it is left")
  func interrupted() async throws {
    let project = try Self.project()
    let (running, processes) = try await Self.start(in: project)
    #expect(processes.count == 2)
    running.signal(SIGINT)
    let outcome = try await running.finish(seconds: 60)
    #expect(outcome.status == 130, "\(outcome.output)\(outcome.errors)")
    #expect(try await Self.isGone(processes))
    let spool = try FileManager.default.contentsOfDirectory(atPath: project.path + "/.weir/spool")
    #expect(spool == [])
  }

  @Test("A model does not outlive a weir that is killed, and the next build tidies up")
  func killed() async throws {
    let project = try Self.project()
    let (running, processes) = try await Self.start(in: project)
    let spool = project.path + "/.weir/spool"
    let left = try FileManager.default.contentsOfDirectory(atPath: spool)
    try #require(left.count == 1)
    let mode = try FileManager.default.attributesOfItem(atPath: "\(spool)/\(left[0])")[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o700)
    running.signal(SIGKILL)
    _ = try await running.finish(seconds: 60)
    #expect(try await Self.isGone(processes))
    try project.write("def model(dbt, session):\n    return dbt.ref('numbers')\n", to: "models/slow.py")
    let next = try await Command.weir(["build"], in: project.path).run()
    #expect(next.status == 0, "\(next.output)\(next.errors)")
    #expect((try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? [] == [], "it may not be there")
  }
}
