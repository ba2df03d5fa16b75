import Diagnostics

/// Python's `format % values`.
enum PercentFormat {
  static func apply(_ format: String, _ values: Value, _ interpreter: Interpreter) throws -> String {
    var run = Run(format, values: values, interpreter: interpreter)
    return try run.apply()
  }

  private struct Conversion {
    var key: String?
    var isLeft = false
    var isAlternate = false
    var isZero = false
    var sign = ""
    var width = 0
    var precision: Int?

    /// Whether there is nothing but a width.
    var isPlain: Bool { !isLeft && !isAlternate && sign.isEmpty && precision == nil }
  }

  private struct Run {
    let values: Value
    let interpreter: Interpreter
    private var next = 0
    private let format: [UInt8]
    private var position = 0
    private var usesMapping = false

    init(_ format: String, values: Value, interpreter: Interpreter) {
      self.values = values
      self.interpreter = interpreter
      self.format = Array(format.utf8)
    }

    /// The byte at the present position; 0 behind the end.
    private var current: UInt8 { position < format.count ? format[position] : 0 }

    mutating func apply() throws -> String {
      // Built behind what is rendered so far, and taken off again: a failure ends the rendering.
      let output = interpreter.output
      let start = output.count
      while position < format.count {
        let byte = format[position]
        position += 1
        guard byte == 0x25 else {
          try output.append(byte)
          continue
        }
        if current == 0x25 {
          position += 1
          try output.append(byte)
          continue
        }
        let conversion = try parse()
        guard position < format.count else { throw fault("incomplete format") }
        let place = position
        let code = code()
        let value = try value(for: conversion)
        if code == "d", conversion.isPlain, case .int(let number) = value, number >= 0 {
          try output.append(number, width: conversion.width, fill: conversion.isZero ? 0x30 : 0x20)
        } else {
          try output.append(try text(value, code, conversion, place))
        }
      }
      try checkAllUsed()
      try interpreter.reserve(output.count - start)
      return output.take(from: start)
    }

    /// The conversion's letter, which may be any character.
    private mutating func code() -> Unicode.Scalar {
      let (scalar, length) = format.withUnsafeBufferPointer { Whitespace.decode($0, position) }
      position += length
      return scalar
    }

    private func checkAllUsed() throws {
      guard !usesMapping else { return }
      switch values {
      case .tuple(let items) where next < items.count: break
      case .tuple, .dict: return
      case .list where next == 0: return
      default: if next > 0 { return }
      }
      throw fault("not all arguments converted during string formatting")
    }

    private mutating func parse() throws -> Conversion {
      var conversion = Conversion()
      if current == 0x28 {
        guard let end = format[position...].firstIndex(of: 0x29) else { throw fault("incomplete format key") }
        conversion.key = String(decoding: format[(position + 1)..<end], as: UTF8.self)
        position = end + 1
      }
      flags: while true {
        switch current {
        case 0x2D: conversion.isLeft = true
        case 0x23: conversion.isAlternate = true
        case 0x30: conversion.isZero = true
        case 0x2B: conversion.sign = "+"
        case 0x20: if conversion.sign.isEmpty { conversion.sign = " " }
        default: break flags
        }
        position += 1
      }
      if let width = try number() {
        conversion.width = Int(width.magnitude)
        if width < 0 { conversion.isLeft = true }
      }
      if current == 0x2E {
        position += 1
        conversion.precision = max(try number() ?? 0, 0)
      }
      while current == 0x68 || current == 0x6C || current == 0x4C { position += 1 }
      try interpreter.reserve(conversion.width)
      try interpreter.reserve(conversion.precision ?? 0)
      return conversion
    }

    /// A width or a precision: digits, or `*` for the next value.
    private mutating func number() throws -> Int? {
      if current == 0x2A {
        position += 1
        guard let number = try nextValue().intValue, number > .min else { throw fault("* wants int") }
        return number
      }
      var number: Int?
      while current >= 0x30, current <= 0x39 {
        let value = (number ?? 0) * 10 + Int(current - 0x30)
        guard value < 1_000_000_000 else { throw fault("width too big") }
        number = value
        position += 1
      }
      return number
    }

    private mutating func nextValue() throws -> Value {
      defer { next += 1 }
      if case .tuple(let items) = values {
        if next < items.count { return items[next] }
      } else if next == 0 {
        return values
      }
      throw fault("not enough arguments for format string")
    }

    private mutating func value(for conversion: Conversion) throws -> Value {
      guard let key = conversion.key else { return try nextValue() }
      usesMapping = true
      guard case .dict(let dict) = values else { throw fault("format requires a mapping") }
      guard let value = dict[key] else { throw fault(Repr.quoted(key)) }
      return value
    }

    private func text(
      _ value: Value, _ code: Unicode.Scalar, _ conversion: Conversion, _ place: Int
    ) throws -> String {
      switch code {
      case "s": return pad(cut(value.description, conversion), conversion)
      case "r", "a": return pad(cut(value.repr(), conversion), conversion)
      case "c":
        if let text = value.stringValue, text.unicodeScalars.count == 1 { return pad(text, conversion) }
        guard let number = value.intValue, let code = UInt32(exactly: number),
          let scalar = Unicode.Scalar(code)
        else { throw fault("%c requires int or char") }
        return pad(String(scalar), conversion)
      case "d", "i", "u": return try integer(value, code, conversion, radix: 10)
      case "x", "X": return try integer(value, code, conversion, radix: 16)
      case "o": return try integer(value, code, conversion, radix: 8)
      case "e", "E", "f", "F", "g", "G": return try float(value, code, conversion)
      default:
        let number = Repr.hexadecimal(code.value, width: 1)
        throw fault("unsupported format character '\(code)' (0x\(number)) at index \(place)")
      }
    }

    private func cut(_ text: String, _ conversion: Conversion) -> String {
      conversion.precision.map { String(text.unicodeScalars.prefix($0)) } ?? text
    }

    private func pad(_ text: String, _ conversion: Conversion) -> String {
      Padding.pad(text, conversion.width, " ", left: conversion.isLeft ? 0 : nil)
    }

    private func integer(
      _ value: Value, _ code: Unicode.Scalar, _ conversion: Conversion, radix: Int
    ) throws -> String {
      let number: Int
      switch value {
      case .undefined(let name): throw fault(name.message)
      case .float(let float) where radix == 10:
        guard let whole = Int(exactly: float.rounded(.towardZero)) else { throw Arithmetic.overflow() }
        number = whole
      default:
        guard let integer = value.intValue else {
          let wanted = radix == 10 ? "a real number" : "an integer"
          throw fault("%\(code) format: \(wanted) is required, not \(value.typeName)")
        }
        number = integer
      }
      var digits =
        radix == 10
        ? String(number.magnitude) : String(number.magnitude, radix: radix, uppercase: code == "X")
      if let precision = conversion.precision { digits = Padding.zeroFilled(digits, precision) }
      let prefix = conversion.isAlternate && radix != 10 ? (radix == 8 ? "0o" : "0\(code)") : ""
      return signed(number < 0, prefix, digits, conversion)
    }

    private func float(_ value: Value, _ code: Unicode.Scalar, _ conversion: Conversion) throws -> String {
      if case .undefined(let name) = value { throw fault(name.message) }
      guard let number = value.doubleValue else { throw fault("must be real number, not \(value.typeName)") }
      let digits = Mathematics.format(
        number.magnitude, conversion: UInt8(truncatingIfNeeded: code.value),
        precision: conversion.precision ?? 6, alternate: conversion.isAlternate)
      return signed(number.sign == .minus && !number.isNaN, "", digits, conversion)
    }

    private func signed(
      _ isNegative: Bool, _ prefix: String, _ digits: String, _ conversion: Conversion
    ) -> String {
      if conversion.width <= digits.utf8.count, !isNegative, conversion.sign.isEmpty, prefix.isEmpty {
        return digits
      }
      let sign = isNegative ? "-" : conversion.sign
      guard conversion.isZero, !conversion.isLeft else { return pad(sign + prefix + digits, conversion) }
      let width = conversion.width - sign.utf8.count - prefix.utf8.count
      return sign + prefix + Padding.pad(digits, width, "0", left: nil)
    }
  }
}

/// Python's `str.format`.
enum BraceFormat {
  static func apply(
    _ format: String, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> String {
    var run = Run(arguments: arguments, interpreter: interpreter)
    return try run.apply(Array(format.unicodeScalars)[...], depth: 0)
  }

  private struct Run {
    let arguments: Arguments
    let interpreter: Interpreter
    private var next = 0
    private var isNumbered: Bool?

    init(arguments: Arguments, interpreter: Interpreter) {
      self.arguments = arguments
      self.interpreter = interpreter
    }

    mutating func apply(_ format: ArraySlice<Unicode.Scalar>, depth: Int) throws -> String {
      var result = String.UnicodeScalarView()
      var rest = format
      while let scalar = rest.popFirst() {
        switch scalar {
        case "{":
          if rest.first == "{" {
            rest.removeFirst()
            result.append("{")
          } else {
            result.append(contentsOf: try field(&rest, depth: depth).unicodeScalars)
            try interpreter.reserve(result.count)
          }
        case "}":
          guard rest.first == "}" else { throw fault("Single '}' encountered in format string") }
          rest.removeFirst()
          result.append("}")
        default: result.append(scalar)
        }
      }
      return String(result)
    }

    private mutating func field(_ rest: inout ArraySlice<Unicode.Scalar>, depth: Int) throws -> String {
      guard depth < 2 else { throw fault("Max string recursion exceeded") }
      guard !rest.isEmpty else { throw fault("Single '{' encountered in format string") }
      var nesting = 1
      var end = rest.startIndex
      while end < rest.endIndex {
        if rest[end] == "{" { nesting += 1 }
        if rest[end] == "}" { nesting -= 1 }
        if nesting == 0 { break }
        end += 1
      }
      guard nesting == 0 else { throw fault("expected '}' before end of string") }
      let body = rest[rest.startIndex..<end]
      rest = rest[(end + 1)...]
      let nameEnd = body.firstIndex { $0 == ":" || $0 == "!" } ?? body.endIndex
      var value = try resolve(body[body.startIndex..<nameEnd])
      var tail = body[nameEnd...]
      if tail.first == "!" {
        let conversion = tail.dropFirst().first
        tail = tail.dropFirst(2)
        switch conversion {
        case "r", "a": value = .string(value.repr())
        case "s": value = .string(value.description)
        default: throw fault("Unknown conversion specifier '\(conversion.map { String($0) } ?? "")'")
        }
      }
      if tail.first == ":" { tail = tail.dropFirst() }
      let specification = try apply(tail, depth: depth + 1)
      if specification.isEmpty { return value.description }
      return try FormatSpecification(specification).format(value, interpreter)
    }

    /// The value of a field such as `0.name[key]`.
    private mutating func resolve(_ name: ArraySlice<Unicode.Scalar>) throws -> Value {
      let headEnd = name.firstIndex { $0 == "." || $0 == "[" } ?? name.endIndex
      let head = String(String.UnicodeScalarView(name[name.startIndex..<headEnd]))
      var value = try argument(head)
      var rest = name[headEnd...]
      while let mark = rest.popFirst() {
        if mark == "." {
          let end = rest.firstIndex { $0 == "." || $0 == "[" } ?? rest.endIndex
          let attribute = String(String.UnicodeScalarView(rest[rest.startIndex..<end]))
          value = try member(of: value, attribute)
          rest = rest[end...]
        } else {
          guard let end = rest.firstIndex(of: "]") else { throw fault("Missing ']' in format string") }
          let key = String(String.UnicodeScalarView(rest[rest.startIndex..<end]))
          value = try Access.item(of: value, Int(key).map { .int($0) } ?? .string(key), interpreter)
          rest = rest[(end + 1)...]
        }
      }
      return value
    }

    /// The attribute and never an item: so Python has it here.
    private func member(of value: Value, _ name: String) throws -> Value {
      if case .undefined(let undefined) = value { throw fault(undefined.message) }
      if case .object(let object) = value, let found = try object.attribute(name, interpreter) {
        return found
      }
      throw fault("'\(value.typeName)' object has no attribute '\(name)'")
    }

    private mutating func argument(_ name: String) throws -> Value {
      if let number = name.isEmpty ? next : Int(name) {
        if isNumbered == !name.isEmpty || isNumbered == nil {
          isNumbered = !name.isEmpty
        } else {
          throw fault(
            isNumbered == true
              ? "cannot switch from manual field specification to automatic field numbering"
              : "cannot switch from automatic field numbering to manual field specification")
        }
        next += 1
        guard arguments.positional.indices.contains(number) else {
          throw fault("Replacement index \(number) out of range for positional args tuple")
        }
        return arguments.positional[number]
      }
      guard let value = arguments[name] else { throw fault(Repr.quoted(name)) }
      return value
    }
  }
}
