/// The variables of one activation: of a template, a macro, a caller block or a recursive loop's body.
///
/// Names were resolved to slots by the parser, so the unchecked pointers are only indexed below `capacity`.
final class Frame {
  /// The variables.
  @exclusivity(unchecked) private(set) var slots: UnsafeMutablePointer<Slot>
  @exclusivity(unchecked) private(set) var capacity: Int
  /// How many slots this activation uses.
  @exclusivity(unchecked) private(set) var used = 0
  /// The activation that the code was written inside of.
  @exclusivity(unchecked) private(set) var parent: Frame?
  @exclusivity(unchecked) private(set) var module: Module
  /// Whether something may refer to the frame when its activation is over.
  @exclusivity(unchecked) private(set) var isCaptured = false
  /// The module's cache of outer names, to reach it quickly.
  @exclusivity(unchecked) private(set) var context: UnsafeMutablePointer<Slot>

  init(module: Module, size: Int, parent: Frame?) {
    capacity = max(size, 12)
    slots = Slot.allocate(capacity)
    used = size
    self.module = module
    self.parent = parent
    context = module.context
  }

  deinit {
    var held = (0..<used).compactMap { slots[$0].value }
    slots.deinitialize(count: capacity)
    slots.deallocate()
    Unwinding.release(&held)
  }

  /// Makes a frame from the pool ready for use again.
  @inline(__always)
  func reuse(module: Module, size: Int, parent: Frame?) {
    if size > capacity { enlarge(to: size) }
    used = size
    if self.module !== module {
      self.module = module
      context = module.context
    }
    self.parent = parent
  }

  /// As `reuse`, for code inside of `parent`'s; counts no reference to its module, which is nearly always the same.
  @inline(__always)
  func reuse(size: Int, inside parent: Frame) {
    if size > capacity { enlarge(to: size) }
    used = size
    if module !== parent.module {
      module = parent.module
      context = module.context
    }
    self.parent = parent
  }

  private func enlarge(to size: Int) {
    slots.deinitialize(count: capacity)
    slots.deallocate()
    capacity = size * 2
    slots = Slot.allocate(capacity)
  }

  /// Whether the interpreter clears the frame in the end: it holds macros that hold it.
  @exclusivity(unchecked) var isCyclic = false

  /// Lets the frame be used again after all.
  func uncapture() { isCaptured = false }

  /// Keeps this frame and those around it from being used again.
  func capture() {
    var frame: Frame? = self
    while let current = frame, !current.isCaptured {
      current.isCaptured = true
      frame = current.parent
    }
  }

  /// Forgets all variables, which also breaks the cycle of a frame and the macros that it holds.
  func clear() {
    for index in 0..<used where !slots[index].isEmpty { slots[index].clear() }
    parent = nil
  }

  /// The variable in this slot of the frame `depth` activations out.
  func slot(_ depth: Int, _ slot: Int) -> UnsafeMutablePointer<Slot> {
    // Those around a frame live at least as long as it does.
    var frame = Unmanaged.passUnretained(self)
    for _ in 0..<depth {
      frame = frame._withUnsafeGuaranteedRef { $0.parent.map { .passUnretained($0) } } ?? frame
    }
    return frame._withUnsafeGuaranteedRef { $0.slots } + slot
  }
}

/// A template at work: its outermost variables, and its cache of the names that come from outside.
final class Module {
  let program: Program
  let variables: [String: Value]
  /// The values of outside names, by the number that the parser gave them.
  let context: UnsafeMutablePointer<Slot>
  @exclusivity(unchecked) private var epoch = 0
  /// The frame of the template's own top level, which its macros see.
  @exclusivity(unchecked) var root: Frame?

  init(_ program: Program, variables: [String: Value]) {
    self.program = program
    self.variables = variables
    context = Slot.allocate(program.contextNames.count + 1)
  }

  deinit {
    context.deinitialize(count: program.contextNames.count + 1)
    context.deallocate()
  }

  /// Breaks the cycle of a module, its top level's variables and the macros among them.
  func dismantle() {
    root?.clear()
    root = nil
  }

  /// Forgets cached outside names if the host may have changed them since.
  @inline(__always)
  func refresh(_ interpreter: Interpreter) {
    if epoch != interpreter.epoch { reset(to: interpreter.epoch) }
  }

  private func reset(to epoch: Int) {
    self.epoch = epoch
    for index in program.contextNames.indices { context[index].clear() }
  }

  /// Asks the host for the outside name with this number, and keeps the answer.
  func lookUp(_ index: Int, _ interpreter: Interpreter) -> Value? {
    let name = program.contextNames[index]
    let value = variables[name] ?? interpreter.global(named: name)
    // An undefined value is an answer, too: the host is not asked twice.
    context[index].value = value ?? .undefined(UndefinedName(name))
    return context[index].value
  }
}

/// A parsed template's immutable contents, shared by everything that came out of it.
///
/// Unchecked: its nodes are classes that the parser fills in before anyone else sees them and that never change after.
final class Program: @unchecked Sendable {
  let source: SourceText
  let body: Block
  let slotCount: Int
  let entry: ScopeEntry
  let contextNames: [String]
  let definitions: [MacroNode?]
  /// Whether the top level does more than define macros.
  let hasTopLevelCode: Bool

  init(
    source: SourceText, body: Block, slotCount: Int, entry: ScopeEntry, contextNames: [String],
    definitions: [MacroNode?], hasTopLevelCode: Bool
  ) {
    self.source = source
    self.body = body
    self.slotCount = slotCount
    self.entry = entry
    self.contextNames = contextNames
    self.definitions = definitions
    self.hasTopLevelCode = hasTopLevelCode
  }
}
