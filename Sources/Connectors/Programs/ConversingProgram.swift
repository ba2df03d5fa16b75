import Diagnostics
import Glibc

/// A program that runs beside this process and asks it for what it needs: each line of its standard output is a request,
/// and each line of its standard input an answer. What it says on standard error is handed on.
///
/// It is for a thread that may block. The program and all that it started end with `converse`, however that ends.
public struct ConversingProgram: ~Copyable {
  /// How the program ended.
  public enum Ending: Sendable, Hashable {
    /// It ended by itself, with this exit code.
    case exited(Int32)
    /// A signal of somebody else's ended it.
    case killed(Int32)
    /// It ran for too long and was ended.
    case timedOut
    /// Whoever waits for it does not want it any more, and it was ended.
    case cancelled
  }

  /// The longest request that is taken, in bytes.
  private static let longestRequest = 16 << 20
  /// How long the program has to end by itself once it is told to.
  private static let grace: Duration = .milliseconds(500)

  private let process: pid_t
  private let requests: Int32
  private let errors: Int32
  private let answers: Int32

  /// Starts a program, found by `PATH` if its name holds no slash, with these variables and no others. Throws a
  /// `Diagnostic` if it cannot be started.
  public static func start(
    _ words: [String], environment: [String: String]
  ) throws(Diagnostic) -> ConversingProgram {
    var ends: [Int32] = []
    for _ in 0..<3 {
      var pair: [Int32] = [0, 0]
      guard pipe(&pair) == 0 else {
        let code = errno
        for end in ends { close(end) }
        throw failure(words, code)
      }
      for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      ends += pair
    }
    var process: pid_t = 0
    let code = spawn(words, environment, input: ends[0], output: ends[3], errors: ends[5], &process)
    for end in [ends[0], ends[3], ends[5]] { close(end) }
    guard code == 0 else {
      for end in [ends[1], ends[2], ends[4]] { close(end) }
      throw failure(words, code)
    }
    for end in [ends[1], ends[2], ends[4]] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    return ConversingProgram(process: process, requests: ends[2], errors: ends[4], answers: ends[1])
  }

  private init(process: pid_t, requests: Int32, errors: Int32, answers: Int32) {
    self.process = process
    self.requests = requests
    self.errors = errors
    self.answers = answers
  }

  deinit {
    close(requests)
    close(errors)
    close(answers)
  }

  private static func failure(_ words: [String], _ code: Int32) -> Diagnostic {
    Diagnostic(
      .programFailed, "the program '\(words.first ?? "")' cannot be started",
      hint: "is it installed, and on PATH?", cause: String(cString: strerror(code)))
  }

  private static func spawn(
    _ words: [String], _ environment: [String: String], input: Int32, output: Int32, errors: Int32,
    _ process: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
    var settings: [UnsafeMutablePointer<CChar>?] = variables.map { text in strdup(text) } + [nil]
    defer { for text in arguments + settings { free(text) } }
    return SpawnAttributes.withOwnGroup { attributes in
      posix_spawnp(&process, words.first ?? "", &actions, &attributes, &arguments, &settings)
    }
  }

  // MARK: - Conversing

  /// Answers requests until the program ends. `hear` gets what it says, a piece at a time. Throws what `answer` throws,
  /// and a `Diagnostic` if a request is longer than can be; the program is ended then.
  public consuming func converse(
    within timeout: Duration?, isCancelled: () -> Bool, hear: ([UInt8]) -> Void,
    answer: (String) throws -> String
  ) throws -> Ending {
    let deadline = timeout.map { ContinuousClock.now + $0 }
    var pending: [UInt8] = []
    do {
      while !hasEnded() {
        waitForWords()
        take(errors, hear)
        take(requests) { pending += $0 }
        try answerAll(&pending, answer)
        guard pending.count < Self.longestRequest else {
          throw Diagnostic(.programFailed, "a program asks for something in more than 16 MB")
        }
        if isCancelled() {
          end()
          return .cancelled
        }
        if let deadline, ContinuousClock.now >= deadline {
          end()
          take(errors, hear)
          return .timedOut
        }
      }
      take(errors, hear)
      take(requests) { pending += $0 }
      try answerAll(&pending, answer)
    } catch {
      end()
      throw error
    }
    // What it started must not outlive it: its group is there until its own end is taken note of.
    kill(-process, SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal)
  }

  /// Whether the program ended; its end is not taken note of yet.
  private borrowing func hasEnded() -> Bool {
    var facts = siginfo_t()
    let code = waitid(P_PID, id_t(process), &facts, WEXITED | WNOHANG | WNOWAIT)
    return (code == 0 && facts.si_signo == SIGCHLD) || (code != 0 && errno != EINTR)
  }

  /// Tells the program and all that it started to end, and ends what does not.
  private borrowing func end() {
    kill(-process, SIGTERM)
    let deadline = ContinuousClock.now + Self.grace
    while !hasEnded(), ContinuousClock.now < deadline {
      take(errors) { _ in }
      usleep(2_000)
    }
    kill(-process, SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }

  /// Until the program says something, for 20 ms at most, so that its end is seen soon.
  private borrowing func waitForWords() {
    var descriptors = [
      pollfd(fd: requests, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
    ]
    poll(&descriptors, 2, 20)
    // A closed pipe is ready at once and for ever: do not spin on it.
    if descriptors.contains(where: { $0.revents & Int16(POLLHUP) != 0 && $0.revents & Int16(POLLIN) == 0 }) {
      usleep(2_000)
    }
  }

  /// Reads what is there, 256 kB at most, so that nobody who talks without end keeps others from being heard.
  private borrowing func take(_ descriptor: Int32, _ body: ([UInt8]) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    for _ in 0..<4 {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return }
      body(Array(buffer[..<count]))
    }
  }

  private borrowing func answerAll(_ pending: inout [UInt8], _ answer: (String) throws -> String) throws {
    while let end = pending.firstIndex(of: 0x0A) {
      let line = String(decoding: pending[..<end], as: UTF8.self)
      pending.removeSubrange(...end)
      send(Array((try answer(line) + "\n").utf8))
    }
  }

  /// Writes an answer. A program that is gone does not need it any more.
  private borrowing func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { write(answers, $0.baseAddress, $0.count) }
      if count > 0 {
        sent += count
        continue
      }
      guard errno == EAGAIN || errno == EINTR, !hasEnded() else { return }
      var descriptors = [pollfd(fd: answers, events: Int16(POLLOUT), revents: 0)]
      poll(&descriptors, 1, 20)
    }
  }
}
