/// Where text goes: a terminal, a pipe, a file, or a test's memory.
public protocol TextSink: Sendable {
  /// Whether a person looks at it.
  var isTerminal: Bool { get }
  /// How many columns and rows it shows now; nil where that means nothing.
  var size: TerminalSize? { get }
  /// Writes all of `text`. Once the reader has gone away, does nothing.
  func write(_ text: String)
  /// Whether the reader has gone away.
  var isClosed: Bool { get }
  /// Why text was lost though somebody may wait for it, as on a full disk; nil if none was.
  var loss: String? { get }
}

extension TextSink {
  /// Most sinks lose nothing.
  public var loss: String? { nil }
}

/// A terminal's extent in characters.
public struct TerminalSize: Sendable, Hashable {
  /// Characters in a row.
  public var columns: Int
  /// Rows on the screen.
  public var rows: Int

  /// Makes a size.
  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}
