import Diagnostics

/// Compares values of a YAML file with the shape that they must have, and collects what is wrong.
struct ShapeChecker {
  let file: String
  /// Whether a value may be left to Jinja: text with braces then fits every scalar.
  let allowsJinja: Bool
  private(set) var problems: [Diagnostic] = []

  init(file: String, allowsJinja: Bool) {
    self.file = file
    self.allowsJinja = allowsJinja
  }

  /// Checks `node`, which messages call `subject` (`'port' of connection 'shop'`).
  mutating func check(_ node: YAMLNode, _ shape: Shape, _ subject: String) {
    if allowsJinja, let text = node.string, YAMLRenderer.holdsJinja(text), shape.isScalar { return }
    switch shape {
    case .anything: break
    case .text: if node.scalarText == nil { reject(node, subject, "must be text") }
    case .boolean: if node.bool == nil { reject(node, subject, "must be true or false") }
    case .choice(let words): checkChoice(node, words, subject)
    case .integer(let range): checkInteger(node, range, subject)
    case .number:
      switch node.content {
      case .int, .float: break
      default: reject(node, subject, "must be a number")
      }
    case .duration: checkQuantity(node, subject, "a duration such as '30s' or '2 hours'", Quantity.seconds)
    case .size: checkQuantity(node, subject, "a size such as '64 MB'", Quantity.bytes)
    case .path: checkPath(node, subject)
    case .list(let item): checkList(node, item, subject)
    case .oneOrMore(let item):
      if node.items == nil { check(node, item, subject) } else { checkList(node, item, subject) }
    case .mapping(let fields): checkMapping(node, fields, subject)
    case .tagged(let key, let cases): checkTagged(node, key, cases, subject)
    case .dictionary(let value):
      guard let entries = node.entries else { return reject(node, subject, "must be a mapping") }
      for entry in entries { check(entry.value, value, "'\(entry.key)' of \(subject)") }
    case .either(let shapes): checkEither(node, shapes, subject)
    }
  }

  private mutating func checkChoice(_ node: YAMLNode, _ words: [String], _ subject: String) {
    guard let text = node.scalarText else { return reject(node, subject, "must be text") }
    guard !words.contains(text) else { return }
    reject(
      node, subject, "cannot be '\(text)'",
      hint: Spelling.hint(for: text, among: words) ?? "it is one of: " + words.joined(separator: ", "))
  }

  private mutating func checkInteger(_ node: YAMLNode, _ range: ClosedRange<Int>, _ subject: String) {
    guard case .int(let value) = node.content else {
      return reject(node, subject, "must be a whole number")
    }
    guard !range.contains(value) else { return }
    let limits =
      range.count == 1
      ? "\(range.lowerBound)"
      : range.upperBound == .max
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
    reject(node, subject, "must be \(limits), not \(value)")
  }

  private mutating func checkQuantity(
    _ node: YAMLNode, _ subject: String, _ wanted: String, _ read: (String) -> Double?
  ) {
    guard let text = node.scalarText, node.bool == nil, read(text) != nil else {
      return reject(node, subject, "must be \(wanted)")
    }
  }

  private mutating func checkPath(_ node: YAMLNode, _ subject: String) {
    guard let text = node.scalarText else { return reject(node, subject, "must be text") }
    guard JSONPath(text) == nil else { return }
    reject(node, subject, "is no path: \(text)", hint: JSONPath.hint)
  }

  private mutating func checkList(_ node: YAMLNode, _ item: Shape, _ subject: String) {
    guard let items = node.items else { return reject(node, subject, "must be a list") }
    for value in items { check(value, item, "an item of \(subject)") }
  }

  private mutating func checkMapping(_ node: YAMLNode, _ fields: [Field], _ subject: String) {
    guard let entries = node.entries else { return reject(node, subject, "must be a mapping") }
    for entry in entries {
      guard let field = fields.first(where: { $0.key == entry.key }) else {
        let known = fields.map(\.key)
        problems.append(
          Diagnostic(
            .unknownKey, "\(subject) has no setting '\(entry.key)'", at: entry.span(in: file),
            hint: Spelling.hint(for: entry.key, among: known)
              ?? "it has: " + known.sorted().joined(separator: ", ")))
        continue
      }
      guard !entry.value.isNull else { continue }
      let inner = "'\(entry.key)' of \(subject)"
      if field.isSecret { checkSecret(entry.value, inner) }
      check(entry.value, field.shape, inner)
    }
    for field in fields where field.isRequired {
      if let value = node[field.key], !value.isNull { continue }
      problems.append(
        Diagnostic(
          .missingKey, "\(subject) does not say its '\(field.key)'", at: node.span(in: file),
          hint: "'\(field.key)': \(field.summary)"))
    }
  }

  private mutating func checkTagged(_ node: YAMLNode, _ key: String, _ cases: [Shape.Case], _ subject: String)
  {
    guard node.entries != nil else { return reject(node, subject, "must be a mapping") }
    let names = cases.map(\.name)
    guard let tag = node[key], !tag.isNull else {
      problems.append(
        Diagnostic(
          .missingKey, "\(subject) does not say its '\(key)'", at: node.span(in: file),
          hint: "it is one of: " + names.joined(separator: ", ")))
      return
    }
    guard let found = cases.first(where: { $0.name == tag.scalarText }) else {
      return checkChoice(tag, names, "'\(key)' of \(subject)")
    }
    checkMapping(node, [Field(key, .text, "what it is")] + found.fields, subject)
  }

  /// Only a shape of the value's own kind can say what is wrong with it.
  private mutating func checkEither(_ node: YAMLNode, _ shapes: [Shape], _ subject: String) {
    var said: (problems: [Diagnostic], isOwnKind: Bool) = ([], false)
    for shape in shapes {
      var trial = ShapeChecker(file: file, allowsJinja: allowsJinja)
      trial.check(node, shape, subject)
      if trial.problems.isEmpty { return }
      let isOwnKind = shape.isScalar == node.isScalar
      if said.problems.isEmpty || (isOwnKind && !said.isOwnKind) { said = (trial.problems, isOwnKind) }
    }
    problems += said.problems
  }

  /// A secret is named, never written.
  private mutating func checkSecret(_ node: YAMLNode, _ subject: String) {
    guard let text = node.scalarText else { return }
    let names = ["env_var(", "secret("]
    if YAMLRenderer.holdsJinja(text), names.contains(where: { text.contains($0) }) { return }
    problems.append(PlainSecrets.diagnostic(subject, at: node.span(in: file)))
  }

  private mutating func reject(_ node: YAMLNode, _ subject: String, _ what: String, hint: String? = nil) {
    let given = node.isScalar || node.isNull ? "" : ", not \(node.typeName)"
    problems.append(
      Diagnostic(
        .badValue, "\(subject) \(what)" + (what.hasPrefix("must be") && !what.contains(", not") ? given : ""),
        at: node.span(in: file), hint: hint))
  }
}

extension Shape {
  /// Whether values of the shape are single ones: neither lists nor mappings.
  var isScalar: Bool {
    switch self {
    case .text, .choice, .integer, .number, .boolean, .duration, .size, .path: true
    case .oneOrMore(let shape): shape.isScalar
    case .either(let shapes): shapes.contains(where: \.isScalar)
    case .list, .mapping, .tagged, .dictionary, .anything: false
    }
  }
}

extension YAMLNode {
  /// Whether the value is a single one.
  var isScalar: Bool { scalarText != nil }
}
