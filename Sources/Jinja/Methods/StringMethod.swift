import Diagnostics

/// Python's methods of text.
enum StringMethod: String {
  case capitalize, casefold, center, count, encode, endswith, expandtabs, find, format, formatMap =
    "format_map"
  case index, isalnum, isalpha, isascii, isdecimal, isdigit, isidentifier, islower, isnumeric, isprintable
  case isspace, istitle, isupper, join, ljust, lower, lstrip, partition, removeprefix, removesuffix, replace
  case rfind, rindex, rjust, rpartition, rsplit, rstrip, split, splitlines, startswith, strip, swapcase, title
  case translate, upper, zfill

  /// Calls the method on `text`.
  func call(_ text: String, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    if !arguments.isEmpty, takesNothing {
      throw fault("str.\(rawValue)() takes no arguments (\(arguments.positional.count) given)")
    }
    switch self {
    case .capitalize: return .string(Casing.capitalized(text))
    case .casefold: return .string(Casing.folded(text))
    case .lower: return .string(text.lowercased())
    case .upper: return .string(text.uppercased())
    case .swapcase: return .string(Casing.swapped(text))
    case .title: return .string(Casing.titled(text))
    case .center, .ljust, .rjust, .zfill, .expandtabs:
      return .string(try Padding.call(self, text, arguments, interpreter))
    case .strip, .lstrip, .rstrip: return try strip(text, arguments)
    case .find, .rfind, .index, .rindex, .count, .startswith, .endswith:
      return try Searching.call(self, text, arguments)
    case .split, .rsplit, .splitlines, .partition, .rpartition:
      return try Splitting.call(self, text, arguments)
    case .join: return try join(text, arguments, interpreter)
    case .replace: return try replace(text, arguments, interpreter)
    case .removeprefix, .removesuffix: return try remove(text, arguments)
    case .format: return .string(try BraceFormat.apply(text, arguments, interpreter))
    case .formatMap: return try formatMap(text, arguments, interpreter)
    case .translate: return try translate(text, arguments)
    case .encode:
      throw fault("'encode' gives bytes, which templates cannot hold")
    default: return .bool(Classes.holds(self, text))
    }
  }

  private func formatMap(_ text: String, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    guard case .dict(let dict)? = try arguments.bind(["mapping"], required: 1, function: rawValue)[0] else {
      throw fault("format_map() needs a mapping")
    }
    let keyword = dict.entries.map { (name: $0.key.description, value: $0.value) }
    return .string(try BraceFormat.apply(text, Arguments([], keyword: keyword), interpreter))
  }

  private func strip(_ text: String, _ arguments: Arguments) throws -> Value {
    let left = self != .rstrip
    let right = self != .lstrip
    if arguments.isEmpty { return .string(TextSearch.strip(text, left: left, right: right)) }
    switch try arguments.bind(["chars"], function: rawValue)[0] {
    case nil, .some(.none): return .string(TextSearch.strip(text, left: left, right: right))
    case .some(let value):
      guard let characters = value.stringValue else {
        throw fault("\(rawValue) arg must be None or str")
      }
      let set = Set(characters.unicodeScalars)
      return .string(TextSearch.strip(text, left: left, right: right, where: set.contains))
    }
  }

  private func join(_ text: String, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let iterable = try arguments.bind(["iterable"], required: 1, function: "join")[0] ?? .none
    guard !iterable.isUndefined else { return "" }
    let items: [Value]
    do {
      items = try Access.items(iterable, interpreter)
    } catch is Diagnostic {
      throw fault("can only join an iterable")
    }
    var result = ""
    for (index, item) in items.enumerated() {
      guard let part = item.stringValue else {
        throw fault("sequence item \(index): expected str instance, \(item.typeName) found")
      }
      if index > 0 { result += text }
      result += part
      guard result.utf8.count <= interpreter.limits.maxOutputBytes else {
        try interpreter.reserve(.max); break
      }
    }
    try interpreter.reserve(result.utf8.count)
    return .string(result)
  }

  private func replace(_ text: String, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let bound = try arguments.bind(["old", "new", "count"], required: 2, function: "replace")
    let old = try StringMethod.text(bound[0], "replace", 1)
    let new = try StringMethod.text(bound[1], "replace", 2)
    let count = try bound[2].map { try StringMethod.integer($0) } ?? -1
    return .string(
      try TextSearch.replace(text, old, with: new, limit: count < 0 ? .max : count, interpreter))
  }

  private func remove(_ text: String, _ arguments: Arguments) throws -> Value {
    let part = try StringMethod.text(
      try arguments.bind(["affix"], required: 1, function: rawValue)[0], rawValue)
    if self == .removeprefix {
      guard Searching.begins(text, part) else { return .string(text) }
      return .string(String(decoding: text.utf8.dropFirst(part.utf8.count), as: UTF8.self))
    }
    guard Searching.ends(text, part) else { return .string(text) }
    return .string(String(decoding: text.utf8.dropLast(part.utf8.count), as: UTF8.self))
  }

  private func translate(_ text: String, _ arguments: Arguments) throws -> Value {
    guard case .dict(let table)? = try arguments.bind(["table"], required: 1, function: rawValue)[0] else {
      throw fault("translate() needs a mapping")
    }
    var result = ""
    for scalar in text.unicodeScalars {
      switch table[.int(Int(scalar.value))] {
      case nil: result.unicodeScalars.append(scalar)
      case .some(.none): break
      case .some(.int(let code)):
        guard let number = UInt32(exactly: code), let scalar = Unicode.Scalar(number) else {
          throw fault("character mapping must be in range(0x110000)")
        }
        result.unicodeScalars.append(scalar)
      case .some(let value): result += value.description
      }
    }
    return .string(result)
  }

  /// The methods without parameters.
  private var takesNothing: Bool {
    switch self {
    case .capitalize, .casefold, .lower, .upper, .swapcase, .title, .isalnum, .isalpha, .isascii, .isdecimal,
      .isdigit, .isidentifier, .islower, .isnumeric, .isprintable, .isspace, .istitle, .isupper:
      true
    default: false
    }
  }

  // MARK: Arguments

  /// The argument as text, or Python's complaint.
  static func text(_ value: Value?, _ function: String, _ number: Int? = nil) throws -> String {
    if let text = value?.stringValue { return text }
    if case .undefined(let name)? = value { throw fault(name.message) }
    let type = value?.typeName ?? "NoneType"
    let place = number.map { "argument \($0)" } ?? "argument"
    throw fault("\(function)() \(place) must be str, not \(type == "NoneType" ? "None" : type)")
  }

  /// The argument as an integer, or Python's complaint.
  static func integer(_ value: Value) throws -> Int {
    if let integer = value.intValue { return integer }
    if case .undefined(let name) = value { throw fault(name.message) }
    throw fault("'\(value.typeName)' object cannot be interpreted as an integer")
  }
}

/// The methods that pad.
enum Padding {
  static func call(
    _ method: StringMethod, _ text: String, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> String {
    if method == .expandtabs {
      let size = try arguments.bind(["tabsize"], function: "expandtabs")[0].map(StringMethod.integer) ?? 8
      try interpreter.reserve(product: max(size, 1), text.utf8.count)
      return expandTabs(text, size)
    }
    guard !arguments.positional.isEmpty else {
      throw fault("\(method.rawValue) expected at least 1 argument, got 0")
    }
    let bound = try arguments.bind(["width", "fillchar"], required: 1, function: method.rawValue)
    let width = try StringMethod.integer(bound[0] ?? .none)
    try interpreter.reserve(max(width, 0))
    if method == .zfill { return zeroFilled(text, width) }
    let fill = try bound[1].map { try StringMethod.text($0, method.rawValue) } ?? " "
    guard fill.unicodeScalars.count == 1 else {
      throw fault("The fill character must be exactly one character long")
    }
    switch method {
    case .ljust: return pad(text, width, fill, left: 0)
    case .rjust: return pad(text, width, fill, left: nil)
    default: return centered(text, width, fill)
    }
  }

  static func centered(_ text: String, _ width: Int, _ fill: String = " ") -> String {
    let missing = width - text.unicodeScalars.count
    return pad(text, width, fill, left: missing / 2 + (missing & width & 1))
  }

  /// `left` fill characters before the text and the rest behind it; all before it where `left` is nil.
  static func pad(_ text: String, _ width: Int, _ fill: String, left: Int?) -> String {
    guard width > 0 else { return text }
    let missing = width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    let before = left ?? missing
    return String(repeating: fill, count: before) + text + String(repeating: fill, count: missing - before)
  }

  static func zeroFilled(_ text: String, _ width: Int) -> String {
    let missing = width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    let zeros = String(repeating: "0", count: missing)
    if let sign = text.utf8.first, sign == 0x2B || sign == 0x2D {
      return String(UnicodeScalar(sign)) + zeros + String(decoding: text.utf8.dropFirst(), as: UTF8.self)
    }
    return zeros + text
  }

  private static func expandTabs(_ text: String, _ size: Int) -> String {
    var result = ""
    var column = 0
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t":
        guard size > 0 else { continue }
        let spaces = size - column % size
        result += String(repeating: " ", count: spaces)
        column += spaces
      case "\n", "\r":
        result.unicodeScalars.append(scalar)
        column = 0
      default:
        result.unicodeScalars.append(scalar)
        column += 1
      }
    }
    return result
  }
}

/// The methods that search.
enum Searching {
  static func call(_ method: StringMethod, _ text: String, _ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(["sub", "start", "end"], required: 1, function: method.rawValue)
    let scalars = text.unicodeScalars
    var part = text
    var offset = 0
    if bound[1] != nil || bound[2] != nil {
      let all = Array(scalars)
      let bounds = try SliceBounds(bound[1], bound[2], nil, length: all.count)
      var view = String.UnicodeScalarView()
      view.append(contentsOf: all[bounds.start..<(bounds.start + bounds.count)])
      part = String(view)
      offset = bounds.start
      if let start = bound[1]?.intValue, start > all.count { return try outside(method) }
    }
    if method == .startswith || method == .endswith {
      return .bool(try affix(method, part, bound[0] ?? .none))
    }
    guard let needle = bound[0]?.stringValue else {
      if case .undefined(let name)? = bound[0] { throw fault(name.message) }
      throw fault("must be str, not \(bound[0]?.typeName ?? "NoneType")")
    }
    if method == .count { return .int(count(of: needle, in: part)) }
    if let index = place(of: needle, in: part, last: method == .rfind || method == .rindex) {
      return .int(offset + index)
    }
    return try outside(method)
  }

  private static func outside(_ method: StringMethod) throws -> Value {
    switch method {
    case .index, .rindex: throw fault("substring not found")
    case .count: return 0
    case .startswith, .endswith: return false
    default: return -1
    }
  }

  static func count(of needle: String, in text: String) -> Int {
    needle.isEmpty ? text.unicodeScalars.count + 1 : TextSearch.count(of: needle, in: text)
  }

  private static func place(of needle: String, in text: String, last: Bool) -> Int? {
    let scalars = text.unicodeScalars
    guard !needle.isEmpty else { return last ? scalars.count : 0 }
    guard last else {
      return TextSearch.firstRange(of: needle, in: text).map {
        scalars.distance(from: scalars.startIndex, to: $0.lowerBound)
      }
    }
    var found: String.Index?
    var start = text.startIndex
    while start < text.endIndex, let range = TextSearch.firstRange(of: needle, in: text, from: start) {
      found = range.lowerBound
      start = text.unicodeScalars.index(after: range.lowerBound)
    }
    return found.map { scalars.distance(from: scalars.startIndex, to: $0) }
  }

  static func begins(_ text: String, _ part: String) -> Bool {
    TextSearch.holds(part, in: text, atEnd: false)
  }

  static func ends(_ text: String, _ part: String) -> Bool { TextSearch.holds(part, in: text, atEnd: true) }

  private static func affix(_ method: StringMethod, _ text: String, _ value: Value) throws -> Bool {
    func matches(_ part: String) -> Bool {
      method == .startswith ? begins(text, part) : ends(text, part)
    }
    if let part = value.stringValue { return matches(part) }
    if case .undefined(let name) = value { throw fault(name.message) }
    guard case .tuple(let parts) = value else {
      throw fault("\(method.rawValue) first arg must be str or a tuple of str, not \(value.typeName)")
    }
    for part in parts {
      guard let part = part.stringValue else {
        throw fault("tuple for \(method.rawValue) must only contain str, not \(part.typeName)")
      }
      if matches(part) { return true }
    }
    return false
  }
}
