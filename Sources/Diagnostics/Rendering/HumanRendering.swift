/// One diagnostic on its way to a person, line by line.
struct HumanRendering {
  private let diagnostic: Diagnostic
  private let renderer: DiagnosticRenderer
  private var lines: [String] = []
  /// The columns left of the bar that the line numbers stand in.
  private var gutter = 1
  /// What is shown of a line where no terminal says how wide it is: enough for any line that people write.
  private static let widestExcerpt = 400

  init(_ diagnostic: Diagnostic, _ renderer: DiagnosticRenderer) {
    self.diagnostic = diagnostic
    self.renderer = renderer
    addHeadline()
    addPlace()
    for note in diagnostic.notes { addRemark("note", note) }
    if let cause = diagnostic.cause { addRemark("cause", cause) }
    if let hint = diagnostic.hint { addRemark("help", hint) }
  }

  var text: String { lines.joined(separator: "\n") }

  private mutating func addHeadline() {
    let label = "\(diagnostic.severity.rawValue)[\(diagnostic.code)]"
    let wrapped = split("\(label): \(diagnostic.message)", indent: 2)
    let first = wrapped.first ?? ""
    lines.append(paint(label, severityColour) + paint(String(first.dropFirst(label.count)), "1"))
    for line in wrapped.dropFirst() { lines.append("  " + paint(line, "1")) }
  }

  private mutating func addPlace() {
    guard let span = diagnostic.span else { return }
    var line: [UInt8]?
    if span.line > 0, !PrivateText.isKept(in: span.file), diagnostic.code != .plainSecret {
      line = renderer.sourceText(span.file).flatMap { sourceLine(span.line, of: $0) }
      if line.map(PrivateText.isWithin) ?? false { line = nil }
    }
    if span.line > 0 { gutter = String(span.line).count }
    let margin = String(repeating: " ", count: gutter)
    lines.append("\(margin)\(paint("-->", blue)) \(TerminalText.printable(span.description))")
    guard let line else { return }
    let width = renderer.width.map { $0 - gutter - 3 } ?? Self.widestExcerpt
    let excerpt = Excerpt(line: line, column: span.column, width: width)
    let bar = paint("\(margin) |", blue)
    lines.append(bar)
    lines.append(paint("\(span.line) |", blue) + (excerpt.text.isEmpty ? "" : " \(excerpt.text)"))
    if let caret = excerpt.caret {
      lines.append("\(bar) \(String(repeating: " ", count: caret))\(paint("^", severityColour))")
    }
    if !diagnostic.notes.isEmpty || diagnostic.cause != nil || diagnostic.hint != nil { lines.append(bar) }
  }

  private mutating func addRemark(_ label: String, _ text: String) {
    let margin = String(repeating: " ", count: gutter + 1)
    let indent = gutter + 1 + 2 + label.count + 2
    for (index, line) in split(text, indent: indent).enumerated() {
      let head = index == 0 ? "\(margin)\(paint("=", blue)) \(paint(label, "1")): " : spaces(indent)
      lines.append(line.isEmpty && index > 0 ? "" : head + line)
    }
  }

  private func split(_ text: String, indent: Int) -> [String] {
    let safe = TerminalText.printable(text).split(separator: "\n", omittingEmptySubsequences: false)
    guard let width = renderer.width else { return safe.map(String.init) }
    return safe.flatMap { TerminalText.wrap(String($0), width: max(20, width - indent)) }
  }

  /// The bytes of a line, without its end; nil if there are not so many lines.
  private func sourceLine(_ number: Int, of text: String) -> [UInt8]? {
    let all = text.utf8.split(separator: 0x0A, maxSplits: number, omittingEmptySubsequences: false)
    guard all.indices.contains(number - 1) else { return nil }
    let line = Array(all[number - 1])
    return line.last == 0x0D ? Array(line.dropLast()) : line
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  private let blue = "1;34"

  private var severityColour: String {
    switch diagnostic.severity {
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;36"
    }
  }

  private func paint(_ text: String, _ colour: String) -> String {
    renderer.usesColour && !text.isEmpty ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
  }
}

/// A line of a user's file, cut to the terminal's width around the place that is meant.
private struct Excerpt {
  let text: String
  /// How many columns stand before the caret; nil where the column is not known.
  let caret: Int?

  init(line: [UInt8], column: Int, width: Int) {
    var end = min(max(column - 1, 0), line.count)
    while end > 0, end < line.count, line[end] & 0xC0 == 0x80 { end -= 1 }
    let before = TerminalText.printable(String(decoding: line[..<end], as: UTF8.self))
    let after = TerminalText.printable(String(decoding: line[end...], as: UTF8.self))
    let hasColumn = column > 0 && column <= line.count + 1
    guard width > 8, TerminalText.width(of: before) + TerminalText.width(of: after) > width else {
      text = Self.trimmingEnd(before + after)
      caret = hasColumn ? TerminalText.width(of: before) : nil
      return
    }
    let left = Self.suffix(of: before, columns: width * 2 / 3)
    let leftColumns = TerminalText.width(of: left)
    text = left + Self.prefix(of: after, columns: width - leftColumns)
    caret = hasColumn ? leftColumns : nil
  }

  private static func suffix(of text: String, columns: Int) -> String {
    guard TerminalText.width(of: text) > columns else { return text }
    return "…" + String(prefix(of: String(text.reversed()), columns: columns - 1, mark: "").reversed())
  }

  private static func prefix(of text: String, columns: Int, mark: String = "…") -> String {
    guard TerminalText.width(of: text) > columns else { return text }
    var result = ""
    var used = TerminalText.width(of: mark)
    for character in text {
      used += TerminalText.width(of: character)
      if used > columns { break }
      result.append(character)
    }
    return result + mark
  }

  private static func trimmingEnd(_ text: String) -> String {
    var result = Substring(text)
    while result.last == " " { result.removeLast() }
    return String(result)
  }
}
