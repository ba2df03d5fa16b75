/// What a cell's text can be taken for, by dbt's rules (agate's type tester), as far as the engine's own
/// casts read it: `$5`, `1,000` and `50%` stay text.
struct SeedValue: OptionSet, Sendable {
  let rawValue: UInt8

  static let number = SeedValue(rawValue: 1)
  static let date = SeedValue(rawValue: 2)
  /// `2024-01-31 10:00:00`.
  static let timestamp = SeedValue(rawValue: 4)
  /// `2024-01-31T10:00:00`, with fractions and offset if need be.
  static let isoTimestamp = SeedValue(rawValue: 8)
  static let boolean = SeedValue(rawValue: 16)

  static let all: SeedValue = [.number, .date, .timestamp, .isoTimestamp, .boolean]

  /// What `text` can be taken for among `candidates`. `text` has no white space around it and is not empty.
  static func reading(_ text: Slice<UnsafeBufferPointer<UInt8>>, among candidates: SeedValue) -> SeedValue {
    var found: SeedValue = []
    guard let first = text.first else { return candidates }
    let startsLikeNumber =
      isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first == UInt8(ascii: ".")
      || isLetter(first, "n") || isLetter(first, "i")
    if candidates.contains(.number), startsLikeNumber, SeedNumber(text) != nil { found.insert(.number) }
    if candidates.contains(.boolean), equals(text, "true") || equals(text, "false") { found.insert(.boolean) }
    guard isDigit(first), !candidates.isDisjoint(with: [.date, .timestamp, .isoTimestamp]) else {
      return found
    }
    var scanner = SeedDateScanner(text)
    guard scanner.readDate() else { return found }
    if scanner.isAtEnd {
      found.formUnion(candidates.intersection(.date))
    } else if candidates.contains(.isoTimestamp), scanner.readISOTime() {
      found.insert(.isoTimestamp)
    } else if candidates.contains(.timestamp), scanner.readTime() {
      found.insert(.timestamp)
    }
    return found
  }

  /// Whether `text` is `word` but for the case of its letters. `word` is in lower case.
  static func equals(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ word: StaticString) -> Bool {
    guard text.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { word in zip(text, word).allSatisfy { $0 | 0x20 == $1 } }
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  private static func isLetter(_ byte: UInt8, _ letter: Unicode.Scalar) -> Bool {
    byte | 0x20 == UInt8(ascii: letter)
  }
}

/// A number as both Python's `Decimal` and the engine read it.
struct SeedNumber {
  /// Whether it is a whole number, however it is written (`1.0`, `1e3`).
  var isIntegral: Bool
  /// Its value if it is whole and fits.
  var integer: Int128?

  init?(_ text: Slice<UnsafeBufferPointer<UInt8>>) {
    var rest = text
    var isNegative = false
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest = rest.dropFirst()
    }
    if Self.isSpecial(rest) {
      isIntegral = false
      return
    }
    var mantissa: Int128? = 0
    var (hasDigits, scale, trailingZeros, isZero) = (false, 0, 0, true)
    var isFraction = false
    var previousIsDigit = false
    loop: while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = Int128(byte &- 48)
        mantissa = Self.appending(digit, to: mantissa)
        if isFraction { scale += 1 }
        trailingZeros = digit == 0 ? trailingZeros + 1 : 0
        isZero = isZero && digit == 0
        (hasDigits, previousIsDigit) = (true, true)
      case UInt8(ascii: "."):
        if isFraction { return nil }
        (isFraction, previousIsDigit) = (true, false)
      case UInt8(ascii: "_"):
        guard previousIsDigit, let next = rest.dropFirst().first, SeedValue.isDigit(next) else { return nil }
        previousIsDigit = false
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        break loop
      default:
        return nil
      }
      rest = rest.dropFirst()
    }
    guard hasDigits else { return nil }
    var exponent = 0
    if !rest.isEmpty {
      guard let read = Self.exponent(rest.dropFirst()) else { return nil }
      exponent = read
    }
    let power = exponent - scale
    isIntegral = isZero || power + trailingZeros >= 0
    guard isIntegral else { return }
    integer = isZero ? 0 : Self.scaled(mantissa, power)
    if isNegative { integer = integer.map { -$0 } }
  }

  private static func isSpecial(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    SeedValue.equals(text, "nan") || SeedValue.equals(text, "inf") || SeedValue.equals(text, "infinity")
  }

  private static func appending(_ digit: Int128, to value: Int128?) -> Int128? {
    guard let value else { return nil }
    let (product, overflows) = value.multipliedReportingOverflow(by: 10)
    let (sum, overflowsToo) = product.addingReportingOverflow(digit)
    return overflows || overflowsToo ? nil : sum
  }

  private static func scaled(_ mantissa: Int128?, _ power: Int) -> Int128? {
    guard var value = mantissa, power < 40 else { return nil }
    for _ in 0..<abs(power) {
      if power > 0 {
        guard let next = appending(0, to: value) else { return nil }
        value = next
      } else {
        value /= 10
      }
    }
    return value
  }

  private static func exponent(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    var rest = text
    var isNegative = false
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest = rest.dropFirst()
    }
    // Beyond three digits no engine's number can follow.
    guard !rest.isEmpty, rest.count <= 3, rest.allSatisfy(SeedValue.isDigit) else { return nil }
    let value = rest.reduce(0) { $0 * 10 + Int($1 &- 48) }
    return isNegative ? -value : value
  }
}

/// Reads dates and times as Python's `strptime` and ISO 8601 write them.
struct SeedDateScanner {
  private var rest: Slice<UnsafeBufferPointer<UInt8>>

  init(_ text: Slice<UnsafeBufferPointer<UInt8>>) { rest = text }

  var isAtEnd: Bool { rest.isEmpty }

  /// `2024-01-31`, `2024-1-31`; a date that exists.
  mutating func readDate() -> Bool {
    guard let year = number(digits: 4...4), year > 0, skip("-"), let month = number(digits: 1...2), skip("-"),
      let day = number(digits: 1...2), (1...12).contains(month), day >= 1
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= days[month - 1]
  }

  /// White space, then `10:00:00`, to the end.
  mutating func readTime() -> Bool {
    guard let space = rest.first, space == 32 || (9...13).contains(space) else { return false }
    rest = rest.drop { $0 == 32 || (9...13).contains($0) }
    guard let hour = number(digits: 1...2), hour < 24, skip(":"), let minute = number(digits: 1...2),
      minute < 60,
      skip(":"), let second = number(digits: 1...2), second < 60
    else { return false }
    return rest.isEmpty
  }

  /// `T10:00`, `T10:00:00`, `T10:00:00.123Z`, `T10:00:00+02:00`, to the end.
  mutating func readISOTime() -> Bool {
    var copy = self
    guard copy.skip("T"), let hour = copy.number(digits: 2...2), hour < 24, copy.skip(":"),
      let minute = copy.number(digits: 2...2), minute < 60
    else { return false }
    // ISO allows fractions and offsets after minutes too; engines do not read them there.
    guard copy.skip(":") else { return copy.rest.isEmpty }
    guard let second = copy.number(digits: 2...2), second < 60 else { return false }
    if copy.skip("."), copy.number(digits: 1...9) == nil { return false }
    if copy.skip("Z") { return copy.rest.isEmpty }
    if copy.skip("+") || copy.skip("-") {
      guard copy.number(digits: 2...2) != nil else { return false }
      if copy.skip(":"), copy.number(digits: 2...2) == nil { return false }
    }
    return copy.rest.isEmpty
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func number(digits: ClosedRange<Int>) -> Int? {
    var (value, count) = (0, 0)
    while count < digits.upperBound, let byte = rest.first, SeedValue.isDigit(byte) {
      value = value * 10 + Int(byte &- 48)
      count += 1
      rest = rest.dropFirst()
    }
    return digits.contains(count) ? value : nil
  }
}
