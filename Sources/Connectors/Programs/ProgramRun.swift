import Diagnostics
import Glibc
import Subprocess
import SystemPackage

/// One run of a program whose output goes straight to a file.
struct ProgramRun {
  /// The program and its arguments; a single word with a space is a line for the shell.
  var words: [String]
  /// Variables beside the inherited ones.
  var environment: [String: String]
  /// The folder that it runs in.
  var folder: String
  /// How long it may run, in seconds.
  var timeout: Double?

  /// Runs it to its end. Throws a `Diagnostic` that says how it ended, with the last lines of its errors, if that was not
  /// well. Cancelling ends the program and all that it started.
  func run(output: String, errors: String) async throws {
    let status = try await status(output: output, errors: errors)
    guard !status.isSuccess else { return }
    if Task.isCancelled { throw CancellationError() }
    throw Diagnostic(
      .programFailed, "the program '\(name)' \(Self.told(status))", notes: Self.lastLines(of: errors),
      isTransient: false)
  }

  /// The program's name, without arguments: those may hold secrets.
  var name: String { words.first.map { String($0.prefix { $0 != " " }) } ?? "" }

  private func status(output: String, errors: String) async throws -> TerminationStatus {
    let written = try Self.open(output)
    let told = try Self.open(errors)
    let words =
      self.words.count == 1 && self.words[0].contains(" ") ? ["/bin/sh", "-c", self.words[0]] : self.words
    guard let program = words.first else { throw Diagnostic(.programFailed, "no program is named") }
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
    let configuration = Configuration(
      executable: program.contains("/") ? .path(FilePath(absolute(program))) : .name(program),
      arguments: Arguments(Array(words.dropFirst())),
      environment: .inherit.updating(
        Dictionary(
          environment.compactMap { key, value in Environment.Key(rawValue: key).map { ($0, value as String?) }
          },
          uniquingKeysWith: { $1 })),
      workingDirectory: FilePath(folder), platformOptions: options)
    do {
      return try await limited {
        try await Subprocess.run(
          configuration, input: .none, output: .fileDescriptor(written, closeAfterSpawningProcess: true),
          error: .fileDescriptor(told, closeAfterSpawningProcess: true)
        ).terminationStatus
      }
    } catch let error as SubprocessError {
      throw Diagnostic(
        .programFailed, "the program '\(name)' cannot be started", hint: "is it installed, and on PATH?",
        cause: "\(error)")
    }
  }

  /// Paths with a slash start at the folder, as a shell there would take them.
  private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : folder + "/" + path }

  private func limited(
    _ body: @escaping @Sendable () async throws -> TerminationStatus
  ) async throws -> TerminationStatus {
    guard let timeout else { return try await body() }
    return try await withThrowingTaskGroup(of: TerminationStatus?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: .seconds(timeout))
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let status = first else {
        throw Diagnostic(
          .programFailed, "the program '\(name)' did not end within \(timeout) s", isTransient: true)
      }
      return status
    }
  }

  private static func open(_ path: String) throws(Diagnostic) -> FileDescriptor {
    do {
      return try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
    } catch {
      throw Diagnostic(.spoolUnusable, "cannot make \(path)", cause: "\(error)")
    }
  }

  private static func told(_ status: TerminationStatus) -> String {
    switch status {
    case .exited(let code): "ended with exit code \(code)"
    case .signaled(let signal): "was ended by signal \(signal)"
    }
  }

  /// The end of what a program said of its errors.
  static func lastLines(of path: String, count: Int = 20) -> [String] {
    guard let text = LocalPath.tail(of: path, bytes: 16 << 10) else { return [] }
    return text.split(separator: "\n").suffix(count).map { "it said: \($0)" }
  }
}
