import Diagnostics
import Foundation
import Testing

@testable import Connectors

/// Programs that are asked things back.
@Suite struct ConversingProgramTests {
  private static let environment = ["PATH": "/usr/bin:/bin"]

  private func run(
    _ script: String, within timeout: Duration? = .seconds(60), isCancelled: @escaping () -> Bool = { false },
    answer: (String) throws -> String = { "<\($0)>" }
  ) throws -> (ending: ConversingProgram.Ending, heard: String) {
    var heard: [UInt8] = []
    let ending = try ConversingProgram.start(["sh", "-c", script], environment: Self.environment).converse(
      within: timeout, isCancelled: isCancelled, hear: { heard += $0 }, answer: answer)
    return (ending, String(decoding: heard, as: UTF8.self))
  }

  @Test("Requests are answered in order, and what is said is heard")
  func conversation() throws {
    let (ending, heard) = try run(
      "echo one; read a; echo \"$a\" >&2; echo two; read b; echo \"$b\" >&2; exit 7")
    #expect(ending == .exited(7))
    #expect(heard == "<one>\n<two>\n")
  }

  @Test("A program has the variables that it is given, and no others")
  func environment() throws {
    let (_, heard) = try run("env | grep -v -e ^PWD -e ^_ -e ^SHLVL -e ^OLDPWD >&2")
    #expect(heard == "PATH=/usr/bin:/bin\n")
  }

  @Test("A program that is not there is told of")
  func missing() throws {
    let problem = #expect(throws: Diagnostic.self) {
      _ = try ConversingProgram.start(["/nowhere/python3"], environment: [:])
        .converse(within: nil, isCancelled: { false }, hear: { _ in }, answer: { $0 })
    }
    #expect(problem?.message == "the program '/nowhere/python3' cannot be started")
  }

  @Test("A signal, a limit of time and a cancellation end it, and all that it started")
  func endings() throws {
    #expect(try run("kill -9 $$").ending == .killed(9))
    #expect(try run("sleep 300 & sleep 300", within: .milliseconds(50)).ending == .timedOut)
    #expect(try run("trap '' TERM; sleep 300", isCancelled: { true }).ending == .cancelled)
    // Its descendants would hold the pipe open.
    #expect(try run("sleep 300 & exit 0").ending == .exited(0))
  }

  @Test("What answering throws ends the program")
  func failure() throws {
    #expect(throws: CancellationError.self) {
      _ = try run("echo one; sleep 300", answer: { _ in throw CancellationError() })
    }
  }

  @Test("Megabytes of talk stop nobody")
  func talk() throws {
    let (ending, heard) = try run("yes | head -c 3000000 >&2; echo q; read a; echo \"$a\" >&2")
    #expect(ending == .exited(0))
    #expect(heard.utf8.count == 3_000_000 + 4)
  }
}
