/// The variables of one activation: of a template, a macro, a caller block or a recursive loop's body.
///
/// Names were resolved to slots by the parser, so the unchecked pointers are only indexed below `capacity`.
final class Frame {
  /// The variables.
  @exclusivity(unchecked) private(set) var slots: UnsafeMutablePointer<Slot>
  @exclusivity(unchecked) private(set) var capacity: Int
  /// How many slots this activation uses.
  @exclusivity(unchecked) private(set) var used = 0
  /// The activation that the code was written inside of. Not counted: the macro that runs holds it.
  @exclusivity(unchecked) private var around: Unmanaged<Frame>?
  /// The same, counted, where the frame may outlive that macro.
  @exclusivity(unchecked) private var heldParent: Frame?
  @exclusivity(unchecked) private(set) var module: Module
  /// The same, to be used without counting references.
  @exclusivity(unchecked) private(set) var moduleReference: Unmanaged<Module>
  /// Whether something may refer to the frame when its activation is over.
  @exclusivity(unchecked) private(set) var isCaptured = false
  /// The module's cache of outer names, to reach it quickly.
  @exclusivity(unchecked) private(set) var context: UnsafeMutablePointer<Slot>

  /// A frame that holds its parent.
  init(module: Module, size: Int, parent: Frame?) {
    capacity = max(size, 12)
    slots = Slot.allocate(capacity)
    used = size
    self.module = module
    moduleReference = .passUnretained(module)
    around = parent.map { .passUnretained($0) }
    heldParent = parent
    context = module.context
  }

  /// The activation that the code was written inside of.
  var parent: Frame? { around?.takeUnretainedValue() }

  deinit {
    var held = (0..<used).compactMap { slots[$0].value }
    slots.deinitialize(count: capacity)
    slots.deallocate()
    Unwinding.release(&held)
  }

  /// Makes a frame from the pool ready for use again. It holds its parent.
  func reuse(module: Module, size: Int, parent: Frame?) {
    if size > capacity { enlarge(to: size) }
    used = size
    if self.module !== module { change(module) }
    around = parent.map { .passUnretained($0) }
    heldParent = parent
  }

  /// As `reuse`, for code inside of `parent`'s, which someone else holds. Counts no reference to the module either, which
  /// is nearly always the same.
  @inline(__always)
  func reuse(size: Int, inside parent: Frame) {
    if size > capacity { enlarge(to: size) }
    used = size
    if moduleReference.toOpaque() != parent.moduleReference.toOpaque() { change(parent.module) }
    around = .passUnretained(parent)
  }

  @inline(never)
  private func change(_ module: Module) {
    self.module = module
    moduleReference = .passUnretained(module)
    context = module.context
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
      current.heldParent = frame
    }
  }

  /// Forgets all variables, which also breaks the cycle of a frame and the macros that it holds.
  func clear() {
    let slots = slots
    for index in 0..<used where !slots[index].isEmpty { slots[index].clear() }
    around = nil
    if heldParent != nil { heldParent = nil }
  }

  /// The variable in this slot of the frame `depth` activations out.
  func slot(_ depth: Int, _ slot: Int) -> UnsafeMutablePointer<Slot> {
    // Those around a frame live at least as long as it does.
    var frame = Unmanaged.passUnretained(self)
    for _ in 0..<depth {
      frame = frame._withUnsafeGuaranteedRef { $0.around } ?? frame
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
    let given = variables.isEmpty ? nil : variables[name]
    // An undefined value is an answer, too: the host is not asked twice.
    let value = given ?? interpreter.global(named: name) ?? .undefined(UndefinedName(name))
    context[index].assign(value)
    return value
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
