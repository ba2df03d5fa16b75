/// A place in a user's file. Lines and columns count from 1; a column counts UTF-8 bytes.
public struct SourceSpan: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The file's path, relative to the project where it lies inside one.
  public var file: String
  /// The line, or 0 where only the file is known.
  public var line: Int
  /// The column, or 0 where only the line is known.
  public var column: Int

  /// Makes a span; leave out what is not known.
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file`, `file:line` or `file:line:column`.
  public var description: String {
    if line == 0 { return file }
    return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
  }
}
