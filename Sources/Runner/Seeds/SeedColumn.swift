/// What is known of a seed's column so far: it starts as everything and becomes less with every value.
struct SeedColumn: Sendable {
  /// The name in the table.
  var name: String
  /// The type that the project declares, if any: then nothing is inferred.
  var declaredType: String?
  private(set) var candidates: SeedValue
  private(set) var isIntegral = true
  /// The widest whole number so far, and whether one fits no integer type at all.
  private(set) var largest: Int128 = 0
  private(set) var smallest: Int128 = 0
  private(set) var isBeyondIntegers = false
  /// Whether some cell means NULL, or a boolean, to dbt but not to the engine's own cast (`null`, blanks).
  private(set) var hasOddCells = false

  init(name: String, declaredType: String?) {
    self.name = name
    self.declaredType = declaredType
    candidates = declaredType == nil ? .all : []
  }

  /// Takes note of a cell's text.
  mutating func add(_ cell: UnsafeBufferPointer<UInt8>) {
    guard candidates.rawValue != 0, !cell.isEmpty else { return }
    let text = Self.trimmed(cell)
    if text.isEmpty || SeedValue.equals(text, "null") {
      hasOddCells = true
      return
    }
    candidates = SeedValue.reading(text, among: candidates)
    if candidates.contains(.number) {
      addNumber(text)
    } else if candidates.contains(.boolean), text.count != cell.count {
      hasOddCells = true
    }
  }

  private mutating func addNumber(_ text: Slice<UnsafeBufferPointer<UInt8>>) {
    guard isIntegral, let number = SeedNumber(text) else { return }
    isIntegral = number.isIntegral
    guard isIntegral else { return }
    guard let integer = number.integer else {
      isBeyondIntegers = true
      return
    }
    largest = max(largest, integer)
    smallest = min(smallest, integer)
  }

  /// The column's type in SQL: dbt's choice, but for whole numbers too wide for its `integer`, which get a
  /// wider type.
  var type: String {
    if let declaredType { return declaredType }
    if candidates.contains(.number) {
      guard isIntegral, !isBeyondIntegers else { return "DOUBLE" }
      if largest <= Int128(Int32.max), smallest >= Int128(Int32.min) { return "INTEGER" }
      return largest <= Int128(Int64.max) && smallest >= Int128(Int64.min) ? "BIGINT" : "HUGEINT"
    }
    if candidates.contains(.date) { return "DATE" }
    if !candidates.isDisjoint(with: [.timestamp, .isoTimestamp]) { return "TIMESTAMP" }
    return candidates.contains(.boolean) ? "BOOLEAN" : "VARCHAR"
  }

  /// Whether the engine's own reading of the cells would fail where dbt's meaning is clear.
  var needsCleaning: Bool { hasOddCells && candidates.rawValue != 0 }

  private static func trimmed(_ cell: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
    var (start, end) = (0, cell.count)
    while start < end, isSpace(cell[start]) { start += 1 }
    while end > start, isSpace(cell[end - 1]) { end -= 1 }
    return cell[start..<end]
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
