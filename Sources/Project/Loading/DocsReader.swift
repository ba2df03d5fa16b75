import Diagnostics

/// Reads `{% docs name %} … {% enddocs %}` out of Markdown. Everything else in the file may be anything.
enum DocsReader {
  /// The blocks, and what is wrong with them. A block that is not closed ends where the next one begins.
  static func blocks(
    _ text: String, _ place: FilePlace, _ package: String
  ) -> (blocks: [DocsBlock], problems: [Diagnostic]) {
    var blocks: [DocsBlock] = []
    var problems: [Diagnostic] = []
    var scanner = Scanner(bytes: Array(text.utf8), file: place.path)
    var opening = scanner.nextTag()
    while let tag = opening {
      opening = nil
      guard tag.words.first == "docs" else {
        opening = scanner.nextTag()
        continue
      }
      guard tag.words.count == 2 else {
        problems.append(Diagnostic(.templateSyntax, "a docs block needs one name", at: tag.span))
        opening = scanner.nextTag()
        continue
      }
      let start = scanner.position
      var end = scanner.bytes.count
      var isClosed = false
      while !isClosed, opening == nil, let next = scanner.nextTag() {
        isClosed = next.words == ["enddocs"]
        if next.words.first == "docs" { opening = next }
        if isClosed || opening != nil { end = next.start }
      }
      if isClosed {
        opening = scanner.nextTag()
      } else {
        problems.append(
          Diagnostic(
            .templateSyntax, "the docs block '\(tag.words[1])' is not closed", at: tag.span,
            hint: "end it with {% enddocs %}"))
      }
      let body = String(decoding: scanner.bytes[start..<end], as: UTF8.self)
      blocks.append(
        DocsBlock(
          id: NodeID(.documentation, package, tag.words[1]), package: package, name: tag.words[1],
          path: place.inner, originalPath: place.original, contents: NativeMacros.trimmed(body),
          span: tag.span))
    }
    return (blocks, problems)
  }

  private struct Tag {
    var words: [String]
    var start: Int
    var span: SourceSpan
  }

  private struct Scanner {
    let bytes: [UInt8]
    let file: String
    var position = 0
    private var line = 1
    private var lineStart = 0

    init(bytes: [UInt8], file: String) {
      self.bytes = bytes
      self.file = file
    }

    /// The next `{% … %}`; what stands in it as words.
    mutating func nextTag() -> Tag? {
      while position + 1 < bytes.count {
        if bytes[position] == UInt8(ascii: "{"), bytes[position + 1] == UInt8(ascii: "%"), let end = tagEnd()
        {
          let span = SourceSpan(file: file, line: line, column: position - lineStart + 1)
          let inner = bytes[position + 2..<end].split { $0 <= 0x20 }
          var words = inner.map { String(decoding: $0, as: UTF8.self) }
          if words.first == "-" { words.removeFirst() }
          if words.last == "-" { words.removeLast() }
          words = words.map { $0.hasPrefix("-") ? String($0.dropFirst()) : $0 }
          let tag = Tag(words: words, start: position, span: span)
          position = end + 2
          return tag
        }
        if bytes[position] == UInt8(ascii: "\n") {
          line += 1
          lineStart = position + 1
        }
        position += 1
      }
      return nil
    }

    private func tagEnd() -> Int? {
      var index = position + 2
      while index + 1 < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), bytes[index + 1] == UInt8(ascii: "}") { return index }
        if bytes[index] == UInt8(ascii: "\n") { return nil }
        index += 1
      }
      return nil
    }
  }
}
