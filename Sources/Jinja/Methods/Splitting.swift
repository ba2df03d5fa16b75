import Diagnostics

/// The methods that cut text into pieces.
enum Splitting {
  static func call(_ method: StringMethod, _ text: String, _ arguments: Arguments) throws -> Value {
    switch method {
    case .splitlines:
      let keeps = try arguments.bind(["keepends"], function: "splitlines")[0]?.isTruthy ?? false
      return Value(lines(text, keepingEnds: keeps).map { .string($0) })
    case .partition, .rpartition:
      let separator = try arguments.bind(["sep"], required: 1, function: method.rawValue)[0]
      return try partition(
        text, try StringMethod.text(separator, method.rawValue), last: method == .rpartition)
    case .split
    where arguments.keyword.isEmpty && arguments.positional.count == 1 && !arguments.positional[0].isNone:
      let part = try StringMethod.text(arguments.positional[0], method.rawValue)
      guard !part.isEmpty else { throw fault("empty separator") }
      return Value(pieces(text, part, .max))
    default:
      let bound = try arguments.bind(["sep", "maxsplit"], function: method.rawValue)
      let limit = try bound[1].map(StringMethod.integer) ?? -1
      let most = limit < 0 ? Int.max : limit
      if let separator = bound[0], !separator.isNone {
        let part = try StringMethod.text(separator, method.rawValue)
        guard !part.isEmpty else { throw fault("empty separator") }
        if method == .split { return Value(pieces(text, part, most)) }
        return Value(split(text, part, most, fromEnd: true).map { .string($0) })
      }
      return Value(words(text, most, fromEnd: method == .rsplit).map { .string($0) })
    }
  }

  /// The pieces between the separators, of which at most `limit` count.
  private static func pieces(_ text: String, _ separator: String, _ limit: Int) -> [Value] {
    var (text, separator) = (text, separator)
    return text.withUTF8 { text in
      separator.withUTF8 { separator in
        var pieces: [Value] = []
        pieces.reserveCapacity(4)
        var start = 0
        while pieces.count < limit, let end = TextSearch.firstOffset(of: separator, in: text, from: start) {
          pieces.append(.string(String(decoding: text[start..<end], as: UTF8.self)))
          start = end + separator.count
        }
        pieces.append(.string(String(decoding: text[start...], as: UTF8.self)))
        return pieces
      }
    }
  }

  static func split(_ text: String, _ separator: String, _ limit: Int, fromEnd: Bool) -> [String] {
    var places = TextSearch.ranges(of: separator, in: text, limit: fromEnd ? .max : limit)
    if fromEnd, places.count > limit { places.removeFirst(places.count - limit) }
    var parts: [String] = []
    var start = text.startIndex
    for place in places {
      parts.append(String(text[start..<place.lowerBound]))
      start = place.upperBound
    }
    parts.append(String(text[start...]))
    return parts
  }

  /// The words between whitespace, at most `limit` of them cut off.
  static func words(_ text: String, _ limit: Int = .max, fromEnd: Bool = false) -> [String] {
    let scalars = text.unicodeScalars
    var ranges: [Range<String.Index>] = []
    var start: String.Index?
    for index in scalars.indices {
      if TextSearch.isSpace(scalars[index]) {
        if let first = start { ranges.append(first..<index) }
        start = nil
      } else if start == nil {
        start = index
      }
    }
    if let first = start { ranges.append(first..<scalars.endIndex) }
    guard ranges.count > limit else { return ranges.map { String(scalars[$0]) } }
    if fromEnd {
      let cut = ranges.suffix(limit)
      let end = ranges[ranges.count - limit - 1].upperBound
      return [String(scalars[scalars.startIndex..<end])] + cut.map { String(scalars[$0]) }
    }
    let cut = ranges.prefix(limit)
    let rest = String(scalars[ranges[limit].lowerBound...])
    return cut.map { String(scalars[$0]) } + [rest]
  }

  /// Python's lines.
  static func lines(_ text: String, keepingEnds: Bool = false) -> [String] {
    let scalars = text.unicodeScalars
    var lines: [String] = []
    var start = scalars.startIndex
    var index = start
    while index < scalars.endIndex {
      guard isLineEnd(scalars[index]) else {
        index = scalars.index(after: index)
        continue
      }
      let end = index
      let first = scalars[index]
      index = scalars.index(after: index)
      if first == "\r", index < scalars.endIndex, scalars[index] == "\n" {
        index = scalars.index(after: index)
      }
      lines.append(String(scalars[start..<(keepingEnds ? index : end)]))
      start = index
    }
    if start < scalars.endIndex { lines.append(String(scalars[start...])) }
    return lines
  }

  private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 10...13, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  private static func partition(_ text: String, _ separator: String, last: Bool) throws -> Value {
    guard !separator.isEmpty else { throw fault("empty separator") }
    let parts = split(text, separator, 1, fromEnd: last)
    guard parts.count == 2 else {
      return last ? .tuple(["", "", .string(text)]) : .tuple([.string(text), "", ""])
    }
    return .tuple([.string(parts[0]), .string(separator), .string(parts[1])])
  }
}

/// Upper and lower case as Python has them.
enum Casing {
  static func capitalized(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.first else { return text }
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return capitalizedASCII(text) }
    return first.properties.titlecaseMapping + String(scalars.dropFirst()).lowercased()
  }

  private static func capitalizedASCII(_ text: String) -> String {
    String(unsafeUninitializedCapacity: text.utf8.count) { buffer in
      var count = 0
      for byte in text.utf8 {
        switch byte {
        case 0x61...0x7A where count == 0: buffer[count] = byte - 0x20
        case 0x41...0x5A where count > 0: buffer[count] = byte + 0x20
        default: buffer[count] = byte
        }
        count += 1
      }
      return count
    }
  }

  static func titled(_ text: String) -> String {
    var result = ""
    var isInWord = false
    for scalar in text.unicodeScalars {
      if scalar.properties.isCased {
        result += isInWord ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
        isInWord = true
      } else {
        result.unicodeScalars.append(scalar)
        isInWord = false
      }
    }
    return result
  }

  static func swapped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar.properties.isUppercase {
        result += scalar.properties.lowercaseMapping
      } else if scalar.properties.isLowercase {
        result += scalar.properties.uppercaseMapping
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Lower case for comparing; the sharp s and its like are written out.
  static func folded(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text.lowercased() }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "ß", "ẞ": result += "ss"
      case "ς": result += "σ"
      case "ſ": result += "s"
      default: result += scalar.properties.lowercaseMapping
      }
    }
  }
}

/// The methods that ask what kind of characters there are.
enum Classes {
  static func holds(_ method: StringMethod, _ text: String) -> Bool {
    let scalars = text.unicodeScalars
    switch method {
    case .isascii: return scalars.allSatisfy(\.isASCII)
    case .isprintable: return scalars.allSatisfy(Repr.isPrintable)
    case .islower: return hasCase(text) { !$0.isUppercase && !isTitlecase($0) }
    case .isupper: return hasCase(text) { !$0.isLowercase && !isTitlecase($0) }
    case .istitle: return isTitle(text)
    case .isidentifier: return isIdentifier(text)
    default: break
    }
    guard !scalars.isEmpty else { return false }
    switch method {
    case .isalpha: return scalars.allSatisfy(isAlpha)
    case .isdecimal: return scalars.allSatisfy { $0.properties.generalCategory == .decimalNumber }
    case .isdigit: return scalars.allSatisfy(isDigit)
    case .isnumeric: return scalars.allSatisfy { $0.properties.numericType != nil }
    case .isalnum: return scalars.allSatisfy { isAlpha($0) || $0.properties.numericType != nil }
    case .isspace: return scalars.allSatisfy(TextSearch.isSpace)
    default: return false
    }
  }

  private static func isAlpha(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.numericType == .decimal || scalar.properties.numericType == .digit
  }

  private static func isTitlecase(_ properties: Unicode.Scalar.Properties) -> Bool {
    properties.generalCategory == .titlecaseLetter
  }

  private static func hasCase(_ text: String, _ allows: (Unicode.Scalar.Properties) -> Bool) -> Bool {
    var isCased = false
    for scalar in text.unicodeScalars {
      guard allows(scalar.properties) else { return false }
      if scalar.properties.isCased { isCased = true }
    }
    return isCased
  }

  private static func isTitle(_ text: String) -> Bool {
    var isInWord = false
    var isCased = false
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      if properties.isUppercase || isTitlecase(properties) {
        guard !isInWord else { return false }
        isInWord = true
        isCased = true
      } else if properties.isLowercase {
        guard isInWord else { return false }
        isCased = true
      } else {
        isInWord = false
      }
    }
    return isCased
  }

  static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    guard first == "_" || first.properties.isXIDStart else { return false }
    return text.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isXIDContinue }
  }
}
