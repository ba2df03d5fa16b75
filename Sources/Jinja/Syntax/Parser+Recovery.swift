import Diagnostics

/// What is wrong with a template that is read on behind each mistake.
struct Mistakes {
  /// More than these of one template help nobody.
  static let limit = 20

  private(set) var found: [Diagnostic] = []
  /// Whether it is unclear by now which block is open: what else seems to be closed wrongly may follow from that.
  private var isUnbalanced = false
  /// The tags that close or divide a block whose beginning was not understood.
  private var excused: Set<String> = []
  /// Whether the mistake that is being thrown is a tag that nobody knows.
  private var isUnknownTag = false

  var isFull: Bool { found.count >= Self.limit }

  func excuses(_ tag: String) -> Bool { excused.contains(tag) }

  mutating func foundUnknownTag() { isUnknownTag = true }

  /// Takes in a mistake. `tag` is the name of the tag that it is in; `isUnclosed` says that the template ended
  /// while a block was open.
  mutating func add(_ mistake: Diagnostic, tag: String?, isUnclosed: Bool) {
    let isCloser = isUnknownTag && tag.map { $0.hasPrefix("end") || $0 == "else" || $0 == "elif" } ?? false
    if !isUnbalanced || !(isCloser || isUnclosed) { found.append(mistake) }
    if isUnknownTag || isUnclosed { isUnbalanced = true }
    isUnknownTag = false
    guard let tag else { return }
    excused.insert("end" + tag)
    if tag == "if" { excused.formUnion(["elif", "else"]) }
    if tag == "for" { excused.insert("else") }
  }
}

extension Template {
  /// Parses `source`, or throws every mistake in it that does not follow from another, up to twenty.
  ///
  /// A text without mistakes is parsed once; one with mistakes twice.
  public static func parse(
    _ source: String, name: String, options: TemplateOptions = .dbt
  ) throws(DiagnosticList) -> Template {
    let first: Diagnostic
    do throws(Diagnostic) {
      return try Template(parsing: source, name: name, options: options)
    } catch {
      first = error
    }
    let mistakes = Parser(source, name: name, options: options).collectMistakes()
    throw DiagnosticList(mistakes.isEmpty ? [first] : mistakes)
  }
}

extension Parser {
  /// Reads the whole template and gives what is wrong with it.
  fileprivate func collectMistakes() -> [Diagnostic] {
    mistakes = Mistakes()
    var last: Diagnostic?
    do throws(Diagnostic) {
      try advance()
      _ = try parseBody(until: [])
    } catch {
      last = error
    }
    let found = mistakes?.found ?? []
    guard let last, !found.contains(last) else { return found }
    return found + [last]
  }

  /// Notes a mistake and goes to the end of the tag that it is in. Throws the mistake where reading must end.
  func recover(from mistake: Diagnostic, tag: String?) throws(Diagnostic) {
    guard let known = mistakes, !known.isFull, mistake.code == .templateSyntax else { throw mistake }
    mistakes?.add(mistake, tag: tag, isUnclosed: current.kind == .end && lexer.isBetweenTags)
    if mistakes?.isFull ?? true { throw mistake }
    try resume()
  }

  private func resume() throws(Diagnostic) {
    guard current.kind != .end else { return }
    // Two braces may be the next tag's beginning, where this one has no end.
    lexer.leaveTag(from: current.kind == .leftBrace ? current.start : lexer.position)
    while true {
      do throws(Diagnostic) {
        return try restart()
      } catch {
        // A comment or raw text without its end: the lexer is at the end now.
        mistakes?.add(error, tag: nil, isUnclosed: false)
        if mistakes?.isFull ?? true { throw error }
      }
    }
  }

  /// Passes a tag that a mistake before it explains. Says whether it was one.
  func skipExcused(_ tag: String) throws(Diagnostic) -> Bool {
    guard let mistakes, mistakes.excuses(tag) else { return false }
    while current.kind != .blockEnd, current.kind != .end { try advance() }
    return true
  }
}

extension Lexer {
  /// Goes from `start` on behind the tag that is being read, or to where another begins before that.
  mutating func leaveTag(from start: Int) {
    guard let close = closingByte else { return }
    var index = start
    while index + 1 < source.bytes.count {
      let (first, second) = (byte(index), byte(index + 1))
      if first == close, second == 0x7D { return continueAsData(at: index + 2) }
      if first == 0x7B, second == 0x7B || second == 0x25 || second == 0x23 {
        return continueAsData(at: index)
      }
      index += 1
    }
    continueAsData(at: source.bytes.count)
  }
}
