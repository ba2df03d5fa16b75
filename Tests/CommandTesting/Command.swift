import Dispatch
import Foundation
import Glibc

/// A program to run: where, with which words and in which environment.
public struct Command: Sendable {
  /// The program's path.
  public var program: String
  /// Its arguments, without its own name.
  public var arguments: [String]
  /// The folder it runs in.
  public var folder: String
  /// Its whole environment: nothing is inherited from the test.
  public var environment: [String: String]

  /// A program with all that it is given.
  public init(program: String, arguments: [String], folder: String, environment: [String: String]) {
    self.program = program
    self.arguments = arguments
    self.folder = folder
    self.environment = environment
  }

  /// How a program ended, and what it printed.
  public struct Outcome: Sendable, Equatable {
    /// The exit code; as a shell has it, 128 more than the signal for one that was killed.
    public var status: Int32
    /// What it wrote to standard output.
    public var output: String
    /// What it wrote to standard error.
    public var errors: String
  }

  /// The folder of the test bundle, where the build puts `weir` and DuckDB's library too.
  public static var programs: String {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "."
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().path
  }

  /// `weir` with these arguments.
  public static func weir(_ arguments: [String], in folder: String) -> Command {
    Command(
      program: programs + "/weir", arguments: arguments, folder: folder, environment: surroundings(folder))
  }

  /// A line of bash, in which `weir` is the program under test.
  public static func shell(_ line: String, in folder: String) -> Command {
    Command(
      program: "/bin/bash", arguments: ["-c", line], folder: folder, environment: surroundings(folder))
  }

  private static func surroundings(_ folder: String) -> [String: String] {
    [
      "PATH": "\(programs):/usr/local/bin:/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8", "TZ": "UTC",
      "COLUMNS": "100", "NO_COLOR": "1", "WEIR_EXTENSION_DIRECTORY": extensionFolder,
    ]
  }

  /// Where the set-up put DuckDB's extensions.
  public static var extensionFolder: String {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/root") + "/.cache"
    return cache + "/weir/duckdb/1.5.5/extensions"
  }

  /// Runs it to its end, when no more than one other program runs.
  ///
  /// Throws if it cannot be started. One that takes longer than `seconds` is killed (status 137).
  public func run(seconds: Int = 600) async throws -> Outcome {
    await Gate.programs.enter()
    do {
      let outcome = try await start().finish(seconds: seconds)
      await Gate.programs.leave()
      return outcome
    } catch {
      await Gate.programs.leave()
      throw error
    }
  }

  /// Starts it and returns at once.
  public func start() throws -> RunningCommand {
    let base = FileManager.default.temporaryDirectory.path + "/weir-output-\(UUID().uuidString)"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, base + ".out", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, base + ".err", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The runner of the tests may ignore or block signals; what it starts must not.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var pid = pid_t()
    // env changes the folder and becomes the program: Glibc's Swift module lacks the call that would do so here.
    var words = (["env", "-C", folder, program] + arguments).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    let failure = posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, &words, &variables)
    guard failure == 0 else {
      throw CommandFailure(text: "cannot start \(program): \(String(cString: strerror(failure)))")
    }
    return RunningCommand(pid: pid, base: base)
  }
}

/// Why a command could not be run.
public struct CommandFailure: Error, CustomStringConvertible {
  /// The reason, for people.
  public var text: String
  /// The reason, for people.
  public var description: String { text }

  /// A failure with its reason.
  public init(text: String) {
    self.text = text
  }
}

/// A program that was started.
public struct RunningCommand: Sendable {
  /// Its process.
  public let pid: pid_t
  let base: String

  /// Sends a signal.
  public func signal(_ number: Int32) {
    kill(pid, number)
  }

  /// Waits for its end and returns what it printed; kills it after so many seconds. To be called once.
  public func finish(seconds: Int = 600) async throws -> Command.Outcome {
    // On a thread of its own: other tests go on meanwhile.
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try wait(seconds: seconds) }) }
    }
  }

  private func wait(seconds: Int) throws -> Command.Outcome {
    let alarm = DispatchWorkItem { [pid] in kill(pid, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds), execute: alarm)
    // Wait without reaping, so that the process number cannot pass to another while the alarm may still ring.
    var information = siginfo_t()
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
    alarm.cancel()
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
    let signal = status & 0x7f
    let code = signal == 0 ? (status >> 8) & 0xff : 128 + signal
    let output = try take(base + ".out")
    let errors = try take(base + ".err")
    return Command.Outcome(status: code, output: output, errors: errors)
  }

  private func take(_ file: String) throws -> String {
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    try FileManager.default.removeItem(atPath: file)
    return String(decoding: data, as: UTF8.self)
  }
}
