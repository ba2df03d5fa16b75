import Diagnostics

/// Renders templates and calls macros. One for each thread; it must not be used from two at once.
///
/// It holds the globals that the host offers, the host's own filters and tests, and the limits that stop a template
/// that would not end.
public final class Interpreter {
  /// A filter: the value on its left, the arguments in its parentheses.
  public typealias Filter = (Value, Arguments, Interpreter) throws -> Value
  /// A test, as after `is`.
  public typealias Test = (Value, Arguments, Interpreter) throws -> Bool

  /// The host's filters, by name; they go before the built-in ones.
  public var filters: [String: Filter] = [:] {
    didSet { overridesFilters = filters.keys.contains { BuiltinFilters.table[$0] != nil } }
  }
  /// The host's tests, by name; they go before the built-in ones.
  public var tests: [String: Test] = [:] {
    didSet { overridesTests = tests.keys.contains { BuiltinTests.table[$0] != nil } }
  }
  /// Whether the host's filters or tests replace built-in ones, which are otherwise found without a look-up.
  @exclusivity(unchecked) private(set) var overridesFilters = false
  @exclusivity(unchecked) private(set) var overridesTests = false
  /// Where a template is stopped.
  public let limits: Limits

  private let globals: (String) -> Value?
  let output: Output
  /// Counts the moments at which outside names may have changed.
  @exclusivity(unchecked) private(set) var epoch = 0
  /// The module whose code runs, and the byte of its source.
  @exclusivity(unchecked) var module: Module?
  @exclusivity(unchecked) var position: Int32 = 0
  /// How deep macros and recursive loops are.
  @exclusivity(unchecked) var depth = 0
  @exclusivity(unchecked) private var stepsLeft = 0
  @exclusivity(unchecked) private var bytesLeft = 0
  @exclusivity(unchecked) private var stack = StackGuard.ofCurrentThread()
  @exclusivity(unchecked) private var activations = 0
  /// Frames to use again. Taking one and giving it back hands over its reference, which nobody counts.
  private let framePool = UnsafeMutablePointer<Unmanaged<Frame>>.allocate(capacity: Interpreter.poolSize)
  @exclusivity(unchecked) private var pooledFrames = 0
  private static let poolSize = 32
  /// Loop objects to use again.
  @exclusivity(unchecked) private var loopPool: [LoopObject] = []
  /// The frames that hold macros which hold them; cleared when the outermost call ends.
  @exclusivity(unchecked) private var cyclic: [Frame] = []
  @exclusivity(unchecked) private var modules: [ObjectIdentifier: (module: Module, epoch: Int)] = [:]

  /// Makes an interpreter. A name that a template does not define itself is asked of `globals`, once in a rendering.
  public init(limits: Limits = .default, globals: @escaping (String) -> Value?) {
    self.limits = limits
    self.globals = globals
    output = Output(limit: limits.maxOutputBytes)
  }

  deinit {
    for (module, _) in modules.values { module.dismantle() }
    for index in 0..<pooledFrames { framePool[index].release() }
    framePool.deallocate()
  }

  /// Where evaluation now is, in the user's file.
  public var location: SourceSpan? {
    module.map { $0.program.source.span(at: Int(position)) }
  }

  /// Forgets the cached values of outside names, for a host that changes them while a template runs.
  public func forgetGlobals() { epoch += 1 }

  /// The value of a name that no template defines.
  func global(named name: String) -> Value? { globals(name) ?? BuiltinFunctions.value(named: name) }
}

// MARK: - Entry points

extension Interpreter {
  /// Renders a template. Throws a `Diagnostic` with the place in the user's file.
  public func render(_ template: Template, variables: [String: Value] = [:]) throws -> String {
    try entering(changingGlobals: true) {
      let module = Module(template.program, variables: variables)
      let start = output.count
      let frame = try run(module)
      defer { giveBack(frame) }
      return output.take(from: start)
    }
  }

  /// Executes a module's top level and returns its frame, which holds what it defined.
  private func run(_ module: Module) throws -> Unmanaged<Frame> {
    let program = module.program
    let frame = takeFrame(module, size: program.slotCount, parent: nil)
    module.refresh(self)
    self.module = module
    position = 0
    do {
      try frame._withUnsafeGuaranteedRef { frame in
        try program.entry.enter(frame, self)
        _ = try program.body.execute(frame, self)
      }
    } catch {
      frame.release()
      throw located(error is ReturnSignal ? fault("return() outside of a macro") : error)
    }
    return frame
  }

  /// A template's macro as a value that can be called, bound to this interpreter.
  ///
  /// The first call runs the template's top level, so that the macro sees its `set`s and other macros.
  public func macro(_ definition: Definition, of template: Template) -> Value {
    guard definition.index < template.program.definitions.count,
      let node = template.program.definitions[definition.index]
    else { return .undefined(named: definition.name) }
    return .callable(MacroClosure(node, program: template.program))
  }

  /// Calls a callable value.
  public func call(_ callable: Value, _ arguments: Arguments) throws -> Value {
    try entering(changingGlobals: false) {
      do {
        return try Access.call(callable, arguments, self)
      } catch let signal as ReturnSignal {
        // A host function within a macro: the signal is the macro's to catch.
        guard activations == 1 else { throw signal }
        return signal.value
      } catch {
        throw located(error)
      }
    }
  }

  /// Evaluates one expression, without any `{{ }}` around it, to a value.
  public func evaluate(
    expression: String, name: String, variables: [String: Value] = [:]
  ) throws -> Value {
    let (program, node) = try Parser.expression(expression, name: name)
    return try entering(changingGlobals: true) {
      let module = Module(program, variables: variables)
      let frame = takeFrame(module, size: program.slotCount, parent: nil)
      defer { giveBack(frame) }
      module.refresh(self)
      self.module = module
      do {
        return try frame._withUnsafeGuaranteedRef { try node.evaluate($0, self) }
      } catch is ReturnSignal {
        throw located(fault("return() outside of a macro"))
      } catch {
        throw located(error)
      }
    }
  }

  /// What a host's `return()` throws: the nearest enclosing macro call gives `value` itself.
  public static func returning(_ value: Value) -> any Error { ReturnSignal(value) }

  private func entering<Result>(changingGlobals: Bool, _ body: () throws -> Result) throws -> Result {
    let saved = (module, position, depth, output.count)
    if activations == 0 {
      stepsLeft = limits.maxSteps
      bytesLeft = limits.maxOutputBytes.multipliedReportingOverflow(by: 32).partialValue
      stack = StackGuard.ofCurrentThread()
    }
    if changingGlobals || activations == 0 { epoch += 1 }
    activations += 1
    defer {
      activations -= 1
      if activations == 0 { clearCycles() }
      if changingGlobals { epoch += 1 }
      module = saved.0
      position = saved.1
      depth = saved.2
      output.truncate(to: saved.3)
    }
    return try body()
  }

  /// The module whose top level `program`'s macros see; run once, and again when outside names may have changed.
  func library(_ program: Program) throws -> Module {
    let key = ObjectIdentifier(program)
    if let known = modules[key], !program.hasTopLevelCode || known.epoch == epoch { return known.module }
    modules[key]?.module.dismantle()
    let module = Module(program, variables: [:])
    modules[key] = (module, epoch)
    let saved = (self.module, position, output.count)
    defer {
      self.module = saved.0
      position = saved.1
      output.truncate(to: saved.2)
    }
    do {
      module.root = try run(module).takeRetainedValue()
    } catch {
      modules[key] = nil
      throw error
    }
    return module
  }
}

// MARK: - Limits

extension Interpreter {
  /// Counts an iteration or a call.
  @inline(__always)
  func step() throws {
    stepsLeft -= 1
    if stepsLeft < 0 { throw tooManySteps() }
  }

  /// Counts `count` iterations at once.
  func step(_ count: Int) throws {
    guard count <= stepsLeft else { throw tooManySteps() }
    stepsLeft -= count
  }

  @inline(never)
  private func tooManySteps() -> Diagnostic {
    excess(
      "the template takes more than \(limits.maxSteps) loop iterations and calls",
      hint: "look for a loop or a recursion that does not end")
  }

  /// Fails if the stack is nearly used up.
  @inline(__always)
  func guardStack() throws {
    if stack.isExhausted { throw tooDeep() }
  }

  /// Counts a macro or a recursive loop that is entered; the caller lowers `depth` again.
  @inline(__always)
  func descend() throws {
    try step()
    depth += 1
    if depth > limits.maxDepth || stack.isExhausted {
      depth -= 1
      throw tooDeep()
    }
  }

  @inline(never)
  private func tooDeep() -> Diagnostic {
    excess(
      "macros or loops call each other too deeply", hint: "look for a macro that calls itself without an end")
  }

  /// Fails if a value of `bytes` bytes is too large to be made.
  @inline(__always)
  func reserve(_ bytes: Int) throws {
    if bytes > 256 { try reserveMuch(bytes) }
  }

  @inline(never)
  private func reserveMuch(_ bytes: Int) throws {
    guard bytes <= limits.maxOutputBytes, bytes <= bytesLeft else {
      throw excess("a value grows past \(limits.maxOutputBytes) bytes")
    }
    bytesLeft -= bytes
  }

  /// Fails if `size` times `count` (plus `more`) bytes are too many to be made.
  func reserve(product size: Int, _ count: Int, plus more: Int = 0) throws {
    let product = size.multipliedReportingOverflow(by: count)
    let sum = product.partialValue.addingReportingOverflow(more)
    try reserve(product.overflow || sum.overflow ? .max : sum.partialValue)
  }

  /// Fails if a list of `items` items is too large to be made.
  func reserve(items: Int) throws { try reserve(product: items, MemoryLayout<Value>.stride) }
}

// MARK: - Frames and loops

extension Interpreter {
  /// A loop object for one loop. Those of loops before are used again: to make one and free it takes some
  /// 400 instructions.
  @inline(__always)
  func makeLoop(_ source: LoopSource) -> LoopObject {
    guard let loop = loopPool.popLast() else { return LoopObject(source) }
    loop.reuse(source)
    return loop
  }

  /// Puts a loop object back for the next loop, unless something else still holds it.
  @inline(__always)
  func release(_ loop: consuming LoopObject) {
    guard isKnownUniquelyReferenced(&loop) else { return }
    loop.finish()
    if loop.isReusable, loopPool.count < 32 { loopPool.append(loop) }
  }

  /// A frame that holds its parent, to be given back.
  func takeFrame(_ module: Module, size: Int, parent: Frame?) -> Unmanaged<Frame> {
    guard pooledFrames > 0 else {
      return .passRetained(Frame(module: module, size: size, parent: parent))
    }
    pooledFrames -= 1
    let frame = framePool[pooledFrames]
    frame._withUnsafeGuaranteedRef { $0.reuse(module: module, size: size, parent: parent) }
    return frame
  }

  /// A frame for code inside of `parent`'s, which is held until the frame is given back.
  @inline(__always)
  func takeFrame(size: Int, inside parent: Frame) -> Unmanaged<Frame> {
    guard pooledFrames > 0 else { return takeFrame(parent.module, size: size, parent: parent) }
    pooledFrames &-= 1
    let frame = framePool[pooledFrames]
    frame._withUnsafeGuaranteedRef { $0.reuse(size: size, inside: parent) }
    return frame
  }

  /// Notes a frame that holds a macro which holds the frame.
  func noteCycle(_ frame: Frame) {
    guard !frame.isCyclic else { return }
    frame.isCyclic = true
    cyclic.append(frame)
  }

  private func clearCycles() {
    // What a library's macros see stays.
    for frame in cyclic where frame.module.root !== frame { frame.clear() }
    cyclic = []
  }

  /// Puts a frame back for the next call, unless a macro or a loop may still refer to it.
  @inline(__always)
  func giveBack(_ frame: Unmanaged<Frame>) {
    let isFree = frame._withUnsafeGuaranteedRef { frame in
      if frame.isCaptured { return false }
      frame.clear()
      return true
    }
    guard isFree, pooledFrames < Interpreter.poolSize else { return frame.release() }
    framePool[pooledFrames] = frame
    pooledFrames &+= 1
  }
}

// MARK: - Modules

extension Interpreter {
  /// Whether the code of `frame`'s module runs.
  @inline(__always)
  func isRunning(_ frame: Frame) -> Bool {
    module.map { Unmanaged.passUnretained($0).toOpaque() } == frame.moduleReference.toOpaque()
  }

  /// Makes `next` the module whose code runs; the one before, to be given to `leave` or taken.
  @inline(never)
  func enter(_ next: Module) -> Unmanaged<Module>? {
    let before = module.map { Unmanaged.passRetained($0) }
    module = next
    return before
  }

  /// Makes the module the one whose code runs again.
  @inline(never)
  func leave(to before: Unmanaged<Module>?) { module = before?.takeRetainedValue() }
}

// MARK: - Errors

/// How a host's `return()` leaves a macro.
///
/// Unchecked: it is thrown and caught on the interpreter's own thread.
final class ReturnSignal: Error, @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

extension Interpreter {
  /// The error with the present place, where it has none.
  func located(_ error: any Error) -> any Error {
    if error is ReturnSignal { return error }
    if let diagnostic = error as? Diagnostic { return diagnostic.located(at: location) }
    if let list = error as? DiagnosticList {
      return DiagnosticList(list.items.map { $0.located(at: location) })
    }
    return Diagnostic(
      .templateRuntime, "a function that the template calls failed", at: location,
      cause: String(describing: error))
  }

  /// The error with a note on the macro that it left.
  func located(_ error: any Error, in macro: String, from call: SourceSpan?) -> any Error {
    let error = located(error)
    guard var diagnostic = error as? Diagnostic, diagnostic.notes.count < 12 else { return error }
    diagnostic.notes.append("in macro '\(macro)'" + (call.map { ", called at \($0)" } ?? ""))
    return diagnostic
  }
}
