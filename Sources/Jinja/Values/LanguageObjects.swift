import Diagnostics

/// `namespace()`: an object whose attributes templates may assign.
final class NamespaceObject: HostObject {
  let attributes: DictObject

  init(_ attributes: DictObject) { self.attributes = attributes }

  /// The namespace, if `object` is one.
  @inline(__always)
  static func from(_ object: any HostObject) -> NamespaceObject? {
    guard type(of: object) == NamespaceObject.self else { return nil }
    return unsafeDowncast(object, to: NamespaceObject.self)
  }

  var typeName: String { "Namespace" }
  func text() -> String { Repr.text(of: .object(self)) }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? { attributes[name] }
  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? { attributes[key] }
}

/// `range()`: the integers from `start` on, none of them made before it is needed.
final class RangeObject: HostObject {
  let start: Int
  let stop: Int
  let step: Int
  let count: Int

  init(_ start: Int, _ stop: Int, _ step: Int) throws {
    guard step != 0 else { throw fault("range() arg 3 must not be zero") }
    self.start = start
    self.stop = stop
    self.step = step
    let distance =
      step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
    guard !distance.overflow, step != .min else { throw Arithmetic.overflow() }
    count = distance.partialValue <= 0 ? 0 : (distance.partialValue - 1) / abs(step) + 1
  }

  var typeName: String { "range" }
  var isTruthy: Bool { count > 0 }
  func text() -> String { step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))" }

  func value(at index: Int) -> Int { start &+ index &* step }

  func items(_ interpreter: Interpreter) throws -> [Value] {
    try interpreter.step(count)
    try interpreter.reserve(items: count)
    return (0..<count).map { .int(value(at: $0)) }
  }

  func iterate(_ interpreter: Interpreter) throws -> [Value]? { try items(interpreter) }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    guard let number = key.intValue else { return nil }
    let index = number < 0 ? number + count : number
    return index >= 0 && index < count ? .int(value(at: index)) : nil
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "start": .int(start)
    case "stop": .int(stop)
    case "step": .int(step)
    default: nil
    }
  }

  func slice(_ start: Value?, _ stop: Value?, _ step: Value?) throws -> RangeObject {
    let bounds = try SliceBounds(start, stop, step, length: count)
    let first = value(at: bounds.start)
    let stride = self.step &* bounds.step
    return try RangeObject(first, first &+ stride &* bounds.count, stride)
  }

  func contains(_ value: Value) -> Bool {
    let number: Int?
    if case .float(let float) = value { number = Int(exactly: float) } else { number = value.intValue }
    guard let number, count > 0 else { return false }
    let low = min(start, self.value(at: count - 1))
    let high = max(start, self.value(at: count - 1))
    return number >= low && number <= high && (number - start) % step == 0
  }

  func isEqual(to other: Value) -> Bool {
    guard case .object(let object) = other, let range = object as? RangeObject else { return false }
    return count == range.count
      && (count == 0 || (start == range.start && (count == 1 || step == range.step)))
  }
}

/// `cycler()`: gives its values in turn.
final class CyclerObject: HostObject {
  private var items: [Value]
  private var position = 0

  deinit { Unwinding.release(&items) }

  init(_ items: [Value]) throws {
    guard !items.isEmpty else { throw fault("at least one item has to be provided") }
    self.items = items
  }

  var typeName: String { "Cycler" }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "current": return items[position]
    case "items": return .tuple(items)
    case "pos": return .int(position)
    case "next", "reset": return .callable(Callable(name, of: .object(self)))
    default: return nil
    }
  }

  func callMethod(_ name: String, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value? {
    switch name {
    case "next":
      defer { position = (position + 1) % items.count }
      return items[position]
    case "reset":
      position = 0
      return Value.none
    default: return nil
    }
  }
}

/// `joiner()`: nothing at its first call, its separator at each later one.
final class JoinerObject: HostObject {
  private var separator: [Value]
  private var isUsed = false

  init(_ separator: Value) { self.separator = [separator] }

  deinit { Unwinding.release(&separator) }

  var typeName: String { "Joiner" }
  var isCallable: Bool { true }

  func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    guard isUsed else {
      isUsed = true
      return ""
    }
    return separator.first ?? .none
  }
}

/// The functions that every template has.
enum BuiltinFunctions {
  static func value(named name: String) -> Value? {
    switch name {
    case "range": .function("range", range)
    case "dict": .function("dict", dict)
    case "namespace":
      .function("namespace") { arguments, interpreter in
        guard case .dict(let attributes) = try dict(arguments, interpreter) else { return .none }
        return .object(NamespaceObject(attributes))
      }
    case "cycler": .function("cycler") { arguments, _ in .object(try CyclerObject(arguments.positional)) }
    case "joiner":
      .function("joiner") { arguments, _ in
        .object(JoinerObject(try arguments.bind(["sep"], function: "joiner")[0] ?? ", "))
      }
    case "lipsum": .function("lipsum", Lipsum.generate)
    default: nil
    }
  }

  private static func range(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    guard arguments.keyword.isEmpty else { throw fault("range() takes no keyword arguments") }
    let bounds = try arguments.positional.map { value -> Int in
      if case .undefined(let name) = value { throw fault(name.message) }
      guard let number = value.intValue else {
        throw fault("'\(value.typeName)' object cannot be interpreted as an integer")
      }
      return number
    }
    switch bounds.count {
    case 0: throw fault("range expected at least 1 argument, got 0")
    case 1: return .object(try RangeObject(0, bounds[0], 1))
    case 2: return .object(try RangeObject(bounds[0], bounds[1], 1))
    case 3: return .object(try RangeObject(bounds[0], bounds[1], bounds[2]))
    default: throw fault("range expected at most 3 arguments, got \(bounds.count)")
    }
  }

  /// Python's `dict(mapping or pairs, name=value, …)`.
  static func dict(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    guard arguments.positional.count <= 1 else {
      throw fault("dict expected at most 1 argument, got \(arguments.positional.count)")
    }
    let dict = DictObject()
    if let source = arguments.positional.first { try DictMethod.merge(source, into: dict, interpreter) }
    for (name, value) in arguments.keyword { dict.set(string: name, to: value) }
    return .dict(dict)
  }
}

/// `lipsum()`: filler text. Jinja's is random; this one is the same every time.
enum Lipsum {
  private static let words = [
    "lorem", "ipsum", "dolor", "sit", "amet", "consectetuer", "adipiscing", "elit", "sed", "diam", "nonummy",
    "nibh", "euismod", "tincidunt", "ut", "laoreet", "dolore", "magna", "aliquam", "erat", "volutpat",
  ]

  static func generate(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let bound = try arguments.bind(["n", "html", "min", "max"], function: "generate_lorem_ipsum")
    let count = max(bound[0]?.intValue ?? 5, 0)
    let isHTML = bound[1]?.isTruthy ?? true
    let length = max(bound[2]?.intValue ?? 20, 1)
    try interpreter.reserve(product: length * 16, count)
    var random = SplitMix(seed: 1)
    let paragraphs = (0..<count).map { _ in
      let text = (0..<length).map { _ in words[Int(random.next() % UInt64(words.count))] }
      let sentence = text.joined(separator: " ")
      return sentence.prefix(1).uppercased() + sentence.dropFirst() + "."
    }
    guard isHTML else { return .string(paragraphs.joined(separator: "\n\n")) }
    return .object(MarkupObject(paragraphs.map { "<p>\($0)</p>" }.joined(separator: "\n")))
  }
}

/// A small generator of numbers that look random and are the same for the same seed.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
