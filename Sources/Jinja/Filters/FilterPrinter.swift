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

  /// Whether the filtered value is always text.
  var givesText: Bool { false }

  /// The printer of the built-in filter `name` with these arguments, if there is one.
  static func find(
    _ name: String, on target: Expression?, _ arguments: ArgumentList, _ position: Int32
  ) -> FilterPrinter? {
    guard arguments.isPositional, let target else { return nil }
    let parts = arguments.positional.nodes
    switch (name, parts.count) {
    case ("title", 0): return CasePrinter(.title, target, position)
    case ("trim", 0): return TrimPrinter(left: true, right: true, target, position)
    case ("length", 0), ("count", 0): return LengthPrinter(target, position)
    case ("join", 0): return JoinPrinter(Constant("", position: position), target, position)
    case ("default", 1), ("d", 1): return DefaultPrinter(parts[0], target, position)
    case ("join", 1): return JoinPrinter(parts[0], target, position)
    case ("format", 1...):
      guard case .string(let format)? = target.constant else { return nil }
      return FormatPrinter(format, parts, target, position)
    default: return TextPrinter.find(name, on: target, parts, position)
    }
  }
}

/// `length`
final class LengthPrinter: FilterPrinter {
  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    let known: Int? = target.look(frame) { value in
      switch value {
      case .list(let list): list.items.count
      case .tuple(let items): items.count
      case .dict(let dict): dict.count
      default: nil
      }
    }
    if let known { return try interpreter.output.append(known) }
    let value = try target.evaluate(frame, interpreter)
    interpreter.position = position
    try interpreter.output.append(try SequenceFilters.length(value, interpreter))
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
  /// The separator, where it is the same every time.
  private let constant: String?

  override var givesText: Bool { true }

  init(_ separator: Expression, _ target: Expression, _ position: Int32) {
    self.separator = separator
    constant = separator.constant?.description
    super.init(target, position)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    let value = try target.evaluate(frame, interpreter)
    let separator = try constant ?? separator.evaluate(frame, interpreter).description
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

/// `'{} and {}'.format(a, b)`: a constant format of nothing but `{}`, with as many arguments.
final class BracePrinter: FilterPrinter {
  private let texts: [String]
  private let arguments: NodeList<Expression>

  override var givesText: Bool { true }

  /// Nil for a format that has anything else, or other arguments.
  init?(_ target: Expression, _ arguments: ArgumentList, _ position: Int32) {
    guard case .string(let format)? = target.constant, arguments.isPositional else { return nil }
    var texts: [[UInt8]] = [[]]
    var bytes = format.utf8.makeIterator()
    while let byte = bytes.next() {
      if byte == 0x7B, bytes.next() == 0x7D {
        texts.append([])
      } else if byte == 0x7B || byte == 0x7D {
        return nil
      } else {
        texts[texts.count - 1].append(byte)
      }
    }
    guard texts.count == arguments.positional.count + 1 else { return nil }
    self.texts = texts.map { String(decoding: $0, as: UTF8.self) }
    self.arguments = arguments.positional
    super.init(target, position)
  }

  override func write(_ frame: Frame, _ interpreter: Interpreter) throws {
    let output = interpreter.output
    let start = output.count
    for index in 0..<arguments.count {
      try output.append(texts[index])
      try arguments.with(index) { try $0.write(frame, interpreter) }
    }
    try output.append(texts[arguments.count])
    interpreter.position = position
    try interpreter.reserve(output.count - start)
  }
}
