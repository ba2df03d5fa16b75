import Synchronization

/// Hands events on one at a time, whichever thread they come from.
final class EventSink: Sendable {
  private let lock = Mutex(())
  private let receive: @Sendable (RunEvent) -> Void

  init(_ receive: @escaping @Sendable (RunEvent) -> Void) {
    self.receive = receive
  }

  /// Hands an event on; waits while another is being handed on.
  func send(_ event: RunEvent) {
    lock.withLock { _ in receive(event) }
  }
}
