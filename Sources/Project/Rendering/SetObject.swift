import Jinja

/// Python's `set`, as `set()` gives it to templates. It keeps the order in which things came, where Python has none.
final class SetObject: HostObject {
  private var members: DictObject
  let typeName = "set"

  init(_ items: [Value]) {
    members = DictObject()
    for item in items { members[item] = Value.none }
  }

  var isTruthy: Bool { members.count > 0 }

  func iterate(_ interpreter: Interpreter) throws -> [Value]? { members.keys }

  func isEqual(to other: Value) -> Bool {
    guard case .object(let object) = other, let other = object as? SetObject else { return false }
    return members.count == other.members.count && isSubset(of: other)
  }

  func text() -> String {
    isTruthy ? "{" + members.keys.map { $0.repr() }.joined(separator: ", ") + "}" : "set()"
  }

  func compute(_ operation: ArithmeticOperator, _ other: Value, isLeft: Bool) throws -> Value? {
    guard operation == .subtract, case .object(let object) = other, let other = object as? SetObject else {
      return nil
    }
    let (left, right) = isLeft ? (self, other) : (other, self)
    return left.keeping { !right.holds($0) }
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    guard let method = Self.changing[name] ?? Self.asking[name] else { return nil }
    return .function("set." + name) { arguments, interpreter in
      let others = try arguments.positional.map { value in
        SetObject(
          Self.takesItem.contains(name) ? [value] : try DataFunctions.elements(value, interpreter) ?? [])
      }
      return method(self, others)
    }
  }

  private typealias Method = @Sendable (SetObject, [SetObject]) -> Value

  /// Methods whose argument is one item and not many.
  private static let takesItem: Set<String> = ["add", "remove", "discard"]

  private static let changing: [String: Method] = [
    "add": { set, items in set.include(items) },
    "update": { set, others in set.include(others) },
    "remove": { set, items in set.exclude(items) },
    "discard": { set, items in set.exclude(items) },
    "difference_update": { set, others in set.exclude(others) },
    "intersection_update": { set, others in
      set.members =
        SetObject(set.members.keys.filter { item in others.allSatisfy { $0.holds(item) } }).members
      return .none
    },
    "clear": { set, _ in
      set.members = DictObject()
      return .none
    },
    "pop": { set, _ in
      guard let first = set.members.keys.first else { return .none }
      set.members[first] = nil
      return first
    },
  ]

  private static let asking: [String: Method] = [
    "copy": { set, _ in set.keeping { _ in true } },
    "union": { set, others in .object(SetObject(set.members.keys + others.flatMap(\.members.keys))) },
    "intersection": { set, others in set.keeping { item in others.allSatisfy { $0.holds(item) } } },
    "difference": { set, others in set.keeping { item in !others.contains { $0.holds(item) } } },
    "symmetric_difference": { set, others in
      let other = others.first ?? SetObject([])
      let added = other.members.keys.filter { !set.holds($0) }
      return .object(SetObject(set.members.keys.filter { !other.holds($0) } + added))
    },
    "issubset": { set, others in .bool(others.allSatisfy(set.isSubset)) },
    "issuperset": { set, others in .bool(others.allSatisfy { $0.isSubset(of: set) }) },
    "isdisjoint": { set, others in
      .bool(!set.members.keys.contains { item in others.contains { $0.holds(item) } })
    },
  ]

  private func holds(_ item: Value) -> Bool { members[item] != nil }

  private func isSubset(of other: SetObject) -> Bool { members.keys.allSatisfy(other.holds) }

  private func keeping(_ isKept: (Value) -> Bool) -> Value { .object(SetObject(members.keys.filter(isKept))) }

  private func include(_ others: [SetObject]) -> Value {
    for item in others.flatMap(\.members.keys) { members[item] = Value.none }
    return .none
  }

  private func exclude(_ others: [SetObject]) -> Value {
    for item in others.flatMap(\.members.keys) { members[item] = nil }
    return .none
  }
}
