import Diagnostics

// MARK: - Control

extension Parser {
  func parseIf(_ position: Int32) throws(Diagnostic) -> Statement {
    var branches: [(test: Expression, body: Block)] = []
    var otherwise: Block?
    while true {
      try advance()
      let test = try parseTuple(allowsConditional: false)
      branches.append((test, try parseStatements(until: ["elif", "else", "endif"])))
      // The loop's beginning passes the word `elif`.
      if current.isName("elif") { continue }
      if try advance().isName("else") { otherwise = try parseStatements(until: ["endif"], dropping: true) }
      return IfStatement(branches, otherwise: otherwise, position: position)
    }
  }

  func parseFor(_ position: Int32) throws(Diagnostic) -> Statement {
    try advance()
    let target = try parseTarget(ends: ["in"])
    try expect(name: "in")
    let iterable = constantItems(try parseTuple(allowsConditional: false, ends: ["recursive"]))
    let filter = try skip(name: "if") ? try parseExpression() : nil
    let isRecursive = try skip(name: "recursive")
    let mentionsBefore = mentions["loop", default: 0]
    loopNesting += 1
    let body = try parseStatements(until: ["endfor", "else"])
    loopNesting -= 1
    let usesLoop = mentions["loop", default: 0] > mentionsBefore
    let end = try advance()
    let otherwise = end.isName("else") ? try parseStatements(until: ["endfor"], dropping: true) : nil
    if target.names.contains("loop") {
      throw fail("Can't assign to special loop variable in for-loop target", at: Int(position))
    }
    return ForStatement(
      target, in: iterable, filter: filter, filterTarget: filter == nil ? nil : target.copy(), body: body,
      otherwise: otherwise, isRecursive: isRecursive, usesLoop: usesLoop, position: position)
  }

  /// A list literal of constants that is only looked through need not be made anew each time.
  func constantItems(_ expression: Expression) -> Expression {
    guard let list = expression as? ListLiteral else { return expression }
    let values = list.items.compactMap(\.constant)
    guard values.count == list.items.count else { return expression }
    return Constant(.tuple(values), position: list.position)
  }

  func parseLoopControl(_ position: Int32) throws(Diagnostic) -> Statement {
    let word = try advance()
    guard loopNesting > 0 else { throw fail("'\(word.text)' outside loop", at: word.start) }
    return LoopControl(word.text == "break" ? .leaveLoop : .nextRound, position: position)
  }

  func parseWith(_ position: Int32) throws(Diagnostic) -> Statement {
    try advance()
    var targets: [(target: Target, value: Expression)] = []
    while current.kind != .blockEnd {
      if !targets.isEmpty { try expect(.comma) }
      let target = try parseTarget()
      try expect(.assign)
      targets.append((target, try parseExpression()))
    }
    let body = try parseStatements(until: ["endwith"], dropping: true)
    return WithStatement(targets, body: body, position: position)
  }

  func parsePrint(_ position: Int32) throws(Diagnostic) -> Statement {
    try advance()
    var parts: [Expression] = []
    while current.kind != .blockEnd {
      if !parts.isEmpty { try expect(.comma) }
      parts.append(try parseExpression())
    }
    return PrintStatement(Concatenation(parts, position: position), position: position)
  }

  func parseFilterBlock(_ position: Int32) throws(Diagnostic) -> Statement {
    try advance()
    let filter = try parseFilters(nil, startsInline: true)
    let body = try parseStatements(until: ["endfilter"], dropping: true)
    guard let filter else { throw fail("expected token 'name', got '\(current.described)'") }
    return FilterStatement(filter, body: body, position: position)
  }
}

// MARK: - Assignment

extension Parser {
  func parseSet(_ position: Int32) throws(Diagnostic) -> Statement {
    try advance()
    let target = try parseTarget(allowsAttribute: true)
    if try skip(.assign) { return SetStatement(target, try parseTuple(), position: position) }
    let filter = try parseFilters(nil, startsInline: false)
    let body = try parseStatements(until: ["endset"], dropping: true)
    return SetBlockStatement(target, filter: filter, body: body, position: position)
  }

  /// Something to assign to; `ends` are words that end a list of names.
  func parseTarget(ends: [String] = [], allowsAttribute: Bool = false) throws(Diagnostic) -> Target {
    let start = current.start
    var targets: [Target] = []
    var isTuple = false
    while true {
      if !targets.isEmpty { try expect(.comma) }
      if isTupleEnd(ends) { break }
      targets.append(try parseSingleTarget(allowsAttribute: allowsAttribute))
      guard current.kind == .comma else { break }
      isTuple = true
    }
    guard let first = targets.first else {
      throw fail("Expected an expression, got \(Repr.quoted(current.described))")
    }
    return isTuple ? .several(targets, position: Int32(start)) : first
  }

  private func parseSingleTarget(allowsAttribute: Bool) throws(Diagnostic) -> Target {
    let start = current.start
    if current.kind == .leftParenthesis {
      return try nested { () throws(Diagnostic) in
        try advance()
        let target = try parseTarget(allowsAttribute: allowsAttribute)
        try expect(.rightParenthesis)
        return target
      }
    }
    if allowsAttribute, current.kind == .name, try peek().kind == .dot {
      let name = try advance()
      try advance()
      let attribute = try expect(.name)
      let owner = Name(name.text, position: Int32(name.start))
      return .attribute(owner, DictKey(attribute.text), position: Int32(start))
    }
    let expression = try parsePrimary()
    guard let name = expression as? Name else {
      throw fail("can't assign to '\(expression.kindName)'", at: start)
    }
    return .name(Name(name.name, position: name.position))
  }

  /// A name to be assigned, and nothing else.
  func parseTargetName() throws(Diagnostic) -> Token {
    let token = try expect(.name)
    if Parser.constant(token.text) != nil { throw fail("can't assign to 'name'", at: token.start) }
    return token
  }
}

extension Target {
  /// The names that are assigned.
  var names: [String] {
    switch self {
    case .name(let name): [name.name]
    case .attribute: []
    case .several(let targets, _): targets.flatMap(\.names)
    }
  }

  /// The same names, to be resolved in another scope.
  func copy() -> Target {
    switch self {
    case .name(let name): .name(Name(name.name, position: name.position))
    case .attribute(let name, let attribute, let position):
      .attribute(Name(name.name, position: name.position), attribute, position: position)
    case .several(let targets, let position): .several(targets.map { $0.copy() }, position: position)
    }
  }
}

// MARK: - Macros

extension Parser {
  /// A macro's parameters and, for its definition, the sources of their defaults.
  struct Signature {
    var parameters: [MacroNode.Parameter] = []
    var described: [Definition.Parameter] = []
  }

  func parseMacro(_ position: Int32) throws(Diagnostic) -> Statement {
    try advance()
    let name = try parseTargetName()
    let signature = try parseSignature()
    return try parseMacroBody(
      .macro, name.text, variable: name.text, signature, ends: ["endmacro"], position: position)
  }

  func parseSignature() throws(Diagnostic) -> Signature {
    var signature = Signature()
    try expect(.leftParenthesis)
    while current.kind != .rightParenthesis {
      if !signature.parameters.isEmpty { try expect(.comma) }
      let name = try parseTargetName()
      if signature.parameters.contains(where: { $0.name == name.text }) {
        throw fail("duplicate argument '\(name.text)' in function definition", at: name.start)
      }
      if options.dbtBlocks, try skip(.colon) { try parseTypeName() }
      var fallback: Expression?
      var defaultSource: String?
      if try skip(.assign) {
        let start = current.start
        fallback = try parseExpression()
        defaultSource = source.text(start, lastEnd)
      } else if let last = signature.parameters.last, last.fallback != nil {
        throw fail("non-default argument follows default argument")
      }
      let variable = Name(name.text, position: Int32(name.start))
      signature.parameters.append(.init(name: name.text, variable: variable, fallback: fallback))
      signature.described.append(.init(name: name.text, defaultSource: defaultSource))
    }
    try expect(.rightParenthesis)
    return signature
  }

  /// dbt's type of a parameter: a name, and others in brackets.
  private func parseTypeName() throws(Diagnostic) {
    try expect(.name)
    guard try skip(.leftBracket) else { return }
    var isFirst = true
    while current.kind != .rightBracket {
      if !isFirst { try expect(.comma) }
      isFirst = false
      try nested { () throws(Diagnostic) in try parseTypeName() }
    }
    try expect(.rightBracket)
  }

  /// The rest of a macro or one of dbt's blocks, from the end of its opening tag on.
  func parseMacroBody(
    _ kind: Definition.Kind, _ name: String, variable: String, _ signature: Signature, ends: [String],
    position: Int32
  ) throws(Diagnostic) -> MacroNode {
    let isTopLevel = tags.count == 1
    let number = definitions.count
    if isTopLevel { definitionNodes.append(nil) }
    let bodyStart = current.end
    let before = mentions
    let (body, bodyEnd) = try parseFunctionBody(ends)
    let uses = ["caller", "kwargs", "varargs"].filter {
      mentions[$0, default: 0] > before[$0, default: 0]
    }
    let node = MacroNode(
      name: name, variable: Name(variable, position: position), parameters: signature.parameters, body: body,
      uses: Set(uses), position: position)
    if isTopLevel {
      definitionNodes[number] = node
      define(kind, name, signature.described, position, bodyStart..<max(bodyStart, bodyEnd), number)
    }
    return node
  }

  /// A body with its own loops; and where its end tag begins.
  func parseFunctionBody(_ ends: [String]) throws(Diagnostic) -> (body: Block, end: Int) {
    let loops = loopNesting
    loopNesting = 0
    defer { loopNesting = loops }
    let body = try parseStatements(until: ends)
    let end = lastStart
    try advance()
    return (body, end)
  }

  /// Where the tag begins whose name is the current token.
  private var lastStart: Int { source.lastTag(before: current.start) }

  func define(
    _ kind: Definition.Kind, _ name: String, _ parameters: [Definition.Parameter], _ position: Int32,
    _ body: Range<Int>, _ index: Int
  ) {
    let start = source.originalOffset(Int(position))
    let bodyStart = source.originalOffset(body.lowerBound)
    definitions.append(
      Definition(
        kind: kind, name: name, parameters: parameters, span: source.span(at: Int(position)),
        range: start..<max(start, source.originalOffset(current.end)),
        bodyRange: bodyStart..<max(bodyStart, source.originalOffset(body.upperBound)),
        bodyText: source.text(body.lowerBound, body.upperBound), index: index))
  }

  func parseCallBlock(_ position: Int32) throws(Diagnostic) -> Statement {
    try advance()
    let signature = current.kind == .leftParenthesis ? try parseSignature() : Signature()
    let start = current.start
    let call = try parseExpression()
    guard call is Call || call is MethodCall else { throw fail("expected call", at: start) }
    let before = mentions
    let (body, _) = try parseFunctionBody(["endcall"])
    let uses = ["caller", "kwargs", "varargs"].filter {
      mentions[$0, default: 0] > before[$0, default: 0]
    }
    let caller = MacroNode(
      name: "caller", variable: nil, parameters: signature.parameters, body: body, uses: Set(uses),
      position: position)
    return CallStatement(call, caller: caller, position: position)
  }
}

// MARK: - dbt's blocks

extension Parser {
  /// A statement that may leave nothing to do.
  struct DbtStatement {
    let statement: Statement?
  }

  /// The dbt block of this name; nil if there is none.
  func parseDbtBlock(_ tag: String, _ position: Int32) throws(Diagnostic) -> DbtStatement? {
    switch tag {
    case "test", "data_test":
      try advance()
      let name = try parseTargetName().text
      let signature = try parseSignature()
      return DbtStatement(
        statement: try parseMacroBody(
          .test, name, variable: "test_\(name)", signature, ends: ["end\(tag)"], position: position))
    case "materialization": return DbtStatement(statement: try parseMaterialization(position))
    case "snapshot":
      try advance()
      let name = try parseTargetName().text
      return DbtStatement(
        statement: try parseMacroBody(
          .snapshot, name, variable: "snapshot_\(name)", Signature(), ends: ["endsnapshot"],
          position: position))
    case "docs":
      try parseDocs(position)
      return DbtStatement(statement: nil)
    default: return nil
    }
  }

  private func parseMaterialization(_ position: Int32) throws(Diagnostic) -> Statement {
    try advance()
    let name = try parseTargetName().text
    var adapter = "default"
    var languages = "['sql']"
    var languagesValue: Expression = ListLiteral(
      [Constant(.string("sql"), position: position)], position: position)
    while try skip(.comma) {
      let option = try parseTargetName()
      switch option.text {
      case "default": break
      case "adapter":
        try expect(.assign)
        let start = current.start
        guard case .string(let value)? = try parseExpression().constant else {
          throw fail("a materialization's adapter is a text in quotes", at: start)
        }
        adapter = value
      case "supported_languages":
        try expect(.assign)
        let start = current.start
        languagesValue = try parseExpression()
        languages = source.text(start, lastEnd)
      default:
        throw fail(
          "materialization '\(name)' received unknown argument '\(option.text)'", at: option.start)
      }
    }
    let variable = Name("supported_languages", position: position)
    let signature = Signature(
      parameters: [.init(name: "supported_languages", variable: variable, fallback: languagesValue)],
      described: [.init(name: "supported_languages", defaultSource: languages)])
    return try parseMacroBody(
      .materialization(adapter: adapter), name, variable: "materialization_\(name)_\(adapter)", signature,
      ends: ["endmaterialization"], position: position)
  }

  private func parseDocs(_ position: Int32) throws(Diagnostic) {
    try advance()
    let name = try parseTargetName().text
    guard current.kind == .blockEnd else {
      throw fail("expected token 'end of statement block', got \(Repr.quoted(current.described))")
    }
    let bodyStart = current.end
    guard let bodyEnd = lexer.skipBody(until: "enddocs") else {
      throw fail("Missing end of docs block '\(name)'", at: Int(position))
    }
    // The block's own end stays the current token, for the caller to pass.
    current = Token(kind: .blockEnd, start: bodyEnd, end: source.tagEnd(from: bodyEnd))
    definitionNodes.append(nil)
    define(.docs, name, [], position, bodyStart..<max(bodyStart, bodyEnd), definitions.count)
  }
}

extension SourceText {
  /// Where the last `{%` before `offset` stands.
  func lastTag(before offset: Int) -> Int {
    var index = min(offset, bytes.count) - 1
    while index > 0 {
      if bytes[index] == 0x25, bytes[index - 1] == 0x7B { return index - 1 }
      index -= 1
    }
    return 0
  }

  /// Behind the first `%}` from `offset` on.
  func tagEnd(from offset: Int) -> Int {
    var index = offset
    while index + 1 < bytes.count {
      if bytes[index] == 0x25, bytes[index + 1] == 0x7D { return index + 2 }
      index += 1
    }
    return bytes.count
  }
}
