/// One scope of names while a template is parsed, after the rules of Jinja: what is assigned in a scope belongs to it
/// from its start, and begins as a copy of the outer variable, if there is one.
///
/// A scope is analysed wholly (`load`, `store`, in the order of the code) before the scopes inside it (`inner`), since
/// those see its final state.
final class Scope {
  /// How a variable begins when its scope is entered.
  enum Start {
    /// It is given: a parameter or a loop's target.
    case parameter
    /// It is asked of the outside.
    case outside
    /// It copies the variable of an enclosing scope.
    case outer
    /// It is undefined.
    case nothing
  }

  private struct Symbols {
    var starts: [String: Start] = [:]
    var stores: Set<String> = []
  }

  let parent: Scope?
  /// The activation that the scope's variables live in.
  let function: FunctionScope
  private var symbols = Symbols()
  private var names: [Name] = []
  private var deferred: [() -> Void] = []
  /// Where each variable lives, once the scope is finished; -1 for those that stay outside.
  private var slots: [String: Int] = [:]
  /// The names that only a macro of the top level defines; see `TemplateOptions.dbtBlocks`.
  private var macros: Set<String> = []
  private var assigned: Set<String> = []
  /// The names that code in this scope assigns.
  private var stored: Set<String> = []

  init(parent: Scope?, function: FunctionScope) {
    self.parent = parent
    self.function = function
  }

  // MARK: Analysis

  /// Notes that `name` is read here.
  func load(_ name: Name) {
    names.append(name)
    load(name.name)
  }

  private func load(_ name: String) {
    if !knows(name) { symbols.starts[name] = .outside }
  }

  private func knows(_ name: String) -> Bool {
    symbols.starts[name] != nil || (parent?.knows(name) ?? false)
  }

  /// Notes that `name` is assigned here.
  func store(_ name: Name) {
    names.append(name)
    store(name.name)
    assigned.insert(name.name)
  }

  /// Whether code in this scope assigns `name`, which may also be given.
  func assigns(_ name: String) -> Bool { stored.contains(name) }

  private func store(_ name: String) {
    stored.insert(name)
    symbols.stores.insert(name)
    guard symbols.starts[name] == nil else { return }
    symbols.starts[name] = parent?.knows(name) == true ? .outer : .nothing
  }

  /// Notes that a macro of this name is defined here.
  func storeMacro(_ name: Name) {
    names.append(name)
    store(name.name)
    macros.insert(name.name)
  }

  /// Notes that `name` is given when the scope is entered.
  func parameter(_ name: Name) {
    names.append(name)
    symbols.stores.insert(name.name)
    symbols.starts[name.name] = .parameter
    assigned.insert(name.name)
  }

  /// Analyses the alternatives of an `if`: a name that only some assign begins as what it is outside.
  func branches(_ analyses: [() -> Void]) {
    let original = symbols
    var results: [Symbols] = []
    for analysis in analyses {
      symbols = original
      analysis()
      results.append(symbols)
    }
    symbols = original
    var stores: Set<String> = []
    for result in results {
      stores.formUnion(result.stores)
      symbols.starts.merge(result.starts) { _, new in new }
      symbols.stores.formUnion(result.stores)
    }
    for name in stores.subtracting(original.stores) {
      symbols.starts[name] = parent?.knows(name) == true ? .outer : .outside
    }
  }

  /// Leaves something to do until the scope is analysed: an inner scope's own analysis.
  func inner(_ work: @escaping () -> Void) { deferred.append(work) }

  // MARK: Result

  /// Gives the variables their slots, the names their places, and then does what was deferred. What must happen
  /// whenever the scope is entered goes to `entry`.
  func finish(_ entry: ScopeEntry, isTop: Bool = false) {
    // In the order of names, for the same result every time.
    for (name, start) in symbols.starts.sorted(by: { $0.key < $1.key }) {
      if case .outside = start, !symbols.stores.contains(name) {
        slots[name] = -1
        continue
      }
      slots[name] = function.makeSlot()
    }
    for (name, start) in symbols.starts.sorted(by: { $0.key < $1.key }) {
      guard let slot = slots[name], slot >= 0 else { continue }
      switch start {
      case .parameter: break
      case .nothing: entry.actions.append(.clear(slot))
      case .outside: entry.actions.append(.ask(slot, function.program.context(name)))
      case .outer: entry.actions.append(.copy(slot, parent?.place(of: name, from: function) ?? .nowhere))
      }
    }
    for name in names { name.place = place(of: name.name, from: function) }
    for work in deferred { work() }
    deferred = []
  }

  /// Where `name` lives, seen from code in `user`.
  private func place(of name: String, from user: FunctionScope) -> Name.Place {
    guard let slot = slots[name] else {
      return parent?.place(of: name, from: user) ?? .outside(function.program.context(name))
    }
    guard slot >= 0 else { return .outside(function.program.context(name)) }
    let depth = user.level - function.level
    if function.program.prefersOutsideMacros, parent == nil, macros.contains(name), !assigned.contains(name) {
      return .macro(function.program.context(name), depth, slot)
    }
    return depth == 0 ? .local(slot) : .enclosing(depth, slot)
  }
}

/// One activation's variables while a template is parsed.
final class FunctionScope {
  let program: ProgramScope
  let level: Int
  private(set) var slotCount = 0

  init(program: ProgramScope, level: Int) {
    self.program = program
    self.level = level
  }

  func makeSlot() -> Int {
    defer { slotCount += 1 }
    return slotCount
  }
}

/// The names that a whole template asks of the outside.
final class ProgramScope {
  let prefersOutsideMacros: Bool
  private(set) var contextNames: [String] = []
  private var numbers: [String: Int] = [:]

  init(prefersOutsideMacros: Bool) { self.prefersOutsideMacros = prefersOutsideMacros }

  func context(_ name: String) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = contextNames.count
    contextNames.append(name)
    return contextNames.count - 1
  }
}

/// What happens to a scope's variables when it is entered.
final class ScopeEntry {
  enum Action {
    case clear(Int)
    case ask(Int, Int)
    case copy(Int, Name.Place)
  }

  @exclusivity(unchecked) var actions: [Action] = []

  /// Prepares the scope's variables in `frame`.
  @inline(__always)
  func enter(_ frame: Frame, _ interpreter: Interpreter) throws {
    if !actions.isEmpty { prepare(frame, interpreter) }
  }

  private func prepare(_ frame: Frame, _ interpreter: Interpreter) {
    for action in actions {
      switch action {
      case .clear(let slot): frame.slots[slot].clear()
      case .ask(let slot, let number):
        frame.slots[slot].value = frame.context[number].value ?? frame.module.lookUp(number, interpreter)
      case .copy(let slot, let place): frame.slots[slot].value = place.value(frame, interpreter)
      }
    }
  }
}
