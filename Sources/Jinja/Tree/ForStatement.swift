import Diagnostics

/// What a loop goes over, by number.
enum LoopSource {
  case items([Value])
  /// A list that the loop may change while it goes.
  case list(ListObject)
  case range(RangeObject)
  /// A dictionary's entries: pairs of which no tuple is made unless someone asks for one.
  case entries([DictEntry])

  init(_ value: Value, _ interpreter: Interpreter) throws {
    switch value {
    case .list(let list): self = .list(list)
    case .tuple(let items): self = .items(items)
    case .object(let object):
      if let range = object as? RangeObject {
        self = .range(range)
      } else {
        self = .items(try Access.items(value, interpreter))
      }
    default: self = .items(try Access.items(value, interpreter))
    }
  }

  @inline(__always)
  func item(at index: Int) -> Value? {
    switch self {
    case .items(let items): return index < items.count ? items[index] : nil
    case .list(let list): return index < list.items.count ? list.items[index] : nil
    case .range(let range): return index < range.count ? .int(range.value(at: index)) : nil
    case .entries(let entries): return index < entries.count ? LoopSource.pair(entries[index]) : nil
    }
  }

  private static func pair(_ entry: DictEntry) -> Value { .tuple([entry.key, entry.value]) }

  /// Calls `body` with each item until it says false. A list that changes meanwhile is followed, as in Python.
  @inline(__always)
  func forEach(_ body: (consuming Value) throws -> Bool) throws {
    switch self {
    case .items(let items):
      for item in items { guard try body(item) else { return } }
    case .list(let list):
      var index = 0
      while index < list.items.count {
        guard try body(list.items[index]) else { return }
        index += 1
      }
    case .range(let range):
      for index in 0..<range.count { guard try body(.int(range.value(at: index))) else { return } }
    case .entries(let entries):
      for entry in entries { guard try body(LoopSource.pair(entry)) else { return } }
    }
  }

  var count: Int {
    switch self {
    case .items(let items): items.count
    case .list(let list): list.items.count
    case .range(let range): range.count
    case .entries(let entries): entries.count
    }
  }
}

/// `{% for %}`
final class ForStatement: Statement {
  private let target: Target
  private let iterable: Expression
  private let filter: Expression?
  private let body: Block
  private let otherwise: Block?
  private let isRecursive: Bool
  /// Stands for every use of `loop` in the body; resolved like any other name.
  private let loopName: Name
  /// Whether the body says `loop` at all.
  private let usesLoop: Bool
  /// The target, where it is one or two names; else empty.
  private let names: NodeList<Name>
  /// The name whose `items()` the loop goes over, for two names.
  private let mapping: Name?

  private let entry = ScopeEntry()
  private let filterEntry = ScopeEntry()
  private let filterTarget: Target?
  /// The filter's own target, where it is one name; else empty.
  private let filterNames: NodeList<Name>
  private let elseEntry = ScopeEntry()
  /// How many variables a recursive body has; it runs in frames of its own.
  private var slotCount = 0

  init(
    _ target: Target, in iterable: Expression, filter: Expression?, filterTarget: Target?, body: Block,
    otherwise: Block?, isRecursive: Bool, usesLoop: Bool, position: Int32
  ) {
    self.target = target
    self.iterable = iterable
    self.filter = filter
    self.filterTarget = filterTarget
    if case .name(let name)? = filterTarget {
      filterNames = NodeList([name])
    } else {
      filterNames = NodeList([])
    }
    self.body = body
    self.otherwise = otherwise
    self.isRecursive = isRecursive
    self.usesLoop = usesLoop || isRecursive
    loopName = Name("loop", position: position)
    let names = target.plainNames
    self.names = NodeList(names.count <= 2 ? names : [])
    if names.count == 2, filter == nil, !isRecursive, let call = iterable as? MethodCall,
      call.dictMethod == .items, call.arguments.parts.isEmpty
    {
      mapping = call.target as? Name
    } else {
      mapping = nil
    }
    super.init(position: position)
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    try interpreter.guardStack()
    if let mapping, case .dict(let dict) = try mapping.evaluate(frame, interpreter) {
      return try run(.entries(dict.entries), depth: 0, frame, interpreter)
    }
    let value = try iterable.evaluate(frame, interpreter)
    interpreter.position = position
    let source = try LoopSource(value, interpreter)
    if isRecursive {
      return try recurse(source, depth: 0, frame, interpreter)
    }
    return try run(source, depth: 0, frame, interpreter)
  }

  /// Runs a recursive loop's body in a frame of its own; `frame` is the one around the loop.
  func recurse(_ source: LoopSource, depth: Int, _ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    try interpreter.descend()
    defer { interpreter.depth -= 1 }
    let inner = interpreter.makeFrame(frame.module, size: slotCount, parent: frame)
    defer { interpreter.release(inner) }
    return try run(source, depth: depth, inner, interpreter)
  }

  private func run(
    _ source: LoopSource, depth: Int, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> Flow {
    if usesLoop { return try runWithLoop(source, depth: depth, frame, interpreter) }
    var isEmpty = true
    if let filter {
      try source.forEach { item in
        try interpreter.step()
        guard try passes(item, filter, frame, interpreter) else { return true }
        isEmpty = false
        try entry.enter(frame, interpreter)
        try target.assign(item, frame, interpreter)
        return try body.execute(frame, interpreter) != .leaveLoop
      }
    } else {
      try rounds(source, frame, interpreter) {
        isEmpty = false
        return try body.execute(frame, interpreter) != .leaveLoop
      }
    }
    return isEmpty ? try runElse(frame, interpreter) : .next
  }

  /// Calls `body` in each round, the target assigned, until it says false.
  @inline(__always)
  private func rounds(
    _ source: LoopSource, _ frame: Frame, _ interpreter: Interpreter, _ body: () throws -> Bool
  ) throws {
    if case .entries(let entries) = source, names.count == 2 {
      for entry in entries {
        try interpreter.step()
        try self.entry.enter(frame, interpreter)
        try names.with(0) { $0.assign(entry.key, frame) }
        try names.with(1) { $0.assign(entry.value, frame) }
        guard try body() else { return }
      }
      return
    }
    let slot = names.count == 1 ? try names.with(0) { $0.localSlot } : -1
    try source.forEach { item in
      try interpreter.step()
      try entry.enter(frame, interpreter)
      if slot >= 0 {
        frame.slots[slot].assign(consume item)
      } else {
        try unpack(item, frame, interpreter)
      }
      return try body()
    }
  }

  private func unpack(_ item: Value, _ frame: Frame, _ interpreter: Interpreter) throws {
    if names.count == 2, case .tuple(let items) = item, items.count == 2 {
      try names.with(0) { $0.assign(items[0], frame) }
      try names.with(1) { $0.assign(items[1], frame) }
    } else {
      try target.assign(item, frame, interpreter)
    }
  }

  private func runWithLoop(
    _ source: LoopSource, depth: Int, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> Flow {
    var source = source
    if let filter { source = .items(try filtered(source, filter, frame, interpreter)) }
    var loop = LoopObject(source, depth: depth, recursion: isRecursive ? self : nil, frame: frame)
    try rounds(source, frame, interpreter) {
      loop.index0 += 1
      // The body may have assigned the name.
      if loopName.look(atLoop: frame, { $0 === loop }) != true { loopName.assign(.object(loop), frame) }
      if try body.execute(frame, interpreter) == .leaveLoop { return false }
      return true
    }
    loopName.clear(frame)
    if isKnownUniquelyReferenced(&loop) { loop.finish() }
    return source.count == 0 ? try runElse(frame, interpreter) : .next
  }

  private func runElse(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    guard let otherwise else { return .next }
    try elseEntry.enter(frame, interpreter)
    return try otherwise.execute(frame, interpreter)
  }

  private func passes(
    _ item: Value, _ filter: Expression, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> Bool {
    try filterEntry.enter(frame, interpreter)
    if filterNames.count == 1 {
      try filterNames.with(0) { $0.assign(item, frame) }
    } else {
      try filterTarget?.assign(item, frame, interpreter)
    }
    return try filter.isTrue(frame, interpreter)
  }

  private func filtered(
    _ source: LoopSource, _ filter: Expression, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> [Value] {
    var items: [Value] = []
    items.reserveCapacity(min(source.count, 64))
    try source.forEach { item in
      try interpreter.step()
      if try passes(item, filter, frame, interpreter) { items.append(item) }
      return true
    }
    return items
  }

  override func analyze(_ scope: Scope) {
    iterable.analyze(scope)
    scope.inner { [self] in
      let function =
        isRecursive
        ? FunctionScope(program: scope.function.program, level: scope.function.level + 1) : scope.function
      let inner = Scope(parent: scope, function: function)
      if usesLoop { inner.parameter(loopName) }
      target.parameters(inner)
      body.analyze(inner)
      inner.finish(entry)
      if let filter, let filterTarget {
        let test = Scope(parent: scope, function: function)
        filterTarget.parameters(test)
        filter.analyze(test)
        test.finish(filterEntry)
      }
      if let otherwise {
        let alternative = Scope(parent: scope, function: function)
        otherwise.analyze(alternative)
        alternative.finish(elseEntry)
      }
      if isRecursive { slotCount = function.slotCount }
    }
  }
}
