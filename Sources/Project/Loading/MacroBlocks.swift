import Diagnostics

/// The blocks of a macro file. As dbt does it, nothing that stands between them is looked at, but for being told of.
struct MacroBlocks {
  private static let kinds: Set<String> = [
    "macro", "test", "data_test", "materialization", "docs", "snapshot",
  ]

  /// The text with spaces for all that stands between the blocks, so that every place stays what it is.
  private(set) var isolated: String = ""
  /// The tags between the blocks, each with the line and column of its beginning.
  private(set) var strays: [(tag: String, line: Int, column: Int)] = []

  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
    var kept = bytes.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? $0 : UInt8(ascii: " ") }
    while let (start, tag) = nextTag(bytes.count) {
      guard Self.kinds.contains(tag) else {
        addStray(tag, start)
        if tag == "raw" { _ = end(of: "raw") }
        continue
      }
      let close = end(of: tag) ?? bytes.count
      kept.replaceSubrange(start..<close, with: bytes[start..<close])
      position = close
    }
    isolated = String(decoding: kept, as: UTF8.self)
  }

  /// A warning for each tag between the blocks.
  func warnings(in file: String) -> [Diagnostic] {
    strays.map { stray in
      Diagnostic(
        .templateSyntax, "unexpected '\(stray.tag)' block tag: it stands in no macro, and is not read",
        at: SourceSpan(file: file, line: stray.line, column: stray.column), severity: .warning,
        hint: "remove it, or move it into the macro that it belongs to")
    }
  }

  private mutating func addStray(_ tag: String, _ start: Int) {
    let before = bytes[..<start]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    strays.append((tag, line, start - lineStart + 1))
  }

  /// The end of the block's last tag, if it has one.
  private mutating func end(of tag: String) -> Int? {
    while let (_, name) = nextTag(bytes.count) {
      if name == "end" + tag { return position }
      if name == "raw", tag != "raw" { _ = end(of: "raw") }
    }
    return nil
  }

  /// The next tag before `limit`: where it begins, and its word. Reading goes on behind it.
  private mutating func nextTag(_ limit: Int) -> (start: Int, tag: String)? {
    while position + 1 < limit {
      guard bytes[position] == UInt8(ascii: "{") else {
        position += 1
        continue
      }
      switch bytes[position + 1] {
      case UInt8(ascii: "#"): skip(to: UInt8(ascii: "#"))
      case UInt8(ascii: "%"):
        let start = position
        position += 2
        let name = word()
        skip(to: UInt8(ascii: "%"))
        return (start, name)
      default: position += 1
      }
    }
    return nil
  }

  private mutating func word() -> String {
    if position < bytes.count, [UInt8(ascii: "-"), UInt8(ascii: "+")].contains(bytes[position]) {
      position += 1
    }
    while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    let start = position
    while position < bytes.count, SQLScanner.isWord(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Goes behind the next `mark` that a closing brace follows.
  private mutating func skip(to mark: UInt8) {
    while position + 1 < bytes.count, bytes[position] != mark || bytes[position + 1] != UInt8(ascii: "}") {
      position += 1
    }
    position = min(bytes.count, position + 2)
  }
}
