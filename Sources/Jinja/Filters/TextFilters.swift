import Diagnostics

/// The filters that make text of text.
enum TextFilters {
  static func table() -> [String: BuiltinFilters.Entry] {
    [
      "upper": .init { value, arguments, _ in
        if !arguments.isEmpty { _ = try arguments.filterBind([], "upper") }
        return .string(value.description.uppercased())
      },
      "lower": .init { value, arguments, _ in
        if !arguments.isEmpty { _ = try arguments.filterBind([], "lower") }
        return .string(value.description.lowercased())
      },
      "capitalize": .init { value, _, _ in .string(Casing.capitalized(value.description)) },
      "title": .init { value, _, _ in .string(title(value.description)) },
      "string": .init { value, _, _ in
        if case .object(let object) = value, object is MarkupObject { return value }
        return .string(value.description)
      },
      "trim": .init { value, arguments, _ in
        if arguments.isEmpty { return .string(TextSearch.strip(value.description)) }
        let characters = try arguments.filterBind(["chars"], "trim")[0]?.stringValue
        guard let set = characters.map({ Set($0.unicodeScalars) }) else {
          return .string(TextSearch.strip(value.description))
        }
        return .string(TextSearch.strip(value.description, where: set.contains))
      },
      "center": .init { value, arguments, interpreter in
        let width = try arguments.filterBind(["width"], "center")[0].map(StringMethod.integer) ?? 80
        try interpreter.reserve(max(width, 0))
        return .string(Padding.centered(value.description, width))
      },
      "replace": .init(apply: replace),
      "format": .init { value, arguments, interpreter in
        guard arguments.positional.isEmpty || arguments.keyword.isEmpty else {
          throw fault("can't handle positional and keyword arguments at the same time")
        }
        let values: Value =
          arguments.keyword.isEmpty
          ? .tuple(arguments.positional) : Value(arguments.keyword.map { ($0.name, $0.value) })
        return .string(try PercentFormat.apply(value.description, values, interpreter))
      },
      "indent": .init(apply: indent), "truncate": .init(apply: truncate),
      "wordwrap": .init(apply: WordWrap.filter),
      "wordcount": .init { value, _, _ in .int(wordCount(value.description)) },
      "pprint": .init { value, _, _ in .string(PrettyPrint.text(of: value)) },
    ]
  }

  private static func replace(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> Value {
    if arguments.keyword.isEmpty, arguments.positional.count == 2 {
      return .string(
        try TextSearch.replace(
          value.description, arguments.positional[0].description, with: arguments.positional[1].description,
          limit: .max, interpreter))
    }
    let bound = try arguments.filterBind(["old", "new", "count"], required: 2, "replace")
    let count = try bound[2].flatMap { $0.isNone ? nil : try StringMethod.integer($0) } ?? -1
    return .string(
      try TextSearch.replace(
        value.description, bound[0]?.description ?? "", with: bound[1]?.description ?? "",
        limit: count < 0 ? .max : count, interpreter))
  }

  /// Jinja's title case: words also begin behind brackets and dashes, and nowhere else.
  static func title(_ text: String) -> String {
    var result = ""
    var isAtStart = true
    for scalar in text.unicodeScalars {
      if "-({[<".unicodeScalars.contains(scalar) || TextSearch.isSpace(scalar) {
        result.unicodeScalars.append(scalar)
        isAtStart = true
      } else {
        result += isAtStart ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
        isAtStart = false
      }
    }
    return result
  }

  private static func indent(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws
    -> Value
  {
    let bound = try arguments.filterBind(["width", "first", "blank"], "indent")
    let margin: String
    if let text = bound[0]?.stringValue {
      margin = text
    } else {
      let width = try bound[0].map(StringMethod.integer) ?? 4
      try interpreter.reserve(max(width, 0))
      margin = String(repeating: " ", count: max(width, 0))
    }
    guard let text = value.stringValue ?? (value.isUndefined ? "" : nil) else {
      throw fault("unsupported operand type(s) for +=: '\(value.typeName)' and 'str'")
    }
    let lines = Splitting.lines(text + "\n")
    try interpreter.reserve(product: margin.utf8.count, lines.count, plus: text.utf8.count)
    let isBlank = bound[2]?.isTruthy ?? false
    var result = bound[1]?.isTruthy ?? false ? margin : ""
    for (index, line) in lines.enumerated() {
      if index > 0 { result += "\n" + (isBlank || !line.isEmpty ? margin : "") }
      result += line
    }
    return .string(result)
  }

  private static func truncate(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> Value {
    let bound = try arguments.filterBind(["length", "killwords", "end", "leeway"], "truncate")
    let length = try bound[0].map(StringMethod.integer) ?? 255
    let end = bound[2]?.description ?? "..."
    let leeway = try bound[3].flatMap { $0.isNone ? nil : try StringMethod.integer($0) } ?? 5
    let endLength = end.unicodeScalars.count
    guard length >= endLength else { throw fault("expected length >= \(endLength), got \(length)") }
    guard leeway >= 0 else { throw fault("expected leeway >= 0, got \(leeway)") }
    let scalars = value.description.unicodeScalars
    if scalars.count <= length.addingReportingOverflow(leeway).partialValue || length > Int.max - leeway {
      return value
    }
    let cut = String(scalars.prefix(length - endLength))
    if bound[1]?.isTruthy ?? false { return .string(cut + end) }
    return .string((Splitting.split(cut, " ", 1, fromEnd: true).first ?? cut) + end)
  }

  private static func wordCount(_ text: String) -> Int {
    var count = 0
    var isInWord = false
    for scalar in text.unicodeScalars {
      let isWord = scalar == "_" || Classes.holds(.isalnum, String(scalar))
      if isWord, !isInWord { count += 1 }
      isInWord = isWord
    }
    return count
  }
}

/// Python's `textwrap.wrap`, one line of the text at a time.
enum WordWrap {
  static func filter(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let bound = try arguments.filterBind(
      ["width", "break_long_words", "wrapstring", "break_on_hyphens"], "wordwrap")
    let width = try bound[0].map(StringMethod.integer) ?? 79
    guard width > 0 else { throw fault("invalid width \(width) (must be > 0)") }
    let separator = bound[2]?.stringValue ?? "\n"
    guard let text = value.stringValue ?? (value.isUndefined ? "" : nil) else {
      throw fault("'\(value.typeName)' object has no attribute 'splitlines'")
    }
    try interpreter.reserve(product: separator.utf8.count + 1, text.utf8.count)
    let breaksWords = bound[1]?.isTruthy ?? true
    let breaksHyphens = bound[3]?.isTruthy ?? true
    let lines = Splitting.lines(text).map { line in
      wrap(line, width, breaksWords: breaksWords, breaksHyphens: breaksHyphens).joined(separator: separator)
    }
    return .string(lines.joined(separator: separator))
  }

  private static func wrap(
    _ line: String, _ width: Int, breaksWords: Bool, breaksHyphens: Bool
  ) -> [String] {
    var chunks = Array(pieces(line, breaksHyphens: breaksHyphens).reversed())
    var lines: [String] = []
    while let first = chunks.last {
      if isBlank(first), !lines.isEmpty {
        chunks.removeLast()
        if chunks.isEmpty { break }
      }
      var current: [String] = []
      var length = 0
      while let next = chunks.last, length + next.unicodeScalars.count <= width {
        length += next.unicodeScalars.count
        current.append(next)
        chunks.removeLast()
      }
      if let next = chunks.last, next.unicodeScalars.count > width {
        if breaksWords {
          let space = max(width - length, 1)
          let cut = cutLength(next, space, breaksHyphens: breaksHyphens)
          current.append(String(next.unicodeScalars.prefix(cut)))
          chunks[chunks.count - 1] = String(next.unicodeScalars.dropFirst(cut))
          if chunks.last == "" { chunks.removeLast() }
        } else if current.isEmpty {
          current.append(next)
          chunks.removeLast()
        }
      }
      if let last = current.last, isBlank(last) { current.removeLast() }
      if !current.isEmpty { lines.append(current.joined()) }
    }
    return lines
  }

  /// Where a word that is too long is cut: behind its last dash that fits, if it has one.
  private static func cutLength(_ word: String, _ space: Int, breaksHyphens: Bool) -> Int {
    guard breaksHyphens else { return space }
    let scalars = Array(word.unicodeScalars.prefix(space))
    guard let dash = scalars.lastIndex(of: "-"), dash > 0, scalars[..<dash].contains(where: { $0 != "-" })
    else {
      return space
    }
    return dash + 1
  }

  private static func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(isSpace) }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    (scalar.value >= 9 && scalar.value <= 13) || scalar == " "
  }

  /// The words and the spaces between them; words with dashes in parts.
  private static func pieces(_ line: String, breaksHyphens: Bool) -> [String] {
    var pieces: [String] = []
    var current = String.UnicodeScalarView()
    var isSpaces = false
    func flush() {
      guard !current.isEmpty else { return }
      if isSpaces || !breaksHyphens {
        pieces.append(String(current))
      } else {
        pieces.append(contentsOf: parts(Array(current)))
      }
      current = String.UnicodeScalarView()
    }
    for scalar in line.unicodeScalars {
      if isSpace(scalar) != isSpaces {
        flush()
        isSpaces = isSpace(scalar)
      }
      current.append(scalar)
    }
    flush()
    return pieces
  }

  /// A word cut behind each dash between letters, and around dashes of two or more.
  private static func parts(_ word: [Unicode.Scalar]) -> [String] {
    var parts: [String] = []
    var start = 0
    func isLetter(_ index: Int) -> Bool {
      word.indices.contains(index) && (word[index].properties.isAlphabetic || word[index] == "_")
    }
    func isWord(_ index: Int) -> Bool {
      word.indices.contains(index) && (isLetter(index) || word[index].properties.numericType != nil)
    }
    func take(_ end: Int) {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: word[start..<end])
      if !view.isEmpty { parts.append(String(view)) }
      start = end
    }
    var index = 0
    while index < word.count {
      guard word[index] == "-" else {
        index += 1
        continue
      }
      var end = index
      while end < word.count, word[end] == "-" { end += 1 }
      if end - index >= 2, index > 0,
        isWord(index - 1) || "!\"'&.,?".unicodeScalars.contains(word[index - 1]),
        isWord(end)
      {
        take(index)
        take(end)
      } else if end - index == 1, isLetter(index - 1), isLetter(index - 2), isLetter(index + 1),
        isLetter(index + 2)
      {
        take(end)
      } else if end - index == 1, isLetter(index - 1),
        isLetter(index - 2) || word.prefix(index - 1).last == "-",
        isLetter(index + 1), index + 2 < word.count, word[index + 2] == "-"
      {
        take(end)
      }
      index = end
    }
    take(word.count)
    return parts
  }
}

/// Python's `pprint.pformat` with its usual width of 80.
enum PrettyPrint {
  static func text(of value: Value) -> String {
    // What holds itself, or is huge, is not worth being laid out.
    let plain = Repr.text(of: value, limit: 1 << 20)
    if plain.utf8.count > 1 << 20 || plain.contains("[...]") || plain.contains("{...}") { return plain }
    var printer = Printer()
    printer.write(value, indent: 0, allowance: 0, depth: 0)
    return printer.text
  }

  private struct Printer {
    var text = ""
    private let width = 80

    mutating func write(_ value: Value, indent: Int, allowance: Int, depth: Int) {
      let plain = PrettyPrint.sortedRepr(value, depth: depth)
      guard plain.unicodeScalars.count > width - indent - allowance, depth < 100 else {
        text += plain
        return
      }
      switch value {
      case .dict(let dict) where dict.count > 0: write(dict, indent, allowance, depth)
      case .list(let list): write(list.items, "[", "]", indent, allowance, depth)
      case .tuple(let items): write(items, "(", items.count == 1 ? ",)" : ")", indent, allowance, depth)
      case .string(let string): write(string, indent, allowance, depth)
      default: text += plain
      }
    }

    private mutating func write(_ dict: DictObject, _ indent: Int, _ allowance: Int, _ depth: Int) {
      text += "{"
      let entries = PrettyPrint.sorted(dict)
      for (index, entry) in entries.enumerated() {
        let isLast = index == entries.count - 1
        let key = PrettyPrint.sortedRepr(entry.key, depth: depth + 1)
        text += key + ": "
        write(
          entry.value, indent: indent + 1 + key.unicodeScalars.count + 2,
          allowance: isLast ? allowance + 1 : 1,
          depth: depth + 1)
        if !isLast { text += ",\n" + String(repeating: " ", count: indent + 1) }
      }
      text += "}"
    }

    private mutating func write(
      _ items: [Value], _ open: String, _ close: String, _ indent: Int, _ allowance: Int, _ depth: Int
    ) {
      text += open
      for (index, item) in items.enumerated() {
        let isLast = index == items.count - 1
        write(
          item, indent: indent + 1, allowance: isLast ? allowance + close.utf8.count : 1, depth: depth + 1)
        if !isLast { text += ",\n" + String(repeating: " ", count: indent + 1) }
      }
      text += close
    }

    /// A long text is cut into lines of its own words.
    private mutating func write(_ string: String, _ indent: Int, _ allowance: Int, _ depth: Int) {
      let isNested = depth > 0
      let start = isNested ? indent : indent + 1
      let room = width - start
      var chunks: [String] = []
      let lines = Splitting.lines(string, keepingEnds: true)
      for (number, line) in lines.enumerated() {
        let isLast = number == lines.count - 1
        let whole = Repr.quoted(line)
        if whole.unicodeScalars.count <= room - (isLast ? allowance + (isNested ? 0 : 1) : 0) {
          chunks.append(whole)
          continue
        }
        var current = ""
        let words = PrettyPrint.wordsWithSpaces(line)
        for (index, word) in words.enumerated() {
          let candidate = current + word
          let isVeryLast = isLast && index == words.count - 1
          let limit = room - (isVeryLast ? allowance + (isNested ? 0 : 1) : 0)
          if Repr.quoted(candidate).unicodeScalars.count > limit {
            if !current.isEmpty { chunks.append(Repr.quoted(current)) }
            current = word
          } else {
            current = candidate
          }
        }
        if !current.isEmpty { chunks.append(Repr.quoted(current)) }
      }
      if chunks.count == 1 {
        text += chunks[0]
        return
      }
      if !isNested { text += "(" }
      text += chunks.joined(separator: "\n" + String(repeating: " ", count: start))
      if !isNested { text += ")" }
    }
  }

  private static func sorted(_ dict: DictObject) -> [DictEntry] {
    let keys = dict.keys
    let comparable = keys.allSatisfy { $0.stringValue != nil } || keys.allSatisfy { $0.doubleValue != nil }
    guard comparable else { return dict.entries }
    let order = Sorting.sortedComparable(keys)
    return order.map { DictEntry($0, dict[$0] ?? .none) }
  }

  /// `repr`, with the keys of dictionaries in order.
  private static func sortedRepr(_ value: Value, depth: Int) -> String {
    guard depth < 100 else { return value.repr() }
    switch value {
    case .dict(let dict):
      return "{"
        + sorted(dict).map {
          "\(sortedRepr($0.key, depth: depth + 1)): \(sortedRepr($0.value, depth: depth + 1))"
        }.joined(separator: ", ") + "}"
    case .list(let list):
      return "[" + list.items.map { sortedRepr($0, depth: depth + 1) }.joined(separator: ", ") + "]"
    case .tuple(let items):
      let inner = items.map { sortedRepr($0, depth: depth + 1) }.joined(separator: ", ")
      return items.count == 1 ? "(\(inner),)" : "(\(inner))"
    default: return value.repr()
    }
  }

  private static func wordsWithSpaces(_ line: String) -> [String] {
    var words: [String] = []
    var current = ""
    var seesSpace = false
    for scalar in line.unicodeScalars {
      if TextSearch.isSpace(scalar) {
        seesSpace = true
      } else if seesSpace {
        words.append(current)
        current = ""
        seesSpace = false
      }
      current.unicodeScalars.append(scalar)
    }
    if !current.isEmpty { words.append(current) }
    return words
  }
}
