import Diagnostics
import Glibc

/// Repeats what failed for a passing reason, a bounded number of times.
enum Retry {
  static let maximumAttempts = 5

  /// Calls `body` until it succeeds, fails for good, or was called `maximumAttempts` times. Waits 2, 4, 8 and
  /// 16 ms between, on the calling thread, which is a session's own.
  static func perform(_ body: (_ attempt: Int) throws -> Void) throws {
    var attempt = 1
    while true {
      do {
        return try body(attempt)
      } catch let diagnostic as Diagnostic
        where diagnostic.isTransient && attempt < maximumAttempts && !Task.isCancelled
      {
        usleep(useconds_t(1000 << attempt))
        attempt += 1
      }
    }
  }
}
