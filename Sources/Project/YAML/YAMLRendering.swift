import Diagnostics
import Jinja

/// Renders the Jinja in YAML values, as dbt does before it reads them.
struct YAMLRenderer {
  let interpreter: Interpreter
  let file: String
  /// What could not be rendered; the text stays as it is there.
  var problems: [Diagnostic] = []

  init(interpreter: Interpreter, file: String) {
    self.interpreter = interpreter
    self.file = file
  }

  /// What these keys hold goes by names of the user's own, such as a column's `description`.
  private static let freeKeys: Set<String> = ["column_types", "+column_types"]

  /// The value with every text rendered but those under a key that `skipping` names, at any depth where keys are dbt's.
  mutating func render(_ node: YAMLNode, skipping: (String) -> Bool) -> YAMLNode {
    switch node.content {
    case .string(let text):
      guard Self.holdsJinja(text) else { return node }
      return YAMLNode(content: rendered(text, node), line: node.line, column: node.column)
    case .list(let items):
      var copy = node
      copy.content = .list(items.map { render($0, skipping: skipping) })
      return copy
    case .map(let entries):
      var copy = node
      copy.content = .map(
        entries.map { entry in
          guard !skipping(entry.key) else { return entry }
          var entry = entry
          let isFree = Self.freeKeys.contains(entry.key)
          entry.value = render(entry.value, skipping: isFree ? { _ in false } : skipping)
          return entry
        })
      return copy
    case .null, .bool, .int, .float: return node
    }
  }

  /// Whether the value holds Jinja anywhere: most do not, and are left alone.
  static func holdsJinja(_ node: YAMLNode) -> Bool {
    switch node.content {
    case .string(let text): holdsJinja(text)
    case .list(let items): items.contains(where: holdsJinja)
    case .map(let entries): entries.contains { holdsJinja($0.value) }
    case .null, .bool, .int, .float: false
    }
  }

  static func holdsJinja(_ text: String) -> Bool {
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if previous == UInt8(ascii: "{"),
        byte == UInt8(ascii: "{") || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "#")
      {
        return true
      }
      previous = byte
    }
    return false
  }

  private mutating func rendered(_ text: String, _ node: YAMLNode) -> YAMLNode.Content {
    do {
      return Self.content(of: try Self.native(text, interpreter, name: file))
    } catch {
      for problem in DiagnosticList.collecting(error, else: .templateRuntime, "the value cannot be rendered")
      {
        var problem = problem
        problem.span = node.span(in: file)
        problems.append(problem)
      }
      return .string(text)
    }
  }

  /// A text that is one expression gives the expression's value; any other gives text.
  static func native(
    _ text: String, _ interpreter: Interpreter, name: String, variables: [String: Value] = [:]
  ) throws -> DataValue {
    if let expression = soleExpression(text) {
      let value = try interpreter.evaluate(expression: expression, name: name, variables: variables)
      try HostFilters.verify(value, of: expression)
      return value.isUndefined ? .string("") : try value.data()
    }
    let template = try Template(parsing: text, name: name)
    return .string(try interpreter.render(template, variables: variables))
  }

  /// What stands in the braces, if the text is one expression and nothing else.
  static func soleExpression(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    var start = 0
    var end = bytes.count
    while start < end, bytes[start] <= 0x20 { start += 1 }
    while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
    guard end - start >= 4, bytes[start] == 0x7B, bytes[start + 1] == 0x7B, bytes[end - 1] == 0x7D,
      bytes[end - 2] == 0x7D
    else { return nil }
    var inner = bytes[start + 2..<end - 2]
    if inner.first == UInt8(ascii: "-") { inner = inner.dropFirst() }
    if inner.last == UInt8(ascii: "-") { inner = inner.dropLast() }
    let expression = String(decoding: inner, as: UTF8.self)
    for mark in ["{{", "}}", "{%"] where Self.contains(expression, mark) { return nil }
    return expression
  }

  private static func contains(_ text: String, _ mark: String) -> Bool {
    let wanted = Array(mark.utf8)
    return zip(text.utf8, text.utf8.dropFirst()).contains { $0 == wanted[0] && $1 == wanted[1] }
  }

  private static func content(of data: DataValue) -> YAMLNode.Content {
    switch data {
    case .none: .null
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .float(let value): .float(value)
    case .string(let text): .string(text)
    case .list(let items): .list(items.map { YAMLNode(content: content(of: $0), line: 0, column: 0) })
    case .dict:
      .map(
        (data.entries ?? []).map { key, value in
          YAMLEntry(
            key: key, line: 0, column: 0, value: YAMLNode(content: content(of: value), line: 0, column: 0))
        })
    }
  }
}
