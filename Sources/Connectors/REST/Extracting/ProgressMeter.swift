import Synchronization

/// Adds up what all tasks of an extraction fetched, and tells it.
final class ProgressMeter: Sendable {
  private let total = Mutex((rows: 0, bytes: 0))
  private let tell: @Sendable (Int, Int) -> Void

  init(_ tell: @escaping @Sendable (Int, Int) -> Void) { self.tell = tell }

  var bytes: Int { total.withLock(\.bytes) }

  func add(rows: Int, bytes: Int) {
    let now = total.withLock { total in
      total.rows += rows
      total.bytes += bytes
      return total
    }
    tell(now.rows, now.bytes)
  }
}
