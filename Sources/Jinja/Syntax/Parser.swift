import Diagnostics

/// Turns tokens into nodes with resolved names, after Jinja's grammar. Used once.
final class Parser {
  /// How deep brackets, blocks and operators may nest.
  static let maxNesting = 100
  /// How many levels an expression may have, which long chains of one operator reach without nesting.
  static let maxHeight: Int32 = 250

  let options: TemplateOptions
  let source: SourceText
  var lexer: Lexer
  var current = Token(kind: .end, start: 0, end: 0)
  private var following: Token?
  /// Where the last token that was passed ended.
  private(set) var lastEnd = 0
  /// The open blocks, and the tags that each waits for.
  var tags: [String] = []
  var expectedTags: [[String]] = []
  var nesting = 0
  var loopNesting = 0
  /// How often each of the names was read that a macro or a loop provides only where it is used.
  var mentions: [String: Int] = [:]
  var definitions: [Definition] = []
  var definitionNodes: [MacroNode?] = []
  /// The mistakes so far, where reading goes on behind one; nil where the first one ends it.
  var mistakes: Mistakes?
  private let stack = StackGuard.ofCurrentThread()
  private lazy var folding = Interpreter(limits: Limits(maxOutputBytes: 1 << 16)) { _ in nil }

  init(_ text: String, name: String, options: TemplateOptions, isExpression: Bool = false) {
    self.options = options
    source = SourceText(text, name: name, keepTrailingNewline: options.keepTrailingNewline || isExpression)
    lexer = Lexer(source, options: options, isExpression: isExpression)
  }

  /// Parses the whole template.
  func parse() throws(Diagnostic) -> (Program, [Definition]) {
    // Places are kept in 32 bits.
    guard source.bytes.count < 1 << 30 else {
      throw Diagnostic(.templateLimit, "the template has more than a gigabyte", at: source.span(at: 0))
    }
    try advance()
    let body = try parseBody(until: [])
    let (entry, function) = analyze { body.analyze($0) }
    let hasCode = body.statements.contains { !($0 is TextStatement) && !($0 is MacroNode) }
    let program = Program(
      source: source, body: body, slotCount: function.slotCount, entry: entry,
      contextNames: function.program.contextNames, definitions: definitionNodes, hasTopLevelCode: hasCode)
    return (program, definitions)
  }

  /// Parses one expression that stands alone.
  static func expression(_ text: String, name: String) throws(Diagnostic) -> (Program, Expression) {
    let parser = Parser(text, name: name, options: .dbt, isExpression: true)
    try parser.advance()
    let expression = try parser.parseTuple()
    guard parser.current.kind == .end else {
      throw parser.fail("chunk after expression", at: parser.current.start)
    }
    let (entry, function) = parser.analyze { expression.analyze($0) }
    let program = Program(
      source: parser.source, body: Block([]), slotCount: function.slotCount, entry: entry,
      contextNames: function.program.contextNames, definitions: [], hasTopLevelCode: false)
    return (program, expression)
  }

  private func analyze(_ body: (Scope) -> Void) -> (ScopeEntry, FunctionScope) {
    let program = ProgramScope(prefersOutsideMacros: options.dbtBlocks)
    let function = FunctionScope(program: program, level: 0)
    let scope = Scope(parent: nil, function: function)
    let entry = ScopeEntry()
    body(scope)
    scope.finish(entry)
    return (entry, function)
  }

  // MARK: Tokens

  /// Goes to the next token and returns the one passed.
  @discardableResult
  func advance() throws(Diagnostic) -> Token {
    let passed = current
    lastEnd = passed.end
    if let following {
      current = following
      self.following = nil
    } else {
      current = try lexer.next()
    }
    return passed
  }

  /// Takes the lexer's next token, whatever was read ahead.
  func restart() throws(Diagnostic) {
    following = nil
    current = try lexer.next()
  }

  /// The token after the current one.
  func peek() throws(Diagnostic) -> Token {
    if let following { return following }
    let token = try lexer.next()
    following = token
    return token
  }

  /// Passes a token of this kind if it is the current one.
  func skip(_ kind: TokenKind) throws(Diagnostic) -> Bool {
    guard current.kind == kind else { return false }
    try advance()
    return true
  }

  /// Passes the word `word` if it is the current token.
  func skip(name word: String) throws(Diagnostic) -> Bool {
    guard current.isName(word) else { return false }
    try advance()
    return true
  }

  /// Passes a token of this kind, or fails.
  @discardableResult
  func expect(_ kind: TokenKind) throws(Diagnostic) -> Token {
    guard current.kind == kind else { throw expected(kind.rawValue) }
    return try advance()
  }

  /// Passes the word `word`, or fails.
  func expect(name word: String) throws(Diagnostic) {
    guard current.isName(word) else { throw expected(word) }
    try advance()
  }

  private func expected(_ what: String) -> Diagnostic {
    if current.kind == .end {
      return fail("unexpected end of template, expected '\(what)'.", at: current.start)
    }
    return fail("expected token '\(what)', got \(Repr.quoted(current.described))", at: current.start)
  }

  func fail(_ message: String, at offset: Int? = nil) -> Diagnostic {
    lexer.fail(message, at: offset ?? current.start)
  }

  // MARK: Limits

  /// Runs `body` one level deeper.
  func nested<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Parser.maxNesting, !stack.isExhausted else {
      throw Diagnostic(
        .templateLimit, "the template nests more than \(Parser.maxNesting) levels deep",
        at: source.span(at: current.start))
    }
    return try body()
  }

  /// The node, if it is not too high, folded if it is always the same.
  func checked(_ node: Expression, foldable: Bool = false) throws(Diagnostic) -> Expression {
    guard node.height <= Parser.maxHeight else {
      throw Diagnostic(
        .templateLimit, "an expression has more than \(Parser.maxHeight) operators in a row",
        at: source.span(at: Int(node.position)))
    }
    return foldable ? folded(node) : node
  }

  /// A constant for a node whose parts are all constant; the node itself where that fails, so that it fails where it
  /// runs, and only then.
  private func folded(_ node: Expression) -> Expression {
    let frame = Frame(
      module: Module(Parser.nothing, variables: [:]), size: 0, parent: nil)
    do {
      return Constant(try node.evaluate(frame, folding), position: node.position)
    } catch {
      return node
    }
  }

  private static let nothing = Program(
    source: SourceText("", name: "", keepTrailingNewline: true), body: Block([]), slotCount: 0,
    entry: ScopeEntry(), contextNames: [], definitions: [], hasTopLevelCode: false)

  func mention(_ name: String) { mentions[name, default: 0] += 1 }
}

// MARK: - Bodies

extension Parser {
  /// Statements up to one of the tags `ends` (whose name is then the current token), or to the template's end.
  func parseBody(until ends: [String]) throws(Diagnostic) -> Block {
    var statements: [Statement] = []
    if !ends.isEmpty { expectedTags.append(ends) }
    defer { if !ends.isEmpty { expectedTags.removeLast() } }
    while current.kind != .end {
      var tag: String?
      do throws(Diagnostic) {
        guard try parsePart(&statements, until: ends, tag: &tag) else { return Block(statements) }
      } catch {
        try recover(from: error, tag: tag)
      }
    }
    return Block(statements)
  }

  /// One statement, expression or piece of text; false at one of the tags `ends`. `tag` is the name of the tag that was
  /// begun, if one was.
  private func parsePart(
    _ statements: inout [Statement], until ends: [String], tag: inout String?
  ) throws(Diagnostic) -> Bool {
    let token = current
    switch token.kind {
    case .data:
      statements.append(TextStatement(source.slice(token.start, token.end), position: Int32(token.start)))
      try advance()
    case .variableBegin:
      try advance()
      let expression = try parseTuple()
      statements.append(PrintStatement(expression, position: Int32(token.start)))
      try expect(.variableEnd)
    case .blockBegin:
      try advance()
      if current.kind == .name {
        if ends.contains(current.text) { return false }
        tag = current.text
      }
      if let statement = try nested({ () throws(Diagnostic) in try parseStatement(from: token.start) }) {
        statements.append(statement)
      }
      try expect(.blockEnd)
    default:
      throw fail("internal parsing error", at: token.start)
    }
    return true
  }

  /// The rest of an opening tag, and the statements up to one of the tags `ends`.
  func parseStatements(until ends: [String], dropping: Bool = false) throws(Diagnostic) -> Block {
    _ = try skip(.colon)
    try expect(.blockEnd)
    let body = try parseBody(until: ends)
    if current.kind == .end { throw endOfTemplate(ends) }
    if dropping { try advance() }
    return body
  }

  private func endOfTemplate(_ ends: [String]) -> Diagnostic {
    missing(nil, looking: expectedTags + [ends], at: current.start)
  }

  /// What Jinja says of a tag that it does not know, or of a template that ends too early.
  private func missing(_ tag: String?, looking: [[String]], at offset: Int) -> Diagnostic {
    var message = tag.map { "Encountered unknown tag \(Repr.quoted($0))." } ?? "Unexpected end of template."
    if let last = looking.last {
      let words = last.map { "'\($0)'" }.joined(separator: " or ")
      if let tag, looking.contains(where: { $0.contains(tag) }) {
        message +=
          " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for \(words)."
      } else {
        message += " Jinja was looking for the following tags: \(words)."
      }
    }
    if let block = tags.last { message += " The innermost block that needs to be closed is '\(block)'." }
    return fail(message, at: offset)
  }

  /// One statement; the current token is its name. Nil where it leaves nothing to do.
  private func parseStatement(from start: Int) throws(Diagnostic) -> Statement? {
    let token = current
    guard token.kind == .name else { throw fail("tag name expected") }
    tags.append(token.text)
    var isKnown = true
    defer { if isKnown { tags.removeLast() } }
    let position = Int32(start)
    switch token.text {
    case "if": return try parseIf(position)
    case "for": return try parseFor(position)
    case "set": return try parseSet(position)
    case "macro": return try parseMacro(position)
    case "call": return try parseCallBlock(position)
    case "filter": return try parseFilterBlock(position)
    case "with": return try parseWith(position)
    case "do":
      try advance()
      return DoStatement(try parseTuple(), position: position)
    case "print": return try parsePrint(position)
    case "break", "continue": return try parseLoopControl(position)
    case "include", "import", "from", "extends", "block":
      throw Diagnostic(
        .templateSyntax, "the tag '\(token.text)' needs a template loader, and there is none",
        at: source.span(at: start), hint: "use a macro instead")
    default: break
    }
    if options.dbtBlocks, let statement = try parseDbtBlock(token.text, position) {
      return statement.statement
    }
    isKnown = false
    tags.removeLast()
    if try skipExcused(token.text) { return nil }
    mistakes?.foundUnknownTag()
    throw missing(token.text, looking: expectedTags, at: token.start)
  }
}
