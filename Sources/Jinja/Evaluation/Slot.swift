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
      if let newValue { assign(newValue) } else { clear() }
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

  /// Moves the value out, which counts no reference; `none` where there is none.
  @inline(__always)
  mutating func take() -> Value {
    isEmpty = true
    return withUnsafeMutablePointer(to: &stored) { memory in
      let value = memory.move()
      memory.initialize(to: .none)
      return value
    }
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

  /// The dictionary, if the value is one whose keys are found without calling the host. No reference is counted, which
  /// would take longer than to find a key: it is there as long as nothing is assigned.
  @inline(__always)
  borrowing func dictionary() -> Unmanaged<DictObject>? {
    guard case .dict(let dict) = stored else { return nil }
    return dict.hasObjectKeys ? nil : .passUnretained(dict)
  }

  /// The attributes, if the value is a namespace; not counted either.
  @inline(__always)
  borrowing func namespaceAttributes() -> Unmanaged<DictObject>? {
    guard case .object(let object) = stored, let namespace = NamespaceObject.from(object) else { return nil }
    return .passUnretained(namespace.attributes)
  }

  /// The value, if it is something to call.
  var callable: Callable? {
    if case .callable(let callable) = stored { return callable }
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

  /// As `write(to:)`, with a cursor of the output's.
  @inline(__always)
  borrowing func write(to output: Output, _ cursor: inout OutputCursor) throws {
    if isEmpty { return }
    switch stored {
    case .string(let text): if try cursor.append(text, to: output) { return }
    case .int(let number): return try cursor.append(number, to: output)
    default: break
    }
    cursor.finish(output)
    try output.append(stored)
    cursor = output.cursor
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
}

/// A value in someone else's memory, to be read where it lies: see `Slot`. Has the layout of `Value`.
struct Cell: ~Copyable {
  let value: Value

  /// Writes what printing the value gives.
  @inline(__always)
  borrowing func write(to output: Output) throws { try output.append(value) }

  /// The dictionary, if the value is one: see `Slot.dictionary`.
  @inline(__always)
  borrowing func dictionary() -> Unmanaged<DictObject>? {
    guard case .dict(let dict) = value else { return nil }
    return dict.hasObjectKeys ? nil : .passUnretained(dict)
  }

  /// Whether the value equals a text; nil where that asks an object.
  @inline(__always)
  borrowing func isEqualQuickly(to text: String) -> Bool? {
    switch value {
    case .string(let other): other.isSame(as: text)
    case .object: nil
    default: false
    }
  }

  /// Whether the value equals a text.
  @inline(__always)
  borrowing func isEqual(to text: String) -> Bool {
    switch value {
    case .string(let other): other.isSame(as: text)
    case .object(let object): object.isEqual(to: .string(text))
    default: false
    }
  }
}

extension [Value] {
  /// Lends the values' memory.
  @inline(__always)
  func withCells<Result>(_ body: (UnsafeBufferPointer<Cell>) throws -> Result) rethrows -> Result {
    try withUnsafeBytes { try body($0.assumingMemoryBound(to: Cell.self)) }
  }
}
