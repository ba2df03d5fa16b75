import Diagnostics

/// Where a node's text begins in its file: at the file's beginning, but for what is a block of it.
public struct CodeOffset: Sendable, Codable, Hashable {
  /// How many lines stand before it.
  public var lines = 0
  /// How many characters stand before it in its first line.
  public var columns = 0

  /// A text that is a whole file.
  public init() {}

  /// The place of the byte at `position` of a file's text.
  init(of position: Int, in text: [UInt8]) {
    let before = text[..<min(position, text.count)]
    lines = before.count { $0 == UInt8(ascii: "\n") }
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    columns = String(decoding: before[start...], as: UTF8.self).count
  }

  /// Space that moves a text to its place in the file.
  private var padding: String {
    String(repeating: "\n", count: lines) + String(repeating: " ", count: columns)
  }

  /// The text with its place: what is wrong in it is then found where it stands in the file.
  func placed(_ code: String) -> String { padding + code }

  /// What a placed text was rendered to, without the space. It is gone already where the text cuts it off.
  func removed(from text: String) -> String {
    guard lines + columns > 0, text.hasPrefix(padding) else { return text }
    return String(text.dropFirst(padding.count))
  }

  /// The line and column in the file of a place in the text.
  public func inFile(line: Int, column: Int) -> (line: Int, column: Int) {
    guard line > 0 else { return (line, column) }
    return (line + lines, line == 1 && column > 0 ? column + columns : column)
  }
}
