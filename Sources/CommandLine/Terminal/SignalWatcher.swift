import Dispatch
import Glibc
import Synchronization

/// Turns Ctrl-C and SIGTERM into one orderly stop, and the second of them into an immediate one.
public final class SignalWatcher: Sendable {
  /// Safe: a dispatch source may be used from any thread, and the list never changes.
  private struct Sources: @unchecked Sendable {
    let list: [any DispatchSourceSignal]
  }

  private let sources: Sources

  /// Starts watching. `stop` is called at the first signal, `abandon` at each later one, on a queue of their own.
  public init(stop: @escaping @Sendable () -> Void, abandon: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "weir.signals")
    let count = Counter()
    sources = Sources(
      list: [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { count.next() == 1 ? stop() : abandon() }
        source.resume()
        return source
      })
  }

  /// Stops watching; the signals act again as they do by default.
  public func cancel() {
    for source in sources.list { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
}

private final class Counter: Sendable {
  private let value = Mutex(0)

  func next() -> Int {
    value.withLock { value in
      value += 1
      return value
    }
  }
}
