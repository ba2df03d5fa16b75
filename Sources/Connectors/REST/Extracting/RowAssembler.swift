import Diagnostics

/// Puts the rows of an extraction into files, in order.
final class RowAssembler: RowSink {
  private let folder: SpoolFolder
  private var writer: SpoolWriter
  private var parts = 1
  private(set) var files: [String] = []
  private(set) var rows = 0
  private(set) var longestRow = 0

  /// The rows so far, those on their way to a file among them.
  var takenRows: Int { rows + writer.rows }

  init(folder: SpoolFolder) {
    self.folder = folder
    writer = SpoolWriter(in: folder, prefix: "rows-1")
  }

  func take(_ lines: LineBuffer) throws {
    try writer.append(lines: lines.bytes, rows: lines.rows, longest: lines.longest)
  }

  /// Takes rows that another task collected.
  func take(_ collected: CollectedRows) throws {
    guard !collected.files.isEmpty else { return try take(collected.lines) }
    try closePart()
    files += collected.files
    rows += collected.rows
    longestRow = max(longestRow, collected.longest)
  }

  /// Writes what is left. Nothing can be taken afterwards.
  func finish() throws { try closePart() }

  /// Ends the files of the current writer and makes the next.
  private func closePart() throws {
    try writer.finish()
    files += writer.files
    rows += writer.rows
    longestRow = max(longestRow, writer.longestRow)
    parts += 1
    writer = SpoolWriter(in: folder, prefix: "rows-\(parts)")
  }
}

/// What one of several tasks collected: few rows in memory, many in files.
struct CollectedRows: Sendable {
  var lines = LineBuffer()
  var files: [String] = []
  var rows = 0
  var longest = 0
}

/// Collects the rows of one of several tasks.
final class RowCollector: RowSink {
  private static let memoryLimit = 2 << 20

  private let folder: SpoolFolder
  private let prefix: String
  private var lines: [LineBuffer] = []
  private var size = 0
  private var writer: SpoolWriter?

  init(folder: SpoolFolder, number: Int) {
    self.folder = folder
    prefix = "part-\(number)"
  }

  func take(_ new: LineBuffer) throws {
    lines.append(new)
    size += new.bytes.count
    if size > Self.memoryLimit { try flush() }
  }

  private func flush() throws {
    if writer == nil { writer = SpoolWriter(in: folder, prefix: prefix) }
    for item in lines { try writer?.append(lines: item.bytes, rows: item.rows, longest: item.longest) }
    lines = []
    size = 0
  }

  /// What was collected.
  func collected() throws -> CollectedRows {
    guard writer != nil else {
      var all = CollectedRows()
      for item in lines { all.lines.append(contentsOf: item) }
      all.rows = all.lines.rows
      all.longest = all.lines.longest
      return all
    }
    try flush()
    try writer?.finish()
    return CollectedRows(
      files: writer?.files ?? [], rows: writer?.rows ?? 0, longest: writer?.longestRow ?? 0)
  }
}
