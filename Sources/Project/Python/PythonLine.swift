/// A logical line of Python: its words, and how deep it stands.
struct PythonLine {
  var tokens: [PythonToken]
  /// How many blocks enclose it.
  var depth: Int

  static func lines(of tokens: [PythonToken]) -> [PythonLine] {
    var lines: [PythonLine] = []
    var words: [PythonToken] = []
    var depth = 0
    for token in tokens {
      switch token.kind {
      case .indent: depth += 1
      case .dedent: depth -= 1
      case .newline:
        if !words.isEmpty { lines.append(PythonLine(tokens: words, depth: depth)) }
        words = []
      default: words.append(token)
      }
    }
    return lines
  }

  private static let headers: Set<String> = [
    "def", "class", "if", "elif", "else", "for", "while", "try", "except", "finally", "with",
  ]

  /// The word that makes it the head of a block; nil for other lines.
  var header: String? {
    guard let word = tokens.first(where: { !$0.isName("async") }), word.kind == .name,
      Self.headers.contains(word.text), tokens.first?.kind == .name
    else { return nil }
    return word.text
  }

  /// Where the colon of a head stands.
  var colon: Int? {
    var depth = 0
    for (index, token) in tokens.enumerated() {
      if token.isOpening { depth += 1 }
      if token.isClosing { depth -= 1 }
      if depth == 0, token.isSymbol(":") { return index }
    }
    return nil
  }

  /// What stands behind a head's colon, on its own line.
  var rest: [PythonToken] { colon.map { Array(tokens[($0 + 1)...]) } ?? [] }

  /// The last of the statements that stand on the line, of words given.
  static func lastStatement(_ words: [PythonToken]) -> [PythonToken] {
    words.split { $0.isSymbol(";") }.last.map(Array.init) ?? []
  }

  /// The words, cut at the commas that stand in no bracket.
  static func parts(_ words: [PythonToken]) -> [[PythonToken]] {
    var parts: [[PythonToken]] = [[]]
    var depth = 0
    for word in words {
      if word.isOpening { depth += 1 }
      if word.isClosing { depth -= 1 }
      if depth == 0, word.isSymbol(",") { parts.append([]) } else { parts[parts.count - 1].append(word) }
    }
    return parts
  }
}

/// Looks whether blocks are where heads say so.
enum PythonBlocks {
  static func problems(_ lines: [PythonLine]) -> [PythonProblem] {
    var last: PythonLine?
    for line in lines {
      defer { last = line }
      guard let first = line.tokens.first else { continue }
      if let header = line.header, line.colon == nil, let end = line.tokens.last {
        return [
          PythonProblem(
            message: "expected ':' behind '\(header)'", line: end.line,
            column: end.column + max(1, end.text.utf8.count))
        ]
      }
      let opens = last?.tokens.last?.isSymbol(":") ?? false
      let depth = last?.depth ?? 0
      if opens, line.depth <= depth { return [missing(last, first)] }
      if !opens, line.depth > depth {
        return [PythonProblem(message: "unexpected indent", line: first.line, column: first.column)]
      }
    }
    guard let last, last.tokens.last?.isSymbol(":") ?? false, let end = last.tokens.last else { return [] }
    return [missing(last, end)]
  }

  private static func missing(_ head: PythonLine?, _ place: PythonToken) -> PythonProblem {
    let name = head?.header ?? head?.tokens.first?.text ?? ""
    return PythonProblem(
      message: "expected an indented block behind '\(name)' on line \(head?.tokens.first?.line ?? 0)",
      line: place.line, column: place.column)
  }
}

/// The `model` function, and whether it is what dbt calls.
enum PythonFunction {
  private static let shape = "write it as: def model(dbt, session): … return a_table"

  static func problems(_ lines: [PythonLine]) -> [PythonProblem] {
    let found = models(lines)
    guard let first = found.first else {
      let isAsync = lines.contains { line in
        line.tokens.first?.isName("async") ?? false
          && line.tokens.dropFirst(2).first?.isName("model") ?? false
      }
      let why = isAsync ? "; an 'async def' is none" : ""
      return [
        PythonProblem(message: "the file has no function 'model'\(why)", line: 1, column: 1, hint: shape)
      ]
    }
    if found.count > 1 {
      let place = lines[found[1]].tokens[0]
      let other = lines[first].tokens[0].line
      return [
        PythonProblem(
          message: "the file has \(found.count) functions 'model'; the first is on line \(other)",
          line: place.line, column: place.column, hint: "keep one and give the others another name")
      ]
    }
    return parameterProblems(lines[first]) + returnProblems(lines, first)
  }

  /// The lines on which functions called `model` begin, those within other functions aside.
  private static func models(_ lines: [PythonLine]) -> [Int] {
    var enclosing: Int?
    var found: [Int] = []
    for (index, line) in lines.enumerated() {
      if let depth = enclosing, line.depth > depth { continue }
      enclosing = nil
      guard line.header == "def" else { continue }
      enclosing = line.depth
      if line.tokens.count > 1, line.tokens[0].isName("def"), line.tokens[1].isName("model") {
        found.append(index)
      }
    }
    return found
  }

  private static func parameterProblems(_ line: PythonLine) -> [PythonProblem] {
    guard let opening = line.tokens.firstIndex(where: { $0.isSymbol("(") }) else { return [] }
    var depth = 0
    let inside = line.tokens[opening...].prefix { token in
      if token.isOpening { depth += 1 }
      if token.isClosing { depth -= 1 }
      return depth > 0
    }.dropFirst()
    var names: [String] = []
    parameters: for part in PythonLine.parts(Array(inside)) {
      guard let first = part.first else { continue }
      // Behind a star stands what cannot be given by place; before a slash, what cannot be given by name.
      if first.isSymbol("*") || first.isSymbol("**") { break parameters }
      if first.isSymbol("/") { names = [] } else { names.append(first.text) }
    }
    let place = line.tokens[1]
    var problems: [PythonProblem] = []
    if let first = names.first, first != "dbt" {
      problems.append(
        PythonProblem(
          message: "the first parameter of 'model' is called 'dbt', not '\(first)'", line: place.line,
          column: place.column, hint: shape))
    }
    if names.count != 2 {
      problems.append(
        PythonProblem(
          message: "'model' takes two parameters, dbt and session, and this one \(names.count)",
          line: place.line, column: place.column, hint: shape))
    }
    return problems
  }

  /// As in dbt, the function's last statement gives its one result.
  private static func returnProblems(_ lines: [PythonLine], _ start: Int) -> [PythonProblem] {
    let head = lines[start]
    var body = head.rest
    if body.isEmpty {
      let block = lines[(start + 1)...].prefix { $0.depth > head.depth }
      let depth = block.first?.depth ?? 0
      body = block.last { $0.depth == depth }?.tokens ?? []
    }
    let statement = PythonLine.lastStatement(body)
    let place = statement.first ?? head.tokens[0]
    guard let word = statement.first, word.isName("return") else {
      return [
        PythonProblem(
          message: "the last statement of 'model' is no return", line: place.line, column: place.column,
          hint:
            "end the function, outside of its if and try blocks, with the one table that it gives: return df")
      ]
    }
    guard isTuple(Array(statement.dropFirst())) else { return [] }
    return [
      PythonProblem(
        message: "'model' returns several values", line: place.line, column: place.column,
        hint: "a model is one table: return one")
    ]
  }

  private static func isTuple(_ words: [PythonToken]) -> Bool {
    guard let first = words.first, let last = words.last, !first.isName("lambda") else { return false }
    if PythonLine.parts(words).count > 1 { return true }
    guard first.isSymbol("("), last.isSymbol(")") else { return false }
    let inside = Array(words.dropFirst().dropLast())
    var depth = 0
    // The brackets may be two pairs: (a, b).c(d)
    for word in inside {
      if word.isOpening { depth += 1 }
      if word.isClosing { depth -= 1 }
      if depth < 0 { return false }
    }
    return inside.isEmpty || PythonLine.parts(inside).count > 1
  }
}
