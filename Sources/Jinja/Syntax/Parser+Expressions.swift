import Diagnostics

extension Parser {
  /// The words that are values.
  static func constant(_ word: String) -> Value? {
    switch word {
    case "true", "True": .bool(true)
    case "false", "False": .bool(false)
    case "none", "None": Value.none
    default: nil
    }
  }

  /// An expression; `a if b else c` only where it is allowed.
  func parseExpression(allowsConditional: Bool = true) throws(Diagnostic) -> Expression {
    try nested { () throws(Diagnostic) in
      allowsConditional ? try parseConditional() : try parseOr()
    }
  }

  private func parseConditional() throws(Diagnostic) -> Expression {
    var expression = try parseOr()
    while current.isName("if") {
      let start = try advance().start
      let test = try parseOr()
      var otherwise: Expression?
      if try skip(name: "else") {
        otherwise = try nested { () throws(Diagnostic) in try parseConditional() }
      }
      expression = try checked(
        Conditional(
          test, then: expression, otherwise: otherwise, position: Int32(start),
          line: source.span(at: start).line))
    }
    return expression
  }

  private func parseOr() throws(Diagnostic) -> Expression {
    var left = try parseAnd()
    while current.isName("or") {
      let start = try advance().start
      left = try checked(Logical(isAnd: false, left, try parseAnd(), position: Int32(start)))
    }
    return left
  }

  private func parseAnd() throws(Diagnostic) -> Expression {
    var left = try parseNot()
    while current.isName("and") {
      let start = try advance().start
      left = try checked(Logical(isAnd: true, left, try parseNot(), position: Int32(start)))
    }
    return left
  }

  private func parseNot() throws(Diagnostic) -> Expression {
    guard current.isName("not") else { return try parseComparison() }
    let start = try advance().start
    return try nested { () throws(Diagnostic) in
      let operand = try parseNot()
      return try checked(Not(operand, position: Int32(start)), foldable: operand.constant != nil)
    }
  }

  private func parseComparison() throws(Diagnostic) -> Expression {
    let first = try parseBinary(level: 0)
    var parts: [(operation: ComparisonOperator, operand: Expression)] = []
    let start = current.start
    while let operation = try comparisonOperator() {
      var operand = try parseBinary(level: 0)
      if operation == .contained || operation == .notContained { operand = constantItems(operand) }
      parts.append((operation, operand))
    }
    guard let second = parts.first else { return first }
    let node = Comparison(
      first, second.operation, second.operand, rest: Array(parts.dropFirst()), position: Int32(start))
    let isConstant = first.constant != nil && parts.allSatisfy { $0.operand.constant != nil }
    return try checked(node, foldable: isConstant)
  }

  /// Passes an operator that compares, if there is one.
  private func comparisonOperator() throws(Diagnostic) -> ComparisonOperator? {
    let operation: ComparisonOperator
    switch current.kind {
    case .equal: operation = .equal
    case .unequal: operation = .unequal
    case .less: operation = .less
    case .lessOrEqual: operation = .lessOrEqual
    case .greater: operation = .greater
    case .greaterOrEqual: operation = .greaterOrEqual
    case .name where current.text == "in": operation = .contained
    case .name where current.text == "not":
      guard try peek().isName("in") else { return nil }
      try advance()
      operation = .notContained
    default: return nil
    }
    try advance()
    return operation
  }

  /// Sums (0), joined texts (1), products (2) and powers (3), the weakest first.
  private func parseBinary(level: Int) throws(Diagnostic) -> Expression {
    guard level < 4 else { return try parseUnary(withFilters: true) }
    let first = try parseBinary(level: level + 1)
    if level == 1 { return try parseConcatenation(first) }
    var left = first
    while let operation = binaryOperator(level: level) {
      let start = try advance().start
      let right = try parseBinary(level: level + 1)
      left = try checked(
        Binary(operation, left, right, position: Int32(start)),
        foldable: left.constant != nil && right.constant != nil)
    }
    return left
  }

  private func binaryOperator(level: Int) -> ArithmeticOperator? {
    switch (level, current.kind) {
    case (0, .add): .add
    case (0, .subtract): .subtract
    case (2, .multiply): .multiply
    case (2, .divide): .divide
    case (2, .floorDivide): .floorDivide
    case (2, .modulo): .modulo
    case (3, .power): .power
    default: nil
    }
  }

  private func parseConcatenation(_ first: Expression) throws(Diagnostic) -> Expression {
    var parts = [first]
    let start = current.start
    while try skip(.tilde) { parts.append(try parseBinary(level: 2)) }
    guard parts.count > 1 else { return first }
    return try checked(
      Concatenation(parts, position: Int32(start)), foldable: parts.allSatisfy { $0.constant != nil })
  }

  private func parseUnary(withFilters: Bool) throws(Diagnostic) -> Expression {
    var node: Expression
    let start = current.start
    switch current.kind {
    case .subtract, .add:
      let isNegative = try advance().kind == .subtract
      node = try nested { () throws(Diagnostic) in
        let operand = try parseUnary(withFilters: false)
        return try checked(
          Sign(isNegative: isNegative, operand, position: Int32(start)), foldable: operand.constant != nil)
      }
    default: node = try parsePrimary()
    }
    node = try parsePostfix(node)
    return withFilters ? try parseFilterExpression(node) : node
  }

  // MARK: Primaries

  func parsePrimary() throws(Diagnostic) -> Expression {
    let token = current
    let position = Int32(token.start)
    switch token.kind {
    case .name:
      try advance()
      if let value = Parser.constant(token.text) { return Constant(value, position: position) }
      mention(token.text)
      return Name(token.text, position: position)
    case .string:
      var text = ""
      while current.kind == .string { text += try advance().text }
      return Constant(.string(text), position: position)
    case .integer, .float:
      try advance()
      return Constant(try number(token), position: position)
    case .leftParenthesis:
      try advance()
      let expression = try parseTuple(inParentheses: true)
      try expect(.rightParenthesis)
      return expression
    case .leftBracket: return try parseList()
    case .leftBrace: return try parseDict()
    default: throw fail("unexpected \(Repr.quoted(token.described))")
    }
  }

  private func number(_ token: Token) throws(Diagnostic) -> Value {
    if token.kind == .float { return .float(FloatText.parse(token.text) ?? 0) }
    do {
      guard let value = try FloatText.parseInteger(token.text, base: 0) else {
        throw fail("this is no number", at: token.start)
      }
      return .int(value)
    } catch let diagnostic as Diagnostic {
      throw Diagnostic(.templateSyntax, diagnostic.message, at: source.span(at: token.start))
    } catch {
      throw fail("this is no number", at: token.start)
    }
  }

  private func parseList() throws(Diagnostic) -> Expression {
    let start = try advance().start
    var items: [Expression] = []
    while current.kind != .rightBracket {
      if !items.isEmpty { try expect(.comma) }
      if current.kind == .rightBracket { break }
      items.append(try parseExpression())
    }
    try expect(.rightBracket)
    return try checked(ListLiteral(items, position: Int32(start)))
  }

  private func parseDict() throws(Diagnostic) -> Expression {
    let start = try advance().start
    var entries: [(key: Expression, value: Expression)] = []
    while current.kind != .rightBrace {
      if !entries.isEmpty { try expect(.comma) }
      if current.kind == .rightBrace { break }
      let key = try parseExpression()
      try expect(.colon)
      entries.append((key, try parseExpression()))
    }
    try expect(.rightBrace)
    return try checked(DictLiteral(entries, position: Int32(start)))
  }

  /// Expressions with commas between them: a tuple, or the only one itself. `ends` are words that end it.
  func parseTuple(
    allowsConditional: Bool = true, ends: [String] = [], inParentheses: Bool = false
  ) throws(Diagnostic) -> Expression {
    let start = current.start
    var items: [Expression] = []
    var isTuple = false
    while true {
      if !items.isEmpty { try expect(.comma) }
      if isTupleEnd(ends) { break }
      items.append(try parseExpression(allowsConditional: allowsConditional))
      guard current.kind == .comma else { break }
      isTuple = true
    }
    if !isTuple, let only = items.first { return only }
    guard isTuple || inParentheses else {
      throw fail("Expected an expression, got \(Repr.quoted(current.described))")
    }
    return try checked(
      TupleLiteral(items, position: Int32(start)), foldable: items.allSatisfy { $0.constant != nil })
  }

  func isTupleEnd(_ ends: [String]) -> Bool {
    switch current.kind {
    case .variableEnd, .blockEnd, .rightParenthesis: true
    case .name: ends.contains(current.text)
    default: false
    }
  }

  // MARK: Postfixes

  private func parsePostfix(_ first: Expression) throws(Diagnostic) -> Expression {
    var node = first
    while true {
      switch current.kind {
      case .dot, .leftBracket: node = try checked(try parseSubscript(node))
      case .leftParenthesis: node = try checked(try parseCall(node))
      default: return node
      }
    }
  }

  private func parseSubscript(_ target: Expression) throws(Diagnostic) -> Expression {
    let open = try advance()
    let position = Int32(open.start)
    if open.kind == .dot {
      let token = try advance()
      switch token.kind {
      case .name: return Attribute(target, token.text, position: position)
      case .integer:
        return Subscript(target, Constant(try number(token), position: position), position: position)
      default: throw fail("expected name or number", at: token.start)
      }
    }
    var keys: [Expression] = []
    var slice: Expression?
    while current.kind != .rightBracket {
      if !keys.isEmpty || slice != nil { try expect(.comma) }
      if let part = try parseSlice(target, position) {
        slice = part
      } else {
        keys.append(try parseExpression())
      }
      if slice == nil, current.kind == .colon {
        slice = try parseSlice(target, from: keys.removeLast(), position)
      }
    }
    try expect(.rightBracket)
    if let slice {
      guard keys.isEmpty else { throw fail("a slice stands alone in its brackets", at: open.start) }
      return slice
    }
    if keys.count == 1, let key = keys.first { return Subscript(target, key, position: position) }
    guard !keys.isEmpty else { throw fail("expected subscript expression") }
    return Subscript(target, TupleLiteral(keys, position: position), position: position)
  }

  /// A slice without a start, if there is one here.
  private func parseSlice(_ target: Expression, _ position: Int32) throws(Diagnostic) -> Expression? {
    current.kind == .colon ? try parseSlice(target, from: nil, position) : nil
  }

  private func parseSlice(
    _ target: Expression, from start: Expression?, _ position: Int32
  ) throws(Diagnostic) -> Expression {
    try expect(.colon)
    var bounds: [Expression?] = []
    for _ in 0..<2 {
      if current.kind == .colon || current.kind == .rightBracket || current.kind == .comma {
        bounds.append(nil)
      } else {
        bounds.append(try parseExpression())
      }
      guard bounds.count == 1, try skip(.colon) else { break }
    }
    return Slice(target, start, bounds[0], bounds.count > 1 ? bounds[1] : nil, position: position)
  }

  private func parseCall(_ target: Expression) throws(Diagnostic) -> Expression {
    let position = Int32(current.start)
    let arguments = try parseArguments()
    if let attribute = target as? Attribute {
      return MethodCall(attribute.target, attribute.name, arguments, position: attribute.position)
    }
    return Call(target, arguments, position: target is Name ? target.position : position)
  }

  func parseArguments() throws(Diagnostic) -> ArgumentList {
    let open = try expect(.leftParenthesis)
    var positional: [Expression] = []
    var keyword: [(name: String, value: Expression)] = []
    var extras: Expression?
    var keywords: Expression?
    var needsComma = false
    func ensure(_ condition: Bool) throws(Diagnostic) {
      if !condition { throw fail("invalid syntax for function call expression", at: open.start) }
    }
    while current.kind != .rightParenthesis {
      if needsComma {
        try expect(.comma)
        if current.kind == .rightParenthesis { break }
      }
      if try skip(.multiply) {
        try ensure(extras == nil && keywords == nil)
        extras = try parseExpression()
      } else if try skip(.power) {
        try ensure(keywords == nil)
        keywords = try parseExpression()
      } else if current.kind == .name, try peek().kind == .assign {
        try ensure(keywords == nil)
        let name = try advance()
        try advance()
        if keyword.contains(where: { $0.name == name.text }) {
          throw fail("keyword argument repeated: \(name.text)", at: name.start)
        }
        keyword.append((name.text, try parseExpression()))
      } else {
        try ensure(extras == nil && keywords == nil && keyword.isEmpty)
        positional.append(try parseExpression())
      }
      needsComma = true
    }
    try expect(.rightParenthesis)
    return ArgumentList(positional: positional, keyword: keyword, extras: extras, keywords: keywords)
  }

  // MARK: Filters and tests

  private func parseFilterExpression(_ first: Expression) throws(Diagnostic) -> Expression {
    var node = first
    while true {
      switch current.kind {
      case .pipe:
        if let filtered = try parseFilters(node, startsInline: false) { node = filtered }
      case .name where current.text == "is": node = try checked(try parseTest(node))
      case .leftParenthesis: node = try checked(try parseCall(node))
      default: return node
      }
    }
  }

  /// Filters in a row; nil if there are none.
  func parseFilters(_ first: Expression?, startsInline: Bool) throws(Diagnostic) -> FilterCall? {
    var node = first
    var filter: FilterCall?
    var isInline = startsInline
    while current.kind == .pipe || isInline {
      if !isInline { try advance() }
      let (name, start) = try parseDottedName()
      let arguments = current.kind == .leftParenthesis ? try parseArguments() : ArgumentList()
      let call = FilterCall(node, name, arguments, position: Int32(start))
      _ = try checked(call)
      filter = call
      node = call
      isInline = false
    }
    return filter
  }

  private func parseDottedName() throws(Diagnostic) -> (String, Int) {
    let token = try expect(.name)
    var name = token.text
    while try skip(.dot) { name += "." + (try expect(.name).text) }
    return (name, token.start)
  }

  private func parseTest(_ target: Expression) throws(Diagnostic) -> Expression {
    try advance()
    let isNegated = try skip(name: "not")
    let (name, start) = try parseDottedName()
    var arguments = ArgumentList()
    switch current.kind {
    case .leftParenthesis: arguments = try parseArguments()
    case .name, .string, .integer, .float, .leftBracket, .leftBrace:
      if current.kind == .name, ["else", "or", "and"].contains(current.text) { break }
      if current.isName("is") { throw fail("You cannot chain multiple tests with is") }
      let argument = try parsePostfix(try parsePrimary())
      arguments = ArgumentList(positional: [name == "in" ? constantItems(argument) : argument])
    default: break
    }
    return TestCall(target, name, arguments, isNegated: isNegated, position: Int32(start))
  }
}
