import Diagnostics

/// What `loop` offers.
enum LoopField: String {
  case index, index0, revindex, revindex0, first, last, length, depth, depth0, previtem, nextitem, cycle,
    changed
}

/// `loop`, inside of a `for`.
final class LoopObject: HostObject {
  /// The number of the round, from 0 on; -1 before the first. Behind the loop it stays at the last one's.
  @exclusivity(unchecked) var index0 = -1
  @exclusivity(unchecked) private var source: LoopSource
  /// The number of rounds where it cannot change, else -1.
  @exclusivity(unchecked) private var fixedCount: Int
  private let depth0: Int
  /// The loop to call again, where it is recursive. Loops stay alive as long as their template, which runs.
  private let recursion: ForStatement?
  private let frame: Frame?
  @exclusivity(unchecked) private var lastChanged: [Value]?

  /// A loop over `source`.
  init(_ source: LoopSource) {
    self.source = source
    fixedCount = source.fixedCount
    depth0 = 0
    recursion = nil
    frame = nil
  }

  /// A recursive loop over `source`, whose body runs in `frame`.
  init(_ source: LoopSource, depth: Int, recursion: ForStatement, frame: Frame) {
    self.source = source
    fixedCount = source.fixedCount
    depth0 = depth
    self.recursion = recursion
    self.frame = frame.parent
    frame.capture()
  }

  deinit { finish() }

  /// Whether the loop can go over something else when it is over.
  var isReusable: Bool { recursion == nil }

  /// Makes a loop from the pool ready for use again.
  func reuse(_ source: LoopSource) {
    self.source = source
    fixedCount = source.fixedCount
    index0 = -1
  }

  /// Lets go of what the loop went over.
  func finish() {
    var last = LoopSource.nothing
    swap(&last, &source)
    if case .items(var items) = consume last { Unwinding.release(&items) }
    guard var last = lastChanged else { return }
    lastChanged = nil
    Unwinding.release(&last)
  }

  /// The loop object, if `object` is one.
  @inline(__always)
  static func from(_ object: any HostObject) -> LoopObject? {
    guard type(of: object) == LoopObject.self else { return nil }
    return unsafeDowncast(object, to: LoopObject.self)
  }

  var typeName: String { "LoopContext" }
  var isCallable: Bool { true }
  func text() -> String { "<LoopContext \(index0 + 1)/\(count)>" }

  @inline(__always)
  private var count: Int { fixedCount >= 0 ? fixedCount : source.count }

  /// The field's value, if it is a truth value.
  @inline(__always)
  func flag(_ field: LoopField) -> Bool? {
    switch field {
    case .first: index0 == 0
    case .last: index0 &+ 1 >= count
    default: nil
    }
  }

  /// The field's value, if it is an integer.
  @inline(__always)
  func integer(_ field: LoopField) -> Int? {
    switch field {
    case .index: index0 &+ 1
    case .index0: index0
    case .length: count
    case .revindex: count - index0
    case .revindex0: count - index0 - 1
    default: nil
    }
  }

  func value(_ field: LoopField) -> Value {
    switch field {
    case .index: return .int(index0 + 1)
    case .index0: return .int(index0)
    case .revindex: return .int(count - index0)
    case .revindex0: return .int(count - index0 - 1)
    case .first: return .bool(index0 == 0)
    case .last: return .bool(index0 + 1 >= count)
    case .length: return .int(count)
    case .depth: return .int(depth0 + 1)
    case .depth0: return .int(depth0)
    case .previtem:
      if index0 > 0, let item = source.item(at: index0 - 1) { return item }
      return .undefined(UndefinedName("previtem", message: "there is no previous item"))
    case .nextitem:
      if let item = source.item(at: index0 + 1) { return item }
      return .undefined(UndefinedName("nextitem", message: "there is no next item"))
    case .cycle, .changed: return .callable(Callable(field.rawValue, of: .object(self)))
    }
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    LoopField(rawValue: name).map(value)
  }

  func callMethod(_ name: String, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "cycle": return try cycle(arguments)
    case "changed": return changed(arguments)
    default: return nil
    }
  }

  private func cycle(_ arguments: Arguments) throws -> Value {
    guard !arguments.positional.isEmpty else { throw fault("no items for cycling given") }
    return arguments.positional[index0 % arguments.positional.count]
  }

  private func changed(_ arguments: Arguments) -> Value {
    if let lastChanged, Value.tuple(lastChanged).isEqual(to: .tuple(arguments.positional)) {
      return .bool(false)
    }
    lastChanged = arguments.positional
    return .bool(true)
  }

  func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    guard let recursion, let frame else {
      throw fault("The loop must have the 'recursive' marker to be called recursively.")
    }
    let iterable = try arguments.bind(["iterable"], required: 1, function: "loop")[0] ?? .none
    let start = interpreter.output.count
    let source = try LoopSource(iterable, interpreter)
    _ = try recursion.recurse(source, depth: depth0 + 1, frame, interpreter)
    return .string(interpreter.output.take(from: start))
  }

  func iterate(_ interpreter: Interpreter) throws -> [Value]? { nil }
}
