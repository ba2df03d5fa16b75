/// A variable's memory.
///
/// It cannot be copied, so that its value is read where it lies: to read copyable memory counts a reference, to borrow
/// it does not. While a value is borrowed nothing may assign the slot; expressions assign none of their own frame.
struct Slot: ~Copyable {
  /// Kept apart from `isEmpty`: the compiler copies what it takes out of an optional.
  private var stored = Value.none
  /// Whether nothing was assigned yet.
  private(set) var isEmpty = true

  /// The value; nil where nothing was assigned yet. Getting it counts a reference.
  @inline(__always)
  var value: Value? {
    get { isEmpty ? nil : stored }
    set {
      isEmpty = newValue == nil
      stored = newValue ?? .none
    }
  }

  /// Memory for `count` variables, of which none is assigned.
  static func allocate(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    for index in 0..<count { (slots + index).initialize(to: Slot()) }
    return slots
  }

  /// Assigns the value.
  @inline(__always)
  mutating func assign(_ value: consuming Value) {
    stored = value
    isEmpty = false
  }

  /// Takes the value away.
  @inline(__always)
  mutating func clear() {
    stored = .none
    isEmpty = true
  }

  /// Calls `body` with the value, if there is one.
  @inline(__always)
  borrowing func look<Result>(_ body: (Value) throws -> Result?) rethrows -> Result? {
    isEmpty ? nil : try body(stored)
  }

  /// Whether the value is the undefined one, or none was assigned.
  @inline(__always)
  var isUndefined: Bool {
    switch stored {
    case .undefined: true
    default: isEmpty
    }
  }

  /// The integer, if the value is one.
  @inline(__always)
  var integer: Int? {
    if !isEmpty, case .int(let number) = stored { return number }
    return nil
  }

  /// The list, if the value is one.
  var list: ListObject? {
    if case .list(let list) = stored { return list }
    return nil
  }

  /// Writes what printing the value gives; nothing where there is none.
  @inline(__always)
  borrowing func write(to output: Output) throws {
    if !isEmpty { try output.append(stored) }
  }

  /// What a loop offers under `field`, if the value is a loop and that is a number.
  @inline(__always)
  borrowing func loopNumber(_ field: LoopField) -> Int? {
    guard case .object(let object) = stored, let loop = LoopObject.from(object) else { return nil }
    return loop.integer(field)
  }

  /// What a loop says under `field`, if the value is a loop and that is a truth value.
  @inline(__always)
  borrowing func loopFlag(_ field: LoopField) -> Bool? {
    guard case .object(let object) = stored, let loop = LoopObject.from(object) else { return nil }
    return loop.flag(field)
  }

  /// The loop object, if the value is one.
  @inline(__always)
  borrowing func look<Result>(atLoop body: (LoopObject) -> Result) -> Result? {
    guard case .object(let object) = stored, let loop = LoopObject.from(object) else { return nil }
    return body(loop)
  }
}

extension Value {
  /// Whether one of these constants is this text; nil where it is something else.
  func isQuickly(in constants: [Value]) -> Bool? {
    guard case .string(let text) = self else { return nil }
    return constants.withCells { cells in
      for index in cells.indices where cells[index].isText(text) { return true }
      return false
    }
  }
}

/// A value in someone else's memory, to be read where it lies: see `Slot`. Has the layout of `Value`.
struct Cell: ~Copyable {
  let value: Value

  /// Writes what printing the value gives.
  @inline(__always)
  borrowing func write(to output: Output) throws { try output.append(value) }

  /// Whether the value is this text.
  @inline(__always)
  borrowing func isText(_ text: String) -> Bool {
    if case .string(let other) = value { return other.isSame(as: text) }
    return false
  }
}

extension [Value] {
  /// Lends the values' memory.
  @inline(__always)
  func withCells<Result>(_ body: (UnsafeBufferPointer<Cell>) throws -> Result) rethrows -> Result {
    try withUnsafeBytes { try body($0.assumingMemoryBound(to: Cell.self)) }
  }
}
