import Diagnostics
import Glibc

extension CommandSession {
  /// Runs `body` so that the first Ctrl-C or SIGTERM cancels it, and the second ends the process at once. `stopping` is
  /// what the first one is answered with.
  func interruptible<T: Sendable>(
    stopping: String = "Stopping: what runs is rolled back. Once more to stop at once.",
    _ body: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    guard program.handlesSignals else { return try await body() }
    let task = Task { try await body() }
    let watcher = SignalWatcher(
      stop: { [printer] in
        task.cancel()
        // Not here: the handler must return for the second signal even if nobody reads the output.
        Task { printer.note(stopping) }
      },
      abandon: { [printer] in
        printer.abandonProgress()
        _exit(ExitStatus.interrupted.rawValue)
      })
    defer { watcher.cancel() }
    return try await task.value
  }

  /// Redraws the live area ten times a second as long as `body` runs; on a terminal only.
  func showingProgress<T: Sendable>(_ body: @Sendable () async throws -> T) async rethrows -> T {
    guard printer.showsProgress else { return try await body() }
    let printer = printer
    let ticker = Task {
      while !Task.isCancelled {
        printer.redraw()
        do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
      }
    }
    defer {
      ticker.cancel()
      printer.endProgress()
    }
    return try await body()
  }
}
