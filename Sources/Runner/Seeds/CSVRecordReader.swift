/// Cuts CSV bytes into records, piece by piece: what it is fed may end anywhere.
///
/// Quotes count at a cell's start only, as in Python's reader; a record ends with LF, CR or CR LF outside
/// quotes.
struct CSVRecordReader {
  /// A place where the text is no CSV.
  enum Problem: Error, Equatable {
    case textAfterQuote(line: Int)
    case unterminatedQuote(line: Int)
  }

  private enum State {
    case cellStart, unquoted, quoted, quoteInQuoted
  }

  private let delimiter: UInt8
  private var state = State.cellStart
  private var isAfterReturn = false
  private var hasCells = false
  private var quoteLine = 1
  /// The bytes of the record's cells so far, and where each ends.
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// The line that is being read, and the one that the record began on, from 1.
  private(set) var line = 1
  private var recordLine = 1
  /// How many records end in each way.
  private(set) var usesLineFeed = false
  private(set) var usesReturn = false
  private(set) var usesReturnLineFeed = false

  init(delimiter: UInt8) {
    self.delimiter = delimiter
  }

  /// A record: its cells' bytes, where each cell ends in them, and the line that it begins on. A blank line
  /// is a record without cells.
  typealias Record = (bytes: UnsafeBufferPointer<UInt8>, ends: [Int], line: Int)

  /// Reads on in `input` and hands over every record that ends there.
  mutating func read(
    _ input: UnsafeBufferPointer<UInt8>, _ body: (Record) throws -> Void
  ) throws {
    var index = 0
    while index < input.count {
      let byte = input[index]
      if isAfterReturn {
        isAfterReturn = false
        if byte == 10 {
          usesReturnLineFeed = true
          index += 1
          continue
        }
        usesReturn = true
      }
      switch state {
      case .quoted:
        index = takeQuoted(input, from: index)
        continue
      case .quoteInQuoted:
        guard try endQuote(byte, body) else { throw Problem.textAfterQuote(line: line) }
      case .cellStart where byte == UInt8(ascii: "\""):
        (state, hasCells, quoteLine) = (.quoted, true, line)
      case .cellStart, .unquoted:
        if byte == delimiter {
          endCell()
        } else if byte == 10 || byte == 13 {
          try endRecord(byte, body)
        } else {
          index = takePlain(input, from: index)
          continue
        }
      }
      index += 1
    }
  }

  /// Hands over the last record, which no line break may end.
  mutating func finish(_ body: (Record) throws -> Void) throws {
    if isAfterReturn { usesReturn = true }
    if state == .quoted { throw Problem.unterminatedQuote(line: quoteLine) }
    if hasCells { try deliver(body) }
  }

  private mutating func takePlain(_ input: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var end = start + 1
    while end < input.count, input[end] != delimiter, input[end] != 10, input[end] != 13 { end += 1 }
    bytes.append(contentsOf: input[start..<end])
    (state, hasCells) = (.unquoted, true)
    return end
  }

  private mutating func takeQuoted(_ input: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var end = start
    while end < input.count, input[end] != UInt8(ascii: "\"") {
      if input[end] == 10 { line += 1 }
      end += 1
    }
    bytes.append(contentsOf: input[start..<end])
    guard end < input.count else { return end }
    state = .quoteInQuoted
    return end + 1
  }

  /// After a quote inside quotes: another one is a literal quote, else the cell must end.
  private mutating func endQuote(_ byte: UInt8, _ body: (Record) throws -> Void) throws -> Bool {
    if byte == UInt8(ascii: "\"") {
      bytes.append(byte)
      state = .quoted
    } else if byte == delimiter {
      endCell()
    } else if byte == 10 || byte == 13 {
      try endRecord(byte, body)
    } else {
      return false
    }
    return true
  }

  private mutating func endCell() {
    ends.append(bytes.count)
    (state, hasCells) = (.cellStart, true)
  }

  private mutating func endRecord(_ byte: UInt8, _ body: (Record) throws -> Void) throws {
    isAfterReturn = byte == 13
    if byte == 10 { usesLineFeed = true }
    line += 1
    try deliver(body)
  }

  private mutating func deliver(_ body: (Record) throws -> Void) throws {
    if hasCells { ends.append(bytes.count) }
    let (ends, line) = (ends, recordLine)
    try bytes.withUnsafeBufferPointer { try body(($0, ends, line)) }
    bytes.removeAll(keepingCapacity: true)
    self.ends.removeAll(keepingCapacity: true)
    (state, hasCells, recordLine) = (.cellStart, false, self.line)
  }
}
