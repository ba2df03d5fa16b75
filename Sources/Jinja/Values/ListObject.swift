/// A mutable list, shared by all values that hold it.
public final class ListObject {
  /// The items, in order.
  @exclusivity(unchecked) public var items: [Value]

  /// A list of `items`.
  public init(_ items: [Value] = []) { self.items = items }

  deinit { Unwinding.release(&items) }
}

/// Frees deeply nested containers in a loop: the default recursion would overflow the stack of a small thread.
enum Unwinding {
  /// Empties `items`, freeing what only they hold without recursion.
  static func release(_ items: inout [Value]) {
    guard items.contains(where: nests) else { return }
    var pending = items.filter(nests)
    items = []
    while let next = pending.popLast() { release(next, &pending) }
  }

  /// Moves the containers in `value` that nothing else holds to `pending`.
  private static func release(_ value: consuming Value, _ pending: inout [Value]) {
    switch consume value {
    case .list(var list):
      guard isKnownUniquelyReferenced(&list) else { return }
      pending.append(contentsOf: list.items.lazy.filter(nests))
      list.items = []
    case .dict(var dict):
      guard isKnownUniquelyReferenced(&dict) else { return }
      pending.append(contentsOf: dict.takeNested())
    case .tuple(let items):
      pending.append(contentsOf: items.lazy.filter(nests))
    default:
      return
    }
  }

  static func nests(_ value: Value) -> Bool {
    switch value {
    case .list, .dict, .tuple: true
    default: false
    }
  }
}
