import Diagnostics
import Glibc

/// Repeats what failed for a passing reason, a bounded number of times.
enum Retry {
  static let maximumAttempts = 5

  /// Calls `body` until it succeeds, fails for good, or was called `maximumAttempts` times. Waits `delay`
  /// before the second attempt and twice as long before each further one, on the calling thread, which is a
  /// session's own.
  static func perform(delay: Duration, _ body: (_ attempt: Int) throws -> Void) throws {
    var attempt = 1
    var delay = delay
    while true {
      do {
        return try body(attempt)
      } catch let diagnostic as Diagnostic
        where diagnostic.isTransient && attempt < maximumAttempts && !Task.isCancelled
      {
        wait(delay)
        delay *= 2
        attempt += 1
      }
    }
  }

  /// Sleeps in short pieces: who cancels the task is not kept waiting.
  private static func wait(_ delay: Duration) {
    var left = delay
    while left > .zero, !Task.isCancelled {
      let piece = min(left, .milliseconds(20))
      usleep(useconds_t(piece.components.attoseconds / 1_000_000_000_000))
      left -= piece
    }
  }
}
