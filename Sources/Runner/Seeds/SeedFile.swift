import Diagnostics
import Glibc
import Project

/// What a seed's file holds: its columns with the types that dbt would give them, found by reading it once.
struct SeedFile: Sendable {
  /// How many problems are told at most.
  private static let maximumProblems = 20

  var columns: [SeedColumn] = []
  var rowCount = 0
  /// Lines before the first record, header included: what the engine has to skip.
  var headerLine = 1
  /// Whether records end in more than one way, which the engine's strict reading refuses.
  var mixesLineEnds = false
  /// What was put right.
  var warnings: [Diagnostic] = []

  private let shownPath: String
  private let declaredTypes: [ColumnType]
  private var problems: [Diagnostic] = []

  /// Reads the file at `path`, shown to people as `shownPath`. Memory stays bounded. Throws a
  /// `DiagnosticList` with `WEIR-E0703` if it cannot be read, with `WEIR-E0704` for each place where it is
  /// malformed.
  static func reading(
    _ path: String, shownPath: String, delimiter: UInt8, declaredTypes: [ColumnType]
  ) throws -> SeedFile {
    var file = SeedFile(shownPath: shownPath, declaredTypes: declaredTypes)
    var reader = CSVRecordReader(delimiter: delimiter)
    do {
      var isFirst = true
      try withPieces(of: path, shownPath) { piece in
        let hasMark = isFirst && piece.starts(with: [0xEF, 0xBB, 0xBF])
        isFirst = false
        try reader.read(hasMark ? UnsafeBufferPointer(rebasing: piece.dropFirst(3)) : piece) { file.add($0) }
      }
      try reader.finish { file.add($0) }
    } catch CSVRecordReader.Problem.textAfterQuote(let line) {
      file.report("text follows a closing quote", line, "write a quote inside a quoted value twice")
    } catch CSVRecordReader.Problem.unterminatedQuote(let line) {
      file.report("a quoted value is never closed", line, "close it, or write a quote inside it twice")
    }
    file.mixesLineEnds =
      [reader.usesLineFeed, reader.usesReturn, reader.usesReturnLineFeed].count { $0 } > 1
    if file.columns.isEmpty, file.problems.isEmpty {
      file.report("the file has no header", 0, "its first line must name the columns")
    }
    guard file.problems.isEmpty else { throw DiagnosticList(file.problems) }
    return file
  }

  private init(shownPath: String, declaredTypes: [ColumnType]) {
    self.shownPath = shownPath
    self.declaredTypes = declaredTypes
  }

  private mutating func add(_ record: CSVRecordReader.Record) {
    guard !columns.isEmpty else { return addHeader(record) }
    // A blank line is nothing, unless a line of one empty cell looks like that.
    if record.ends.isEmpty {
      if columns.count == 1 { rowCount += 1 }
      return
    }
    guard record.ends.count == columns.count else {
      let cells = record.ends.count == 1 ? "1 value" : "\(record.ends.count) values"
      return report(
        "the row has \(cells), but there are \(columns.count) columns", record.line,
        "a value that holds the delimiter must stand in quotes")
    }
    rowCount += 1
    var start = 0
    for (index, end) in record.ends.enumerated() {
      let cell = UnsafeBufferPointer(rebasing: record.bytes[start..<end])
      if !isText(cell) { return report("the text is not UTF-8", record.line, "save the file as UTF-8") }
      columns[index].add(cell)
      start = end
    }
  }

  private func isText(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    guard cell.contains(where: { $0 >= 0x80 }) else { return true }
    return String(validating: cell, as: UTF8.self) != nil
  }

  private mutating func addHeader(_ record: CSVRecordReader.Record) {
    guard !record.ends.isEmpty else { return }
    headerLine = record.line
    var start = 0
    var taken: Set<String> = []
    for (index, end) in record.ends.enumerated() {
      let cell = record.bytes[start..<end]
      start = end
      guard let written = String(validating: cell, as: UTF8.self) else {
        return report("the header is not UTF-8", record.line, "save the file as UTF-8")
      }
      let name = columnName(written, index, taken)
      if name != written { warnAboutName(written, name, index, record.line) }
      if !taken.insert(name).inserted
        || columns.contains(where: { $0.name.lowercased() == name.lowercased() })
      {
        report(
          "two columns are called '\(name)' but for the case of their letters", record.line,
          "rename one of them")
      }
      let type = declaredTypes.first { $0.column == name }?.type
      columns.append(SeedColumn(name: name, declaredType: type))
    }
  }

  /// As dbt names columns: one without a name gets a letter, one that comes again a number.
  private func columnName(_ written: String, _ index: Int, _ taken: Set<String>) -> String {
    let base = written.isEmpty ? Self.letters(index) : written
    var (name, number) = (base, 2)
    while taken.contains(name) {
      name = "\(base)_\(number)"
      number += 1
    }
    return name
  }

  private static func letters(_ index: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(97 + index % 26)))
    return String(repeating: letter, count: index / 26 + 1)
  }

  private mutating func warnAboutName(_ written: String, _ name: String, _ index: Int, _ line: Int) {
    let problem = written.isEmpty ? "column \(index + 1) has no name" : "the name '\(written)' comes twice"
    warnings.append(
      Diagnostic(
        .seedMalformed, "\(problem): the column is called '\(name)'",
        at: SourceSpan(file: shownPath, line: line),
        severity: .warning, hint: "give every column a name of its own"))
  }

  private mutating func report(_ problem: String, _ line: Int, _ hint: String) {
    guard problems.count < Self.maximumProblems else { return }
    problems.append(
      Diagnostic(.seedMalformed, problem, at: SourceSpan(file: shownPath, line: line), hint: hint))
  }

  /// Hands over the file's bytes in pieces of bounded size.
  private static func withPieces(
    of path: String, _ shownPath: String, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(shownPath, errno) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      if Task.isCancelled { throw CancellationError() }
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(shownPath, errno) }
      if count == 0 { return }
      try body(UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[0..<count]))
    }
  }

  private static func unreadable(_ shownPath: String, _ code: Int32) -> DiagnosticList {
    DiagnosticList([
      Diagnostic(
        .seedUnreadable, "cannot read the seed's file: \(String(cString: strerror(code)))",
        at: SourceSpan(file: shownPath))
    ])
  }
}
