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
    var isFlat = true
    for index in items.indices where nests(items[index]) {
      isFlat = false
      break
    }
    if isFlat { return }
    var pending = items.filter(nests)
    items = []
    while var next = pending.popLast() { release(&next, &pending) }
  }

  /// Moves the containers in `value` to `pending`, if nothing else holds `value`, which is gone afterwards.
  private static func release(_ value: inout Value, _ pending: inout [Value]) {
    if case .list(var list) = value {
      // Only now can `list` be the last reference.
      value = .none
      guard isKnownUniquelyReferenced(&list) else { return }
      pending.append(contentsOf: list.items.lazy.filter(nests))
      list.items = []
    } else if case .dict(var dict) = value {
      value = .none
      guard isKnownUniquelyReferenced(&dict) else { return }
      pending.append(contentsOf: dict.takeNested())
    } else if case .tuple(let items) = value {
      pending.append(contentsOf: items.lazy.filter(nests))
    }
  }

  static func nests(_ value: Value) -> Bool {
    switch value {
    case .list, .dict, .tuple: true
    default: false
    }
  }
}
