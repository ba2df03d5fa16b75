/// A filter that makes text of text, and a method that does the same: the text is changed where it was printed.
class TextPrinter: FilterPrinter {
  /// The printer of the filter before, if it has one: called without the detour through its node, which keeps it.
  private let inner: Unmanaged<TextPrinter>?

  override init(_ target: Expression, _ position: Int32) {
    inner = (target as? FilterCall)?.textPrinter.map { .passUnretained($0) }
    super.init(target, position)
  }

  override var givesText: Bool { true }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    let start = interpreter.output.count
    if let inner {
      try interpreter.guardStack()
      try inner._withUnsafeGuaranteedRef { try $0.write(frame, interpreter) }
    } else if target.localSlot >= 0 {
      try frame.slots[target.localSlot].write(to: interpreter.output)
    } else {
      try target.write(frame, interpreter)
    }
    try change(from: start, interpreter)
  }

  /// Changes what was written from `start` on.
  func change(from start: Int, _ interpreter: Interpreter) throws {}

  /// As `write`, if what is changed is text that can be had at once: see `Expression.writeText`.
  final func writeText(_ frame: Frame, _ interpreter: Interpreter) throws -> Bool {
    let start = interpreter.output.count
    guard try target.writeText(frame, interpreter) else { return false }
    try change(from: start, interpreter)
    return true
  }

  /// The printer of what both a filter and a method of this name do.
  static func find(
    _ name: String, on target: Expression, _ arguments: [Expression], _ position: Int32
  ) -> TextPrinter? {
    switch (name, arguments.count) {
    case ("upper", 0): return CasePrinter(.upper, target, position)
    case ("lower", 0): return CasePrinter(.lower, target, position)
    case ("capitalize", 0): return CasePrinter(.capitalize, target, position)
    case ("replace", 2):
      guard case .string(let old)? = arguments[0].constant, case .string(let new)? = arguments[1].constant,
        !old.isEmpty
      else { return nil }
      return ReplacePrinter(old, with: new, target, position)
    default: return nil
    }
  }

  /// The printer of the method `name` of text with these arguments, if there is one.
  static func find(
    method name: String, on target: Expression, _ arguments: ArgumentList, _ position: Int32
  ) -> TextPrinter? {
    guard arguments.isPositional else { return nil }
    switch (name, arguments.positional.count) {
    case ("strip", 0): return TrimPrinter(left: true, right: true, target, position)
    case ("lstrip", 0): return TrimPrinter(left: true, right: false, target, position)
    case ("rstrip", 0): return TrimPrinter(left: false, right: true, target, position)
    default: return find(name, on: target, arguments.positional.nodes, position)
    }
  }
}

/// `upper`, `lower`, `capitalize`, `title`: changes the letters where they were printed.
final class CasePrinter: TextPrinter {
  enum Kind {
    case upper, lower, capitalize, title
  }

  private let kind: Kind

  init(_ kind: Kind, _ target: Expression, _ position: Int32) {
    self.kind = kind
    super.init(target, position)
  }

  override func change(from start: Int, _ interpreter: Interpreter) throws {
    let output = interpreter.output
    let isDone =
      switch kind {
      case .upper: CasePrinter.change(output, from: start, letters: 0x61)
      case .lower: CasePrinter.change(output, from: start, letters: 0x41)
      case .capitalize: CasePrinter.capitalize(output, from: start)
      case .title: output.change(from: start, CasePrinter.title)
      }
    if !isDone { try output.append(changed(output.take(from: start))) }
  }

  /// Text that is not all ASCII, whose length may change. Bytes that were changed already are the same either way.
  private func changed(_ text: String) -> String {
    switch kind {
    case .upper: text.uppercased()
    case .lower: text.lowercased()
    case .capitalize: Casing.capitalized(text)
    case .title: TextFilters.title(text)
    }
  }

  private static func capitalize(_ output: Output, from start: Int) -> Bool {
    guard change(output, from: start, letters: 0x41) else { return false }
    output.change(from: start) { bytes in
      if let first = bytes.first, first &- 0x61 < 26 { bytes[0] = first - 0x20 }
    }
    return true
  }

  /// Switches the case of the 26 letters from `letters` on, 8 bytes at a time; false where there is more than ASCII.
  private static func change(_ output: Output, from start: Int, letters: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // A byte below 0x80 reaches 0x80 with this where it is at least the first letter, or behind the last one.
    let (first, behind) = ((0x80 &- letters) &* ones, (0x80 &- letters &- 26) &* ones)
    var all: UInt64 = 0
    output.changeWords(from: start) { word, isText in
      all |= word & isText
      let low = word & (0x7F &* ones)
      let isLetter = (low &+ first) & ~(low &+ behind) & ~word & (0x80 &* ones)
      return word ^ (isLetter &>> 2)
    }
    return all & (0x80 &* ones) == 0
  }

  private static func title(_ bytes: UnsafeMutableBufferPointer<UInt8>) -> Bool {
    var isAtStart = true
    for index in bytes.indices {
      let byte = bytes[index]
      switch byte {
      case 0x61...0x7A where isAtStart, 0x41...0x5A where !isAtStart: bytes[index] = byte ^ 0x20
      case 0x80...: return false
      default: break
      }
      switch byte {
      case 9...13, 28...32, 0x28, 0x2D, 0x3C, 0x5B, 0x7B: isAtStart = true  // ( - < [ {
      default: isAtStart = false
      }
    }
    return true
  }
}

/// `replace(old, new)`, with constants.
final class ReplacePrinter: TextPrinter {
  private let old: String
  private let new: String
  private let oldBytes: [UInt8]
  private let newBytes: [UInt8]

  init(_ old: String, with new: String, _ target: Expression, _ position: Int32) {
    self.old = old
    self.new = new
    oldBytes = Array(old.utf8)
    newBytes = Array(new.utf8)
    super.init(target, position)
  }

  override func change(from start: Int, _ interpreter: Interpreter) throws {
    let output = interpreter.output
    interpreter.position = position
    guard var place = find(in: output, from: start) else { return }
    if newBytes.count > oldBytes.count {
      // The output may have to grow: the long way looks at the limits.
      let text = output.take(from: start)
      return try output.append(
        try TextSearch.replace(text, old, with: new, limit: .max, interpreter))
    }
    while true {
      output.change(from: place) { bytes in
        for index in newBytes.indices { bytes[index] = newBytes[index] }
      }
      let end = place + newBytes.count
      if newBytes.count < oldBytes.count { output.remove(from: end, to: place + oldBytes.count) }
      guard let next = find(in: output, from: end) else { return }
      place = next
    }
  }

  /// Where the next old text is in the output.
  private func find(in output: Output, from place: Int) -> Int? {
    output.change(from: place) { bytes in
      oldBytes.withUnsafeBufferPointer { TextSearch.firstOffset(of: $0, in: UnsafeBufferPointer(bytes)) }
    }.map { place + $0 }
  }
}

/// `trim`: takes the whitespace off where it was printed.
final class TrimPrinter: TextPrinter {
  private let left: Bool
  private let right: Bool

  init(left: Bool, right: Bool, _ target: Expression, _ position: Int32) {
    self.left = left
    self.right = right
    super.init(target, position)
  }

  override func change(from start: Int, _ interpreter: Interpreter) throws {
    let output = interpreter.output
    // Where the text begins and ends; nil where more than ASCII stands there.
    let bounds: Range<Int>? = output.change(from: start) { bytes in
      var (first, end) = (0, bytes.count)
      if left { while first < end, TextSearch.isSpace(bytes[first]) { first += 1 } }
      if right { while first < end, TextSearch.isSpace(bytes[end - 1]) { end -= 1 } }
      guard first < end else { return 0..<0 }
      return bytes[first] < 0x80 && bytes[end - 1] < 0x80 ? first..<end : nil
    }
    guard let bounds else {
      return try output.append(TextSearch.strip(output.take(from: start), left: left, right: right))
    }
    output.truncate(to: start + bounds.upperBound)
    if bounds.lowerBound > 0 { output.remove(from: start, to: start + bounds.lowerBound) }
  }
}
