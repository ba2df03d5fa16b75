/// How a filter is printed straight into the output, without making text of its result first. Found when the template
/// is parsed, for the filters and arguments that are frequent; all others are applied to values.
class FilterPrinter {
  /// What is filtered.
  final let target: Expression
  /// The filter's own place, for errors.
  final let position: Int32

  init(_ target: Expression, _ position: Int32) {
    self.target = target
    self.position = position
  }

  /// Writes what printing the filtered value gives.
  func write(_ frame: Frame, _ interpreter: Interpreter) throws {}

  /// The printer of the built-in filter `name` with these arguments, if there is one.
  static func find(
    _ name: String, on target: Expression?, _ arguments: ArgumentList, _ position: Int32
  ) -> FilterPrinter? {
    guard arguments.isPositional, let target else { return nil }
    let parts = arguments.positional.nodes
    switch (name, parts.count) {
    case ("upper", 0): return CasePrinter(.upper, target, position)
    case ("lower", 0): return CasePrinter(.lower, target, position)
    case ("capitalize", 0): return CasePrinter(.capitalize, target, position)
    case ("replace", 2):
      guard case .string(let old)? = parts[0].constant, case .string(let new)? = parts[1].constant,
        !old.isEmpty
      else { return nil }
      return ReplacePrinter(old, with: new, target, position)
    case ("default", 1), ("d", 1): return DefaultPrinter(parts[0], target, position)
    case ("join", 1): return JoinPrinter(parts[0], target, position)
    case ("format", 1...):
      guard case .string(let format)? = target.constant else { return nil }
      return FormatPrinter(format, parts, target, position)
    default: return nil
    }
  }
}

/// `upper`, `lower`, `capitalize`: changes the letters where they were printed.
final class CasePrinter: FilterPrinter {
  enum Kind {
    case upper, lower, capitalize
  }

  private let kind: Kind

  init(_ kind: Kind, _ target: Expression, _ position: Int32) {
    self.kind = kind
    super.init(target, position)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    let output = interpreter.output
    let start = output.count
    try target.write(frame, interpreter)
    let isDone = output.change(from: start) { bytes in
      switch kind {
      case .upper: CasePrinter.change(bytes, from: 0, letters: 0x61)
      case .lower: CasePrinter.change(bytes, from: 0, letters: 0x41)
      case .capitalize: CasePrinter.capitalize(bytes)
      }
    }
    if !isDone { try output.append(changed(output.take(from: start))) }
  }

  /// Text that is not all ASCII, whose length may change. Bytes that were changed already are the same either way.
  private func changed(_ text: String) -> String {
    switch kind {
    case .upper: text.uppercased()
    case .lower: text.lowercased()
    case .capitalize: Casing.capitalized(text)
    }
  }

  private static func capitalize(_ bytes: UnsafeMutableBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first else { return true }
    guard change(bytes, from: 1, letters: 0x41), first < 0x80 else { return false }
    if first &- 0x61 < 26 { bytes[0] = first - 0x20 }
    return true
  }

  /// Switches the case of the 26 letters from `letters` on; false where there is more than ASCII.
  @inline(__always)
  private static func change(
    _ bytes: UnsafeMutableBufferPointer<UInt8>, from start: Int, letters: UInt8
  ) -> Bool {
    var all: UInt8 = 0
    for index in start..<max(start, bytes.count) {
      let byte = bytes[index]
      all |= byte
      bytes[index] = byte &- letters < 26 ? byte ^ 0x20 : byte
    }
    return all < 0x80
  }
}

/// `replace(old, new)`, with constants.
final class ReplacePrinter: FilterPrinter {
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

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    let output = interpreter.output
    let start = output.count
    try target.write(frame, interpreter)
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

/// `default(value)`
final class DefaultPrinter: FilterPrinter {
  private let fallback: Expression
  /// Whether both sides may be looked at twice.
  private let isQuick: Bool

  init(_ fallback: Expression, _ target: Expression, _ position: Int32) {
    self.fallback = fallback
    isQuick = target.isRepeatable && fallback.isRepeatable
    super.init(target, position)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    // The argument is evaluated in any case, since it may fail.
    if isQuick {
      if try target.isUndefined(frame, interpreter) { return try fallback.write(frame, interpreter) }
      if !fallback.isConstant { _ = try fallback.isUndefined(frame, interpreter) }
      return try target.write(frame, interpreter)
    }
    let value = try target.evaluate(frame, interpreter)
    let other = try fallback.evaluate(frame, interpreter)
    interpreter.position = position
    try interpreter.output.append(value.isUndefined ? other : value)
  }
}

/// `join(separator)`
final class JoinPrinter: FilterPrinter {
  private let separator: Expression

  init(_ separator: Expression, _ target: Expression, _ position: Int32) {
    self.separator = separator
    super.init(target, position)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    let value = try target.evaluate(frame, interpreter)
    let separator = try separator.evaluate(frame, interpreter).description
    interpreter.position = position
    let output = interpreter.output
    let start = output.count
    // Held here, whatever printing an item does to the list.
    let items = try Access.items(value, interpreter)
    try items.withCells { cells in
      for index in cells.indices {
        if index > 0 { try output.append(separator) }
        try cells[index].write(to: output)
      }
    }
    try interpreter.reserve(output.count - start)
  }
}

/// `'%02d' | format(number)`: a constant format of `%s`, `%d` and `%02d`, with as many arguments.
final class FormatPrinter: FilterPrinter {
  private struct Piece {
    let text: String
    let isNumber: Bool
    let width: Int
    let fill: UInt8
  }

  private let format: String
  private let pieces: [Piece]
  private let rest: String
  private let arguments: NodeList<Expression>
  /// The width and the fill of a format that is one number and nothing else.
  private let number: (width: Int, fill: UInt8)?

  /// Nil for a format that has anything else, or other than one or two arguments.
  init?(_ format: String, _ arguments: [Expression], _ target: Expression, _ position: Int32) {
    guard arguments.count <= 2 else { return nil }
    self.format = format
    self.arguments = NodeList(arguments)
    var pieces: [Piece] = []
    var text: [UInt8] = []
    var bytes = format.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == 0x25 else {
        text.append(byte)
        continue
      }
      var code = bytes.next()
      let isZero = code == 0x30
      if isZero { code = bytes.next() }
      var width = 0
      if let digit = code, digit >= 0x31, digit <= 0x39 {
        width = Int(digit - 0x30)
        code = bytes.next()
      }
      guard code == 0x64 || (code == 0x73 && width == 0 && !isZero) else { return nil }
      pieces.append(
        Piece(
          text: String(decoding: text, as: UTF8.self), isNumber: code == 0x64, width: width,
          fill: isZero ? 0x30 : 0x20))
      text = []
    }
    guard pieces.count == arguments.count else { return nil }
    let isBare = pieces.count == 1 && pieces[0].isNumber && pieces[0].text.isEmpty && text.isEmpty
    number = isBare ? (pieces[0].width, pieces[0].fill) : nil
    self.pieces = pieces
    rest = String(decoding: text, as: UTF8.self)
    super.init(target, position)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    let output = interpreter.output
    let start = output.count
    if let number, let value = try arguments.with(0, { $0.quickInteger(frame) }), value >= 0 {
      return try output.append(value, width: number.width, fill: number.fill)
    }
    let value = try arguments.with(0) { try $0.evaluate(frame, interpreter) }
    let next = arguments.count > 1 ? try arguments.with(1) { try $0.evaluate(frame, interpreter) } : nil
    interpreter.position = position
    if try write(value, pieces[0], output) {
      guard let next else { return try output.append(rest) }
      if try write(next, pieces[1], output) { return try output.append(rest) }
    }
    output.truncate(to: start)
    let values = [value] + (next.map { [$0] } ?? [])
    try output.append(try PercentFormat.apply(format, .tuple(values), interpreter))
  }

  /// Writes one value; false where it is not of the simple kind.
  @inline(__always)
  private func write(_ value: Value, _ piece: Piece, _ output: Output) throws -> Bool {
    try output.append(piece.text)
    if !piece.isNumber {
      try output.append(value)
    } else {
      guard case .int(let number) = value, number >= 0 else { return false }
      try output.append(number, width: piece.width, fill: piece.fill)
    }
    return true
  }
}
