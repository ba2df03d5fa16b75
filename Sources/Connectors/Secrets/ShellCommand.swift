import Glibc

/// A command of the shell that runs beside this process, in a group of its own, without input.
///
/// What it prints is kept up to a limit: it is for commands whose answer is short.
struct ShellCommand: ~Copyable {
  /// Why a command could not be started.
  struct StartFailure: Error {
    var reason: String
  }

  enum Ending: Sendable, Hashable {
    case exited(Int32), killed(Int32), timedOut, cancelled
  }

  struct Output: Sendable {
    var ending: Ending
    var bytes: [UInt8]
    var errors: [UInt8]
  }

  private static let longestOutput = 1_048_576

  private let process: pid_t
  private let output: Int32
  private let errors: Int32

  /// Starts `/bin/sh -c command` in the folder.
  static func start(_ command: String, folder: String) throws(StartFailure) -> ShellCommand {
    let out = try makePipe()
    let err: (reading: Int32, writing: Int32)
    do throws(StartFailure) { err = try makePipe() } catch {
      close(out.reading)
      close(out.writing)
      throw error
    }
    var process: pid_t = 0
    let code = spawn(command, folder, output: out.writing, errors: err.writing, &process)
    close(out.writing)
    close(err.writing)
    guard code == 0 else {
      close(out.reading)
      close(err.reading)
      throw failure(code)
    }
    return ShellCommand(process: process, output: out.reading, errors: err.reading)
  }

  private init(process: pid_t, output: Int32, errors: Int32) {
    self.process = process
    self.output = output
    self.errors = errors
  }

  deinit {
    close(output)
    close(errors)
  }

  /// A pipe that other programs do not inherit, and whose reading never blocks.
  private static func makePipe() throws(StartFailure) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw failure(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return (ends[0], ends[1])
  }

  private static func failure(_ code: Int32) -> StartFailure {
    StartFailure(reason: String(cString: strerror(code)))
  }

  private static func spawn(
    _ command: String, _ folder: String, output: Int32, errors: Int32, _ process: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    let words = ["/bin/sh", "-c", "cd \"$1\" && eval \"$2\"", "sh", folder, command]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
    defer { for argument in arguments { free(argument) } }
    return SpawnAttributes.withOwnGroup { attributes in
      posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ)
    }
  }

  /// Waits for the end and takes what was printed. The command and what it started are killed if it takes too long.
  consuming func finish(within timeout: Duration, isCancelled: () -> Bool) -> Output {
    let deadline = ContinuousClock.now + timeout
    var result = Output(ending: .timedOut, bytes: [], errors: [])
    while true {
      wait()
      drain(output, into: &result.bytes)
      drain(errors, into: &result.errors)
      var status: Int32 = 0
      let ended = waitpid(process, &status, WNOHANG)
      if ended == process {
        drain(output, into: &result.bytes)
        drain(errors, into: &result.errors)
        let signal = status & 0x7F
        result.ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal)
        return result
      }
      let isOver = ContinuousClock.now >= deadline
      if isOver || isCancelled() || (ended < 0 && errno != EINTR) {
        kill(-process, SIGKILL)
        waitpid(process, &status, 0)
        result.ending = isOver ? .timedOut : .cancelled
        return result
      }
    }
  }

  /// Until something was printed, for 20 ms at most, so that the end is seen soon.
  private borrowing func wait() {
    var descriptors = [
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
    ]
    poll(&descriptors, 2, 20)
    // A closed pipe is ready at once and for ever: do not spin on it.
    if descriptors.allSatisfy({ $0.revents & Int16(POLLHUP) != 0 }) { usleep(2_000) }
  }

  private borrowing func drain(_ descriptor: Int32, into bytes: inout [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return }
      if bytes.count < Self.longestOutput { bytes += buffer[..<count] }
    }
  }
}
