import Diagnostics

/// Reaching into values: attributes, items, slices, calls and iteration.
enum Access {
  /// Jinja's `value.name`: the attribute, else the item, else undefined.
  static func attribute(of value: Value, _ name: String, _ interpreter: Interpreter) throws -> Value {
    switch value {
    case .undefined(let undefined): throw fault(undefined.message)
    case .dict(let dict):
      if DictMethod(rawValue: name) != nil { return .callable(Callable(name, of: value)) }
      if let item = dict[name] { return item }
    case .string:
      if StringMethod(rawValue: name) != nil { return .callable(Callable(name, of: value)) }
    case .list:
      if ListMethod(rawValue: name) != nil { return .callable(Callable(name, of: value)) }
    case .tuple:
      if TupleMethod(rawValue: name) != nil { return .callable(Callable(name, of: value)) }
    case .int, .float, .bool:
      if let found = NumberAttributes.attribute(of: value, name) { return found }
    case .callable(let callable):
      if let found = callable.attribute(name) { return found }
    case .object(let object):
      if let found = try object.attribute(name, interpreter) { return found }
      if let found = try object.item(.string(name), interpreter) { return found }
    case .none: break
    }
    return .undefined(UndefinedName(name, .attribute(of: value.typeName)))
  }

  /// Calls the method `name` of a value that was taken as a value before.
  static func call(
    _ name: String, of receiver: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> Value {
    switch receiver {
    case .string(let text):
      if let method = StringMethod(rawValue: name) { return try method.call(text, arguments, interpreter) }
    case .list(let list):
      if let method = ListMethod(rawValue: name) { return try method.call(list, arguments, interpreter) }
    case .tuple(let items):
      if let method = TupleMethod(rawValue: name) { return try method.call(items, arguments, interpreter) }
    case .dict(let dict):
      if let method = DictMethod(rawValue: name) { return try method.call(dict, arguments, interpreter) }
    case .object(let object):
      if let result = try object.callMethod(name, arguments, interpreter) { return result }
    default: break
    }
    throw fault("'\(receiver.typeName) object' has no attribute '\(name)'")
  }

  /// Jinja's `value[key]`: the item, else the attribute, else undefined.
  static func item(of value: Value, _ key: Value, _ interpreter: Interpreter) throws -> Value {
    switch value {
    case .undefined(let undefined): throw fault(undefined.message)
    case .dict(let dict):
      if let item = dict[key] { return item }
    case .list(let list):
      if let item = element(list.items, key) { return item }
    case .tuple(let items):
      if let item = element(items, key) { return item }
    case .string(let text):
      if let index = key.intValue, let scalar = character(text, index) { return .string(String(scalar)) }
    case .object(let object):
      if let item = try object.item(key, interpreter) { return item }
      if case .string(let name) = key, let item = try object.attribute(name, interpreter) { return item }
    default: break
    }
    return try missing(value, key, interpreter)
  }

  private static func missing(_ value: Value, _ key: Value, _ interpreter: Interpreter) throws -> Value {
    if case .string(let name) = key {
      if case .object = value {} else { return try attribute(of: value, name, interpreter) }
      return .undefined(UndefinedName(name, .attribute(of: value.typeName)))
    }
    if case .undefined(let undefined) = key, case .dict = value {
      return .undefined(UndefinedName(undefined.name, .element(of: value.typeName)))
    }
    return .undefined(UndefinedName(key.repr(), .element(of: value.typeName)))
  }

  static func element(_ items: [Value], _ key: Value) -> Value? {
    guard let number = key.intValue else { return nil }
    let index = number < 0 ? number &+ items.count : number
    return items.indices.contains(index) ? items[index] : nil
  }

  private static func character(_ text: String, _ index: Int) -> Unicode.Scalar? {
    let scalars = text.unicodeScalars
    if index >= 0 {
      guard index < text.utf8.count else { return nil }
      guard let place = scalars.index(scalars.startIndex, offsetBy: index, limitedBy: scalars.endIndex) else {
        return nil
      }
      return place < scalars.endIndex ? scalars[place] : nil
    }
    guard index >= -text.utf8.count else { return nil }
    return scalars.index(scalars.endIndex, offsetBy: index, limitedBy: scalars.startIndex).map { scalars[$0] }
  }

  /// Calls a value.
  static func call(_ callee: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    try interpreter.step()
    try interpreter.guardStack()
    switch callee {
    case .callable(let callable): return try callable.call(arguments, interpreter)
    case .object(let object): return try object.call(arguments, interpreter)
    case .undefined(let undefined): throw fault(undefined.message)
    default: throw fault("'\(callee.typeName)' object is not callable")
    }
  }

  /// What a loop over the value sees, all of it.
  static func items(_ value: Value, _ interpreter: Interpreter) throws -> [Value] {
    switch value {
    case .list(let list): return list.items
    case .tuple(let items): return items
    case .dict(let dict): return dict.keys
    case .undefined: return []
    case .string(let text):
      try interpreter.step(text.utf8.count)
      return text.unicodeScalars.map { .string(String($0)) }
    case .object(let object):
      if let range = object as? RangeObject { return try range.items(interpreter) }
      if let items = try object.iterate(interpreter) { return items }
    default: break
    }
    throw fault("'\(value.typeName)' object is not iterable")
  }

  /// Python's `len`; nil where there is none.
  static func length(_ value: Value, _ interpreter: Interpreter) throws -> Int? {
    switch value {
    case .list(let list): return list.items.count
    case .tuple(let items): return items.count
    case .dict(let dict): return dict.count
    case .undefined: return 0
    case .string(let text): return text.unicodeScalars.count
    case .object(let object):
      if let range = object as? RangeObject { return range.count }
      return try object.iterate(interpreter)?.count
    default: return nil
    }
  }
}

// MARK: - Slices

/// Python's `start:stop:step`, fitted to a length.
struct SliceBounds {
  let start: Int
  let step: Int
  let count: Int

  /// Throws when a bound is no integer or the step is zero.
  init(_ start: Value?, _ stop: Value?, _ step: Value?, length: Int) throws {
    let step = try SliceBounds.integer(step) ?? 1
    guard step != 0 else { throw fault("slice step cannot be zero") }
    let lowest = step > 0 ? 0 : -1
    let highest = step > 0 ? length : length - 1
    func fit(_ bound: Int) -> Int {
      let positive = bound < 0 ? bound &+ length : bound
      return bound < 0 && positive > bound && positive < 0 ? lowest : min(max(positive, lowest), highest)
    }
    let first = try SliceBounds.integer(start).map(fit) ?? (step > 0 ? lowest : highest)
    let end = try SliceBounds.integer(stop).map(fit) ?? (step > 0 ? highest : lowest)
    self.start = first
    self.step = step
    let distance = step > 0 ? end - first : first - end
    let size = step == .min ? Int.max : abs(step)
    count = distance <= 0 ? 0 : (distance - 1) / size + 1
  }

  private static func integer(_ value: Value?) throws -> Int? {
    guard let value else { return nil }
    if case .none = value { return nil }
    guard let integer = value.intValue else {
      if case .undefined(let name) = value { throw fault(name.message) }
      throw fault("slice indices must be integers or None or have an __index__ method")
    }
    return integer
  }

  /// The chosen positions, in order.
  var indices: [Int] { (0..<count).map { start + $0 * step } }
}

extension Access {
  /// Python's `value[start:stop:step]`.
  static func slice(
    _ value: Value, _ start: Value?, _ stop: Value?, _ step: Value?, _ interpreter: Interpreter
  ) throws -> Value {
    switch value {
    case .undefined(let undefined): throw fault(undefined.message)
    case .list(let list): return Value(try slice(list.items, start, stop, step))
    case .tuple(let items): return .tuple(try slice(items, start, stop, step))
    case .none, .int, .bool, .float:
      return .undefined(UndefinedName("slice(None, None, None)", .element(of: value.typeName)))
    default: break
    }
    if let text = value.stringValue { return .string(try slice(text, start, stop, step)) }
    if case .object(let object) = value, let range = object as? RangeObject {
      return .object(try range.slice(start, stop, step))
    }
    if case .object(let object) = value, let items = try object.iterate(interpreter) {
      return Value(try slice(items, start, stop, step))
    }
    return .undefined(UndefinedName("slice", .element(of: value.typeName)))
  }

  private static func slice(_ items: [Value], _ start: Value?, _ stop: Value?, _ step: Value?) throws
    -> [Value]
  {
    let bounds = try SliceBounds(start, stop, step, length: items.count)
    if bounds.step == 1 { return Array(items[bounds.start..<(bounds.start + bounds.count)]) }
    return bounds.indices.map { items[$0] }
  }

  private static func slice(_ text: String, _ start: Value?, _ stop: Value?, _ step: Value?) throws -> String
  {
    let scalars = Array(text.unicodeScalars)
    let bounds = try SliceBounds(start, stop, step, length: scalars.count)
    var result = String.UnicodeScalarView()
    for index in bounds.indices { result.append(scalars[index]) }
    return String(result)
  }
}

extension Callable {
  /// What templates may ask of a macro or a function.
  func attribute(_ name: String) -> Value? {
    guard let macro else { return name == "__name__" ? .string(self.name) : nil }
    switch name {
    case "name": return .string(self.name)
    case "arguments": return .tuple(macro.definition.parameters.map { .string($0.name) })
    case "catch_kwargs": return .bool(macro.definition.keywordsName != nil)
    case "catch_varargs": return .bool(macro.definition.extrasName != nil)
    case "caller": return .bool(macro.definition.callerName != nil)
    default: return nil
    }
  }
}
