#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Frees deeply nested values in a loop: the default recursion would overflow the stack of a small thread.
///
/// Whatever holds values hands them over when it is freed. The first that does so drops them one after the other; those
/// that this frees in turn only add theirs to the queue.
enum Unwinding {
  /// One thread's queue.
  private final class Queue {
    @exclusivity(unchecked) var pending: [Value] = []
    @exclusivity(unchecked) var isActive = false
  }

  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key) { pointer in
      // The thread ends: its queue is empty, and goes.
      #if canImport(Darwin)
        Unmanaged<Queue>.fromOpaque(pointer).release()
      #else
        if let pointer { Unmanaged<Queue>.fromOpaque(pointer).release() }
      #endif
    }
    return status == 0 ? key : nil
  }()

  private static func queue() -> Queue {
    guard let key else { return Queue() }
    if let known = pthread_getspecific(key) {
      return Unmanaged<Queue>.fromOpaque(known).takeUnretainedValue()
    }
    let queue = Queue()
    pthread_setspecific(key, Unmanaged.passRetained(queue).toOpaque())
    return queue
  }

  /// Empties `items`, freeing what only they hold without recursion.
  static func release(_ items: inout [Value]) {
    let isFlat = items.withCells { cells in
      for index in cells.indices where nestsDeeply(cells[index].value) { return false }
      return true
    }
    guard !isFlat else { return }
    let queue = queue()
    for item in items where nests(item) { queue.pending.append(item) }
    items = []
    guard !queue.isActive else { return }
    queue.isActive = true
    // Each is dropped at the end of its round.
    while let last = queue.pending.popLast() { withExtendedLifetime(last) {} }
    queue.isActive = false
  }

  /// Whether a value may hold others that hold others: it takes more than a level or two to free it.
  @inline(__always)
  static func nestsDeeply(_ value: Value) -> Bool { nests(value) && holdsNesting(value) }

  private static func holdsNesting(_ value: Value) -> Bool {
    switch value {
    case .list(let list): !isFlat(list.items)
    case .tuple(let items): !isFlat(items)
    case .dict(let dict): !dict.isFlat
    default: true
    }
  }

  private static func isFlat(_ items: [Value]) -> Bool {
    items.withCells { cells in
      for index in cells.indices where nests(cells[index].value) { return false }
      return true
    }
  }

  /// Whether a value may hold others.
  @inline(__always)
  static func nests(_ value: Value) -> Bool {
    switch value {
    case .list, .dict, .tuple, .callable, .object: true
    default: false
    }
  }
}
