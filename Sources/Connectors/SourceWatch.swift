import Diagnostics
import Project
import Synchronization

/// Looks after a source while its rows are read: tells a lost source from other failures, and ends waiting for a database that
/// says nothing any more.
public final class SourceWatch: Sendable {
  private let connection: ResolvedConnection
  private let peer: PeerSockets?
  private let patience: Patience
  private let state = Mutex(State())

  /// How long a database may say nothing.
  struct Patience: Sendable {
    /// Seconds; 0 waits for ever.
    var seconds: Int
    /// How often is looked in that time.
    static let looks = 10

    var interval: Duration { .milliseconds(max(1, seconds) * 1000 / Self.looks) }
  }

  private struct State {
    var readers = 0
    var looking: Task<Void, Never>?
    var wasSilent = false
    var isOver = false
  }

  /// A watch over a connection; with `peer`, over its sockets too.
  init(_ connection: ResolvedConnection, peer: PeerSockets? = nil, patience: Patience = Patience(seconds: 0))
  {
    self.connection = connection
    self.peer = peer
    self.patience = patience
  }

  /// Runs what reads the source. Throws what `body` throws, or, if the source was lost, a `Diagnostic` that says so.
  public func reading<T>(_ table: String, _ body: () throws -> T) throws -> T {
    try waiting("while '\(table)' was read") {
      do {
        return try body()
      } catch let diagnostic as Diagnostic {
        throw lost(diagnostic, "while '\(table)' was read") ?? diagnostic
      }
    }
  }

  /// Runs what waits for the source. Throws what `body` throws, or a `Diagnostic` that says that nothing came.
  func waiting<T>(_ when: String, _ body: () throws -> T) throws -> T {
    begin()
    defer { end() }
    do {
      return try body()
    } catch let diagnostic as Diagnostic {
      throw state.withLock { $0.wasSilent } ? silence(diagnostic, when) : diagnostic
    }
  }

  /// What a failure says of the source, if it tells that the source was lost; nil for all else.
  public func lost(_ failure: Diagnostic, _ when: String) -> Diagnostic? {
    guard let loss = SourceLoss(failure, of: connection.type) else { return nil }
    let diagnostic = Diagnostic(
      .sourceUnreachable, "\(title) was lost \(when)", notes: failure.notes, hint: SourceLoss.hint,
      cause: failure.words, isTransient: loss.isPassing)
    return connection.redactor.redact(diagnostic)
  }

  private var title: String { "\(connection.type.rawValue) connection '\(connection.name)'" }

  private func silence(_ failure: Diagnostic, _ when: String) -> Diagnostic {
    Diagnostic(
      .sourceUnreachable, "\(title): the server said nothing for \(patience.seconds) s \(when)",
      hint: "see that the server is up and not blocked, then run the load again: nothing was written; "
        + "a server that is slow to answer is given more time with `read_timeout`",
      cause: connection.redactor.redact(failure).words)
  }

  /// Cuts the source's connections if they are still used a second from now: what waits for bytes cannot be interrupted.
  func hangUp() { cut(after: .seconds(1)) }

  /// Cuts the connections until the source is let go of: to end its transaction a reader may connect anew, and wait again.
  private func cut(after delay: Duration) {
    guard let peer else { return }
    Task { [self] in
      var delay = delay
      while true {
        do { try await Task.sleep(for: delay) } catch { return }
        guard !state.withLock({ $0.isOver }) else { return }
        peer.shutDown()
        delay = .seconds(1)
      }
    }
  }

  /// Says that the source is let go of.
  func finish() { state.withLock { $0.isOver = true } }

  // MARK: - Silence

  private func begin() {
    guard let peer, patience.seconds > 0 else { return }
    state.withLock { state in
      state.readers += 1
      guard state.readers == 1 else { return }
      state.looking = Task { [patience, self] in
        var silent = 0
        while silent < Patience.looks {
          do { try await Task.sleep(for: patience.interval) } catch { return }
          silent = peer.isSilent(for: patience.interval) ? silent + 1 : 0
        }
        self.state.withLock { $0.wasSilent = true }
        cut(after: .zero)
      }
    }
  }

  private func end() {
    state.withLock { state in
      guard state.readers > 0 else { return }
      state.readers -= 1
      guard state.readers == 0 else { return }
      state.looking?.cancel()
      state.looking = nil
    }
  }
}

/// A source that could be read and now cannot, told by the engine's words: its readers have no other way to say so.
struct SourceLoss {
  /// Whether trying again may help. What ran into a time-out was waited for long enough.
  let isPassing: Bool

  static let hint =
    "see that the server is up and can be reached, then run the load again: nothing was written"

  /// The loss that a failure tells of; nil if it tells of something else.
  init?(_ failure: Diagnostic, of type: ConnectionType) {
    let text = failure.words
    func says(_ words: [String]) -> Bool { words.contains { text.contains($0) } }
    guard failure.code != .engineInterrupted, !says(["DuckLake", "ducklake"]) else { return nil }
    switch type {
    case .postgres, .mysql:
      // A server that gives its reason is there; some reasons pass.
      guard !says(["FATAL:"]) || says(Self.passingReasons) else { return nil }
      guard says(type == .postgres ? Self.postgres : Self.mysql) else { return nil }
    case .s3, .gcs, .http, .azure:
      guard says(Self.stores), !says(["(HTTP 4"]) else { return nil }
    case .files, .sqlite, .duckdb, .odbc, .rest, .command, .singer: return nil
    }
    isPassing = !says(["imeout was reached", "timeout expired", "timed out"])
  }

  private static let passingReasons = [
    "terminating connection", "is shutting down", "is starting up", "too many clients",
    "remaining connection slots",
    "in recovery mode",
  ]
  private static let postgres = [
    "server closed the connection", "connection to server", "receive data from server", "send data to server",
    "no connection to the server", "connection not open", "SSL SYSCALL", "SSL connection has been closed",
    "terminating connection", "Unable to connect to Postgres", "Unable to read binary COPY data",
    "Failed to execute query \"ROLLBACK\"", "Failed to execute query \"COMMIT\"",
    "Failed to execute query \"BEGIN",
    "Connection reset by peer",
  ]
  private static let mysql = [
    "Lost connection to", "server has gone away", "Can't connect to", "Failed to connect to MySQL",
    "Can't create TCP/IP socket", "Failed to fetch result row for MySQL query",
  ]
  private static let stores = [
    "HTTP GET", "HTTP HEAD", "Timeout was reached", "Could not connect", "Couldn't connect", "resolve host",
    "Failure when receiving data", "Fail to get a new connection", "Connection was closed",
    "Connection reset by peer",
  ]
}

extension Diagnostic {
  /// The engine's own words.
  var words: String { [message, cause].compactMap { $0 }.joined(separator: "\n") }
}
