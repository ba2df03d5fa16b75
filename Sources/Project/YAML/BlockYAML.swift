/// Reads the YAML that property files are mostly written in, many times as fast as a whole parser: block mappings and
/// lists, texts of one line, and flow collections of one line. Anything else (anchors, tags, texts of several lines,
/// tabs, whatever is wrong) it leaves to the whole parser: it gives nothing, or exactly what that one gives.
struct BlockYAML {
  /// What is not for this reader.
  private struct Declined: Error {}

  /// A line that holds something.
  private struct Line {
    /// Where its first character that is no space stands, and where the line ends.
    var start: Int
    var end: Int
    /// Counted from 1.
    var number: Int
    var indent: Int
  }

  private static let maximumDepth = 100
  /// The whole parser takes longer keys for something else.
  private static let longestKey = 1000

  private let bytes: UnsafeBufferPointer<UInt8>
  private var lines: [Line] = []
  /// The line that is read, by its place among `lines`.
  private var current = 0
  /// Where in it.
  private var position = 0

  /// The value that the text holds; nil if it is not for this reader.
  static func parse(_ text: String) -> YAMLNode? {
    var text = text
    return text.withUTF8 { bytes in
      do {
        var reader = try BlockYAML(bytes)
        return try reader.document()
      } catch {
        // Whatever this reader declines, the whole parser reads, or says what is wrong with it.
        return nil
      }
    }
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    self.bytes = bytes
    lines.reserveCapacity(bytes.count / 24)
    var offset = 0
    var number = 1
    while offset < bytes.count {
      var end = offset
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
        try Self.verify(bytes, at: end)
        end += 1
      }
      var start = offset
      while start < end, bytes[start] == UInt8(ascii: " ") { start += 1 }
      if start < end, bytes[start] != UInt8(ascii: "#") {
        lines.append(Line(start: start, end: end, number: number, indent: start - offset))
      }
      offset = end + 1
      number += 1
    }
  }

  /// Declines control characters, and those beyond ASCII that break lines or that YAML does not take.
  private static func verify(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) throws {
    let byte = bytes[index]
    guard byte < 0x20 || byte > 0x7E else { return }
    switch byte {
    case ..<0x20, 0x7F, 0xC2, 0xEF: throw Declined()
    case 0xE2 where index + 1 < bytes.count && bytes[index + 1] == 0x80:
      guard index + 2 < bytes.count, bytes[index + 2] != 0xA8, bytes[index + 2] != 0xA9 else {
        throw Declined()
      }
    default: return
    }
  }

  // MARK: - Blocks

  private mutating func document() throws -> YAMLNode {
    if let first = lines.first, first.indent == 0, text(first.start, first.end) == "---" { current = 1 }
    guard current < lines.count else { throw Declined() }
    for line in lines[current...] where line.indent == 0 && line.end - line.start >= 3 {
      let mark = bytes[line.start]
      guard mark == UInt8(ascii: "-") || mark == UInt8(ascii: ".") else { continue }
      if bytes[line.start + 1] == mark, bytes[line.start + 2] == mark { throw Declined() }
    }
    let root = try block(depth: 0)
    guard current == lines.count else { throw Declined() }
    return root
  }

  /// The mapping or list that begins with the current line.
  private mutating func block(depth: Int) throws -> YAMLNode {
    guard depth < Self.maximumDepth else { throw Declined() }
    let line = lines[current]
    position = line.start
    return startsItem(line) ? try list(line.indent, isIndented: true, depth) : try mapping(line.indent, depth)
  }

  private func startsItem(_ line: Line) -> Bool {
    bytes[line.start] == UInt8(ascii: "-")
      && (line.start + 1 == line.end || bytes[line.start + 1] == UInt8(ascii: " "))
  }

  /// The list whose dashes stand in that column. One that stands right under its key ends with the next key.
  private mutating func list(_ indent: Int, isIndented: Bool, _ depth: Int) throws -> YAMLNode {
    var items: [YAMLNode] = []
    let first = lines[current]
    while current < lines.count {
      let line = lines[current]
      if line.indent < indent { break }
      guard line.indent == indent else { throw Declined() }
      guard startsItem(line) else {
        if isIndented { throw Declined() }
        break
      }
      position = line.start + 1
      skipSpaces(line)
      guard !isAtEnd(line) else { throw Declined() }
      items.append(try item(line, indent, depth))
    }
    return YAMLNode(content: .list(items), line: first.number, column: indent + 1)
  }

  /// What follows a dash: a mapping that begins in its line, or a value of one line.
  private mutating func item(_ line: Line, _ indent: Int, _ depth: Int) throws -> YAMLNode {
    guard bytes[position] != UInt8(ascii: "-") || !isSpace(position + 1, line) else { throw Declined() }
    let start = position
    if try key(line) != nil {
      position = start
      return try mapping(start - line.start + line.indent, depth + 1)
    }
    position = start
    let value = try inline(line, depth + 1)
    try endLine(line, within: indent)
    return value
  }

  /// The mapping whose keys stand in that column; the first one stands at the position.
  private mutating func mapping(_ indent: Int, _ depth: Int) throws -> YAMLNode {
    guard depth < Self.maximumDepth else { throw Declined() }
    var entries: [YAMLEntry] = []
    let start = (line: lines[current].number, column: column(position, lines[current]))
    var isFirst = true
    while current < lines.count {
      let line = lines[current]
      if !isFirst {
        if line.indent < indent { break }
        guard line.indent == indent, !startsItem(line) else { throw Declined() }
        position = line.start
      }
      isFirst = false
      let place = column(position, line)
      guard let name = try key(line), name != "<<" else { throw Declined() }
      let value = try self.value(line, indent, depth)
      entries.append(YAMLEntry(key: name, line: line.number, column: place, value: value))
    }
    guard Self.areDistinct(entries) else { throw Declined() }
    return YAMLNode(content: .map(entries), line: start.line, column: start.column)
  }

  private static func areDistinct(_ entries: [YAMLEntry]) -> Bool {
    guard entries.count > 1 else { return true }
    guard entries.count > 12 else {
      for index in entries.indices.dropFirst() {
        for other in 0..<index where entries[other].key == entries[index].key { return false }
      }
      return true
    }
    var seen: Set<String> = []
    return entries.allSatisfy { seen.insert($0.key).inserted }
  }

  /// What stands behind a key's colon or below it.
  private mutating func value(_ line: Line, _ indent: Int, _ depth: Int) throws -> YAMLNode {
    let colon = (line: line.number, column: column(position, line))
    skipSpaces(line)
    guard isAtEnd(line) else {
      let value = try inline(line, depth + 1)
      try endLine(line, within: indent)
      return value
    }
    current += 1
    if current < lines.count {
      let next = lines[current]
      if next.indent > indent { return try block(depth: depth + 1) }
      if next.indent == indent, startsItem(next) {
        return try list(indent, isIndented: false, depth + 1)
      }
    }
    return YAMLNode(content: .null, line: colon.line, column: colon.column)
  }

  /// Leaves a line behind a value. A next line that is indented further would go on with the value.
  private mutating func endLine(_ line: Line, within indent: Int) throws {
    let end = position
    skipSpaces(line)
    guard isAtEnd(line), position == line.end || position > end else { throw Declined() }
    current += 1
    guard current == lines.count || lines[current].indent <= indent else { throw Declined() }
  }

  // MARK: - Within a line

  /// The key at the position, which then stands behind its colon; nil if what stands there is no key.
  private mutating func key(_ line: Line) throws -> String? {
    guard bytes[position] != UInt8(ascii: "["), bytes[position] != UInt8(ascii: "{") else { return nil }
    let start = position
    let name = try name(line, isInFlow: false)
    skipSpaces(line)
    guard position < line.end, bytes[position] == UInt8(ascii: ":"), isSpace(position + 1, line) else {
      return nil
    }
    guard position - start < Self.longestKey else { throw Declined() }
    position += 1
    return name
  }

  /// What stands there as the text that it is written as: a key is never a number.
  private mutating func name(_ line: Line, isInFlow: Bool) throws -> String {
    let start = position
    switch try byte(line) {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return try quoted(line).string ?? ""
    default:
      try skipPlain(line, isInFlow: isInFlow)
      return text(start, position)
    }
  }

  /// A value that begins and ends in the line.
  private mutating func inline(_ line: Line, _ depth: Int) throws -> YAMLNode {
    guard depth < Self.maximumDepth else { throw Declined() }
    switch bytes[position] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return try quoted(line)
    case UInt8(ascii: "["): return try flowList(line, depth)
    case UInt8(ascii: "{"): return try flowMapping(line, depth)
    default: return try plain(line, isInFlow: false)
    }
  }

  private mutating func flowList(_ line: Line, _ depth: Int) throws -> YAMLNode {
    let start = column(position, line)
    var items: [YAMLNode] = []
    position += 1
    skipSpaces(line)
    while try byte(line) != UInt8(ascii: "]") {
      items.append(try flowValue(line, depth))
      skipSpaces(line)
      if try byte(line) == UInt8(ascii: "]") { break }
      try comma(line)
    }
    position += 1
    return YAMLNode(content: .list(items), line: line.number, column: start)
  }

  private mutating func flowMapping(_ line: Line, _ depth: Int) throws -> YAMLNode {
    let start = column(position, line)
    var entries: [YAMLEntry] = []
    position += 1
    skipSpaces(line)
    while try byte(line) != UInt8(ascii: "}") {
      let place = column(position, line)
      guard try byte(line) != UInt8(ascii: "{"), try byte(line) != UInt8(ascii: "[") else { throw Declined() }
      let name = try name(line, isInFlow: true)
      guard try byte(line) == UInt8(ascii: ":"), position + 1 < line.end,
        bytes[position + 1] == UInt8(ascii: " "), name != "<<"
      else { throw Declined() }
      position += 1
      skipSpaces(line)
      let value = try flowValue(line, depth)
      entries.append(YAMLEntry(key: name, line: line.number, column: place, value: value))
      skipSpaces(line)
      if try byte(line) == UInt8(ascii: "}") { break }
      try comma(line)
    }
    position += 1
    guard Self.areDistinct(entries) else { throw Declined() }
    return YAMLNode(content: .map(entries), line: line.number, column: start)
  }

  private mutating func flowValue(_ line: Line, _ depth: Int) throws -> YAMLNode {
    guard depth < Self.maximumDepth else { throw Declined() }
    switch try byte(line) {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return try quoted(line)
    case UInt8(ascii: "["): return try flowList(line, depth + 1)
    case UInt8(ascii: "{"): return try flowMapping(line, depth + 1)
    default: return try plain(line, isInFlow: true)
    }
  }

  /// A comma and the space behind it; what stands there then must be another value.
  private mutating func comma(_ line: Line) throws {
    guard try byte(line) == UInt8(ascii: ",") else { throw Declined() }
    position += 1
    skipSpaces(line)
    let next = try byte(line)
    if next == UInt8(ascii: ",") || next == UInt8(ascii: "]") || next == UInt8(ascii: "}") {
      throw Declined()
    }
  }

  /// Text in quotes. Of escapes in double quotes it knows the commonest.
  private mutating func quoted(_ line: Line) throws -> YAMLNode {
    let mark = bytes[position]
    let start = position
    var end = start + 1
    var hasEscapes = false
    while true {
      guard end < line.end else { throw Declined() }
      let byte = bytes[end]
      if byte == UInt8(ascii: "\\"), mark == UInt8(ascii: "\"") {
        hasEscapes = true
        end += 2
      } else if byte == mark {
        guard mark == UInt8(ascii: "'"), end + 1 < line.end, bytes[end + 1] == mark else { break }
        hasEscapes = true
        end += 2
      } else {
        end += 1
      }
    }
    position = end + 1
    let text = hasEscapes ? try unescaped(start + 1, end, mark) : text(start + 1, end)
    return YAMLNode(content: .string(text), line: line.number, column: column(start, line))
  }

  private func unescaped(_ start: Int, _ end: Int, _ mark: UInt8) throws -> String {
    var result: [UInt8] = []
    result.reserveCapacity(end - start)
    var index = start
    while index < end {
      let byte = bytes[index]
      index += 1
      guard mark == UInt8(ascii: "\"") ? byte == UInt8(ascii: "\\") : byte == mark else {
        result.append(byte)
        continue
      }
      switch bytes[index] {
      case mark, UInt8(ascii: "\\"): result.append(bytes[index])
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "t"): result.append(0x09)
      default: throw Declined()
      }
      index += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Text without quotes; it means a number or a truth value if it looks like one.
  private mutating func plain(_ line: Line, isInFlow: Bool) throws -> YAMLNode {
    let start = position
    try skipPlain(line, isInFlow: isInFlow)
    return YAMLNode(
      content: YAMLScalar.resolve(text(start, position)), line: line.number, column: column(start, line))
  }

  /// Goes behind text without quotes, up to what ends it.
  private mutating func skipPlain(_ line: Line, isInFlow: Bool) throws {
    let start = position
    try verifyStart(line, isInFlow: isInFlow)
    var index = start
    var end = start
    scan: while index < line.end {
      switch bytes[index] {
      case UInt8(ascii: " "):
        index += 1
        continue
      case UInt8(ascii: "#") where index > end: break scan
      case UInt8(ascii: ":"):
        if isSpace(index + 1, line) { break scan }
        if isInFlow { throw Declined() }
      case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
        if isInFlow { break scan }
      case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "?"):
        if isInFlow { throw Declined() }
      default: break
      }
      index += 1
      end = index
    }
    position = end
  }

  /// Declines what begins with a mark that means something, or could.
  private func verifyStart(_ line: Line, isInFlow: Bool) throws {
    switch bytes[position] {
    case UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "*"),
      UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "'"), UInt8(ascii: "\""),
      UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"):
      throw Declined()
    case UInt8(ascii: "-"):
      guard position + 1 < line.end else { throw Declined() }
      switch bytes[position + 1] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."):
        return
      default: throw Declined()
      }
    default: return
    }
  }

  // MARK: - Characters

  private mutating func skipSpaces(_ line: Line) {
    while position < line.end, bytes[position] == UInt8(ascii: " ") { position += 1 }
  }

  /// Whether nothing follows but, behind space, a comment.
  private func isAtEnd(_ line: Line) -> Bool {
    position == line.end
      || bytes[position] == UInt8(ascii: "#") && bytes[position - 1] == UInt8(ascii: " ")
  }

  /// Whether there is a space, or the line's end.
  private func isSpace(_ index: Int, _ line: Line) -> Bool {
    index >= line.end || bytes[index] == UInt8(ascii: " ")
  }

  private func byte(_ line: Line) throws -> UInt8 {
    guard position < line.end else { throw Declined() }
    return bytes[position]
  }

  /// The column of a place in a line, in characters from 1.
  private func column(_ index: Int, _ line: Line) -> Int {
    var column = line.indent + 1
    for place in line.start..<index where bytes[place] & 0xC0 != 0x80 { column += 1 }
    return column
  }

  private func text(_ start: Int, _ end: Int) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
  }
}
