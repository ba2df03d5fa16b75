import Diagnostics

/// What a loop goes over, by number.
enum LoopSource {
  case nothing
  case items([Value])
  /// A list that the loop may change while it goes.
  case list(ListObject)
  case range(RangeObject)
  /// A dictionary's entries: pairs of which no tuple is made unless someone asks for one.
  case entries([DictEntry])

  init(_ value: consuming Value, _ interpreter: Interpreter) throws {
    switch consume value {
    case .list(let list): self = .list(list)
    case .tuple(let items): self = .items(items)
    case .object(let object):
      if let range = object as? RangeObject {
        self = .range(range)
      } else {
        self = .items(try Access.items(.object(object), interpreter))
      }
    case let value: self = .items(try Access.items(value, interpreter))
    }
  }

  @inline(__always)
  func item(at index: Int) -> Value? {
    switch self {
    case .nothing: return nil
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
    case .nothing: return
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
    case .nothing: 0
    case .items(let items): items.count
    case .list(let list): list.items.count
    case .range(let range): range.count
    case .entries(let entries): entries.count
    }
  }

  /// The count where it cannot change, else -1.
  var fixedCount: Int {
    if case .list = self { return -1 }
    return count
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
  /// Whether the body assigns `loop`, which the next round undoes. Set once, by the scope's analysis.
  @exclusivity(unchecked) private var assignsLoop = false
  /// The slots of the target's names, where it is one or two names; else -1. Set once, by the scope's analysis.
  @exclusivity(unchecked) private var firstSlot = -1
  @exclusivity(unchecked) private var secondSlot = -1
  /// The slot of the filter's own target, where it is one name; else -1. Set once, by the scope's analysis.
  @exclusivity(unchecked) private var filterSlot = -1
  /// The name whose `items()` the loop goes over, for two names.
  private let mapping: Name?

  private let entry = ScopeEntry()
  private let filterEntry = ScopeEntry()
  private let filterTarget: Target?
  private let elseEntry = ScopeEntry()
  /// How many variables a recursive body has; it runs in frames of its own.
  @exclusivity(unchecked) private var slotCount = 0

  init(
    _ target: Target, in iterable: Expression, filter: Expression?, filterTarget: Target?, body: Block,
    otherwise: Block?, isRecursive: Bool, usesLoop: Bool, position: Int32
  ) {
    self.target = target
    self.iterable = iterable
    self.filter = filter
    self.filterTarget = filterTarget
    self.body = body
    self.otherwise = otherwise
    self.isRecursive = isRecursive
    self.usesLoop = usesLoop || isRecursive
    loopName = Name("loop", position: position)
    let names = target.plainNames
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
    let source = try LoopSource(consume value, interpreter)
    if isRecursive {
      return try recurse(source, depth: 0, frame, interpreter)
    }
    return try run(source, depth: 0, frame, interpreter)
  }

  /// Runs a recursive loop's body in a frame of its own; `frame` is the one around the loop.
  func recurse(_ source: LoopSource, depth: Int, _ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    try interpreter.descend()
    defer { interpreter.depth -= 1 }
    let inner = interpreter.takeFrame(frame.module, size: slotCount, parent: frame)
    defer { interpreter.giveBack(inner) }
    return try inner._withUnsafeGuaranteedRef { try run(source, depth: depth, $0, interpreter) }
  }

  private func run(
    _ source: LoopSource, depth: Int, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> Flow {
    guard let filter else { return try runUnfiltered(source, depth: depth, frame, interpreter) }
    guard usesLoop else { return try runFiltering(source, filter, frame, interpreter) }
    let items = try filtered(source, filter, frame, interpreter)
    return try runUnfiltered(.items(items), depth: depth, frame, interpreter)
  }

  private func runUnfiltered(
    _ source: LoopSource, depth: Int, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> Flow {
    let isEmpty: Bool
    if usesLoop {
      let loop =
        isRecursive
        ? LoopObject(source, depth: depth, recursion: self, frame: frame) : interpreter.makeLoop(source)
      loopName.assign(.object(loop), frame)
      isEmpty = try rounds(source, loop, frame, interpreter)
      loopName.clear(frame)
      interpreter.release(loop)
    } else {
      isEmpty = try rounds(source, nil, frame, interpreter)
    }
    return isEmpty ? try runElse(frame, interpreter) : .next
  }

  /// Runs the body for each item until it says that this is enough; whether there was none.
  private func rounds(
    _ source: LoopSource, _ loop: LoopObject?, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> Bool {
    var isEmpty = true
    let (first, second) = (firstSlot, secondSlot)
    if case .entries(let entries) = source, second >= 0 {
      for item in entries {
        isEmpty = false
        try interpreter.step()
        try entry.enter(frame, interpreter)
        frame.slots[first].assign(item.key)
        frame.slots[second].assign(item.value)
        if let loop { advance(loop, frame) }
        if try body.execute(frame, interpreter) == .leaveLoop { break }
      }
      return isEmpty
    }
    try source.forEach { item in
      isEmpty = false
      try interpreter.step()
      try entry.enter(frame, interpreter)
      if first >= 0, second < 0 {
        frame.slots[first].assign(consume item)
      } else if second >= 0, case .tuple(let items) = item, items.count == 2 {
        frame.slots[first].assign(items[0])
        frame.slots[second].assign(items[1])
      } else {
        try target.assign(item, frame, interpreter)
      }
      if let loop { advance(loop, frame) }
      return try body.execute(frame, interpreter) != .leaveLoop
    }
    return isEmpty
  }

  @inline(__always)
  private func advance(_ loop: LoopObject, _ frame: Frame) {
    loop.index0 &+= 1
    // The round before may have assigned the name.
    if assignsLoop { loopName.assign(.object(loop), frame) }
  }

  /// Runs the body for each item that passes the filter.
  private func runFiltering(
    _ source: LoopSource, _ filter: Expression, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> Flow {
    var isEmpty = true
    try source.forEach { item in
      try interpreter.step()
      guard let item = try passing(item, filter, frame, interpreter) else { return true }
      isEmpty = false
      try entry.enter(frame, interpreter)
      if firstSlot >= 0, secondSlot < 0 {
        frame.slots[firstSlot].assign(item)
      } else {
        try target.assign(item, frame, interpreter)
      }
      return try body.execute(frame, interpreter) != .leaveLoop
    }
    return isEmpty ? try runElse(frame, interpreter) : .next
  }

  private func runElse(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    guard let otherwise else { return .next }
    try elseEntry.enter(frame, interpreter)
    return try otherwise.execute(frame, interpreter)
  }

  /// The item, if it passes the filter.
  @inline(__always)
  private func passing(
    _ item: consuming Value, _ filter: Expression, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> Value? {
    try filterEntry.enter(frame, interpreter)
    guard filterSlot >= 0 else {
      try filterTarget?.assign(item, frame, interpreter)
      return try filter.isTrue(frame, interpreter) ? item : nil
    }
    frame.slots[filterSlot].assign(item)
    return try filter.isTrue(frame, interpreter) ? frame.slots[filterSlot].take() : nil
  }

  private func filtered(
    _ source: LoopSource, _ filter: Expression, _ frame: Frame, _ interpreter: Interpreter
  ) throws -> [Value] {
    var items: [Value] = []
    items.reserveCapacity(min(source.count, 64))
    try source.forEach { item in
      try interpreter.step()
      if let item = try passing(item, filter, frame, interpreter) { items.append(item) }
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
      assignsLoop = usesLoop && inner.assigns("loop")
      inner.finish(entry)
      let names = target.plainNames
      firstSlot = names.count <= 2 ? names.first?.localSlot ?? -1 : -1
      secondSlot = names.count == 2 ? names[1].localSlot : -1
      if let filter, let filterTarget {
        let test = Scope(parent: scope, function: function)
        filterTarget.parameters(test)
        filter.analyze(test)
        test.finish(filterEntry)
        if case .name(let name) = filterTarget { filterSlot = name.localSlot }
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
