/// A mutable list, shared by all values that hold it.
public final class ListObject {
  /// The items, in order.
  @exclusivity(unchecked) public var items: [Value]

  /// A list of `items`.
  public init(_ items: [Value] = []) { self.items = items }

  deinit { Unwinding.release(&items) }
}
