import Diagnostics
import Jinja

/// Turns a generic check into its SQL: finds its macro, reads its arguments, calls it.
struct CheckRendering {
  let context: NodeContext
  let check: GenericCheck

  /// The SQL that gives the rows that fail.
  func sql() throws -> String {
    let macro = try callable()
    return try context.interpreter.call(macro, try arguments()).description
  }

  /// Reads the arguments, so that their references are recorded, and does not run a check that is built in.
  func recordReferences() throws {
    let macro = try callable()
    let arguments = try arguments()
    guard isDefined("test_" + check.name) else { return }
    _ = try context.interpreter.call(macro, arguments)
  }

  private func callable() throws -> Value {
    let name = "test_" + check.name
    if let package = check.namespace, package != "dbt" {
      if let macro = context.macro(name, of: package) { return macro }
      guard package == context.macros.root || context.macros.has(package: package) else {
        throw Diagnostic(
          .packageMissing, "the check '\(package).\(check.name)' needs the package '\(package)'",
          hint: "name it in packages.yml and run 'weir deps'")
      }
    } else if check.namespace == nil, let macro = context.macro(name) {
      return macro
    }
    if let native = context.original(name) { return native }
    let known =
      NativeMacros.checkNames
      + context.macros.names.filter { $0.hasPrefix("test_") }.map { String($0.dropFirst(5)) }
    throw Diagnostic(
      .badCheck, "there is no check '\(check.name)'",
      hint: Spelling.hint(for: check.name, among: known.sorted())
        ?? "write it as {% test \(check.name)(model, column_name) %} … {% endtest %} in the macros folder")
  }

  /// Whether a macro is the project's or a package's, where the check is declared.
  private func isDefined(_ name: String) -> Bool {
    let macros = context.macros
    if let package = check.namespace { return macros.macro(name, of: package) != nil }
    return macros.macro(name, from: context.frame.package) != nil
  }

  private func arguments() throws -> Arguments {
    var keyword: [(name: String, value: Value)] = []
    for (key, value) in check.arguments.entries ?? [] { keyword.append((key, try rendered(value))) }
    if let column = check.column, !keyword.contains(where: { $0.name == "column_name" }) {
      keyword.append(("column_name", .string(column)))
    }
    keyword.append(("model", try model()))
    return Arguments([], keyword: keyword)
  }

  /// What the check is declared on, less the rows that its `where` leaves out.
  private func model() throws -> Value {
    let relation = try owner()
    guard let filter = context.lookup("get_where_subquery") else {
      return NativeMacros.whereSubquery(context, relation)
    }
    return try context.interpreter.call(filter, Arguments([relation]))
  }

  private func owner() throws -> Value {
    let function = check.attachedSource == nil ? "ref" : "source"
    if context.macros.macro(function, from: context.frame.package) != nil,
      let callable = context.lookup(function)
    {
      let names = check.attachedSource.map { [$0.source, $0.table] } ?? [reference.name]
      let version = reference.version.map { [(name: "version", value: Value.string($0))] } ?? []
      return try context.interpreter.call(
        callable, Arguments(names.map { .string($0) }, keyword: version))
    }
    if let source = check.attachedSource { return try context.relation(of: source) }
    return try context.relation(of: reference)
  }

  private var reference: ModelReference { check.attachedReference ?? ModelReference(name: ownerName) }

  /// The model's name: what follows the type and the package in its unique name.
  private var ownerName: String {
    let parts = check.attachedNode.rawValue.split(separator: ".", maxSplits: 2)
    return String(parts.last ?? "")
  }

  private func rendered(_ value: DataValue) throws -> Value {
    if let entries = value.entries { return Value(try entries.map { ($0.key, try rendered($0.value)) }) }
    if let items = value.items { return Value(try items.map(rendered)) }
    guard case .string(let text) = value else { return Value(value) }
    if Self.looksLikeCall(text) {
      return try context.interpreter.evaluate(expression: text, name: SnippetNames.argument)
    }
    guard YAMLRenderer.holdsJinja(text) else { return .string(text) }
    if let expression = YAMLRenderer.soleExpression(text) {
      return try context.interpreter.evaluate(expression: expression, name: SnippetNames.argument)
    }
    return .string(try context.interpreter.render(try Template(parsing: text, name: SnippetNames.argument)))
  }

  /// Whether the text is one of the calls that dbt reads without braces: `ref('orders')`.
  static func looksLikeCall(_ text: String, besides more: [String] = []) -> Bool {
    let trimmed = NativeMacros.trimmed(text)
    guard trimmed.utf8.last == UInt8(ascii: ")") else { return false }
    return (["env_var", "ref", "var", "source", "doc"] + more).contains { name in
      guard trimmed.hasPrefix(name) else { return false }
      return trimmed.utf8.dropFirst(name.utf8.count).first { $0 > 0x20 } == UInt8(ascii: "(")
    }
  }
}
