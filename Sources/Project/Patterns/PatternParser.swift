import Diagnostics

/// Translates a pattern of Python's `re` into instructions.
struct PatternParser {
  struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotTakesLineBreaks = false
    var isVerbose = false
  }

  /// Why a pattern cannot be read.
  struct Mistake: Error {
    let message: String
  }

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var flags: Flags
  /// Groups that were opened; group 0 is the whole match.
  private(set) var groups = 0
  private(set) var names: [String: Int] = [:]
  /// Slots beyond those of groups, for `unlessMoved`.
  private var marks = 0
  private var depth = 0

  /// Slots of marks are counted from here until the number of groups is known.
  private static let firstMark = 1_000_000
  private static let mostInstructions = 100_000

  init(_ text: String, _ flags: Flags) {
    scalars = Array(text.unicodeScalars)
    self.flags = flags
  }

  /// The instructions, and how many slots they use.
  mutating func program() throws(Mistake) -> (instructions: [PatternInstruction], slots: Int) {
    let body = try alternatives()
    guard position == scalars.count else { throw Mistake(message: "unbalanced parenthesis") }
    let whole = [.save(0)] + Self.shifted(body, 1) + [.save(1), .done]
    let base = (groups + 1) * 2
    return (Self.placed(whole, marksFrom: base), base + marks)
  }

  private static func placed(_ code: [PatternInstruction], marksFrom base: Int) -> [PatternInstruction] {
    func slot(_ number: Int) -> Int { number >= firstMark ? number - firstMark + base : number }
    return code.map { instruction in
      switch instruction {
      case .save(let number): .save(slot(number))
      case .unlessMoved(let number, let place): .unlessMoved(slot(number), to: place)
      case .look(let part, let width, let isNegated):
        .look(placed(part, marksFrom: base), behind: width, isNegated: isNegated)
      case .atomic(let part): .atomic(placed(part, marksFrom: base))
      default: instruction
      }
    }
  }

  // MARK: - Reading

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func skip(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  /// Passes over what a verbose pattern says to people.
  private mutating func skipSpace() {
    guard flags.isVerbose else { return }
    while let scalar = next {
      if scalar == "#" {
        while let other = next, other != "\n" { position += 1 }
      } else if scalar.properties.isWhitespace {
        position += 1
      } else {
        return
      }
    }
  }

  private mutating func alternatives() throws(Mistake) -> [PatternInstruction] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 100 else { throw Mistake(message: "groups are nested too deeply") }
    let outer = flags
    var branches = [try sequence()]
    while skip("|") { branches.append(try sequence()) }
    flags = outer
    var code = branches[branches.count - 1]
    for branch in branches.dropLast().reversed() {
      // split to the branch, which jumps behind the rest; offsets are relative until they are placed.
      code =
        [.split(1, branch.count + 2)] + Self.shifted(branch, 1) + [.jump(branch.count + 2 + code.count)]
        + Self.shifted(code, branch.count + 2)
    }
    return code
  }

  /// Code whose jumps are counted from where it is put.
  private static func shifted(_ code: [PatternInstruction], _ distance: Int) -> [PatternInstruction] {
    code.map { instruction in
      switch instruction {
      case .split(let first, let second): .split(first + distance, second + distance)
      case .jump(let place): .jump(place + distance)
      case .unlessMoved(let slot, let place): .unlessMoved(slot, to: place + distance)
      default: instruction
      }
    }
  }

  private mutating func sequence() throws(Mistake) -> [PatternInstruction] {
    var code: [PatternInstruction] = []
    while true {
      skipSpace()
      guard let scalar = next, scalar != "|", scalar != ")" else { return code }
      let part = try repeated(try atom())
      code += Self.shifted(part, code.count)
      guard code.count < Self.mostInstructions else { throw Mistake(message: "the pattern is too large") }
    }
  }

  private mutating func repeated(_ part: [PatternInstruction]) throws(Mistake) -> [PatternInstruction] {
    var part = part
    while true {
      skipSpace()
      guard let (least, most) = try bounds() else { return part }
      let isLazy = skip("?")
      let isPossessive = !isLazy && skip("+")
      part = try repeating(part, least, most, isLazy: isLazy)
      if isPossessive { part = [.atomic(part + [.done])] }
    }
  }

  private mutating func bounds() throws(Mistake) -> (least: Int, most: Int?)? {
    if skip("*") { return (0, nil) }
    if skip("+") { return (1, nil) }
    if skip("?") { return (0, 1) }
    let start = position
    guard skip("{") else { return nil }
    let least = number()
    let hasComma = skip(",")
    let most = hasComma ? number() : least
    guard skip("}"), least != nil || hasComma else {
      // A brace that is no quantifier is itself.
      position = start
      return nil
    }
    guard most.map({ $0 >= least ?? 0 }) ?? true else {
      throw Mistake(message: "min repeat greater than max repeat")
    }
    return (least ?? 0, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = next, ("0"..."9").contains(scalar) {
      value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), 1_000_000)
      position += 1
    }
    return value
  }

  private mutating func repeating(
    _ part: [PatternInstruction], _ least: Int, _ most: Int?, isLazy: Bool
  ) throws(Mistake) -> [PatternInstruction] {
    guard part.count * max(least, most ?? 0) < Self.mostInstructions else {
      throw Mistake(message: "the pattern is too large")
    }
    func split(_ first: Int, _ second: Int) -> PatternInstruction {
      isLazy ? .split(second, first) : .split(first, second)
    }
    var code: [PatternInstruction] = []
    for _ in 0..<least { code += Self.shifted(part, code.count) }
    guard let most else {
      let mark = Self.firstMark + marks
      marks += 1
      let start = code.count
      code.append(split(start + 1, start + part.count + 4))
      code.append(.save(mark))
      code += Self.shifted(part, start + 2)
      return code + [.unlessMoved(mark, to: code.count + 2), .jump(start)]
    }
    let end = code.count + (most - least) * (part.count + 1)
    for _ in least..<most {
      code.append(split(code.count + 1, end))
      code += Self.shifted(part, code.count)
    }
    return code
  }

  // MARK: - Atoms

  private mutating func atom() throws(Mistake) -> [PatternInstruction] {
    guard let scalar = next else { return [] }
    position += 1
    switch scalar {
    case "(": return try group()
    case "[": return [.take(try set())]
    case ".":
      let lineBreak: ClosedRange<UInt32> = 10...10
      return [.take(ScalarSet(ranges: flags.dotTakesLineBreaks ? [] : [lineBreak], isNegated: true))]
    case "^": return [flags.isMultiline ? .lineStart : .textStart]
    case "$": return [flags.isMultiline ? .lineEnd : .textEndOrLastLine]
    case "\\": return [try escape()]
    case "*", "+", "?": throw Mistake(message: "nothing to repeat")
    default: return [.take(.single(scalar, ignoresCase: flags.ignoresCase))]
    }
  }

  private mutating func group() throws(Mistake) -> [PatternInstruction] {
    guard skip("?") else { return try captured(nil) }
    if skip(":") { return try closed() }
    if skip("=") { return [.look(try closed() + [.done], behind: nil, isNegated: false)] }
    if skip("!") { return [.look(try closed() + [.done], behind: nil, isNegated: true)] }
    if skip("<=") { return [try behind(isNegated: false)] }
    if skip("<!") { return [try behind(isNegated: true)] }
    if skip(">") { return [.atomic(try closed() + [.done])] }
    if skip("#") {
      while let scalar = next, scalar != ")" { position += 1 }
      guard skip(")") else { throw Mistake(message: "missing ), unterminated comment") }
      return []
    }
    if skip("P<") || skip("<") { return try captured(try name(until: ">")) }
    if skip("P=") {
      let name = try name(until: ")")
      guard let group = names[name] else { throw Mistake(message: "unknown group name '\(name)'") }
      return [.again(group: group, ignoresCase: flags.ignoresCase)]
    }
    return try flagged()
  }

  private mutating func behind(isNegated: Bool) throws(Mistake) -> PatternInstruction {
    let part = try closed() + [.done]
    guard let width = Self.width(of: part) else {
      throw Mistake(message: "look-behind requires fixed-width pattern")
    }
    return .look(part, behind: width, isNegated: isNegated)
  }

  /// How many characters code takes, whichever way it goes; nil if that is not always as many.
  private static func width(of code: [PatternInstruction]) -> Int? {
    var widths = [Int?](repeating: 0, count: code.count + 1)
    for (place, instruction) in code.enumerated().reversed() {
      func later(_ target: Int) -> Int? { target > place ? widths[target] : nil }
      let rest = widths[place + 1]
      widths[place] =
        switch instruction {
        case .done: 0
        case .take: rest.map { $0 + 1 }
        case .jump(let target): later(target)
        case .split(let first, let second): later(first) == later(second) ? later(first) : nil
        case .atomic(let part): rest.flatMap { rest in width(of: part).map { rest + $0 } }
        case .again, .unlessMoved: nil
        case .save, .look, .lineStart, .lineEnd, .textStart, .textEnd, .textEndOrLastLine, .wordEdge: rest
        }
    }
    return widths[0]
  }

  private mutating func captured(_ name: String?) throws(Mistake) -> [PatternInstruction] {
    groups += 1
    let group = groups
    if let name { names[name] = group }
    return [.save(group * 2)] + Self.shifted(try closed(), 1) + [.save(group * 2 + 1)]
  }

  private mutating func closed() throws(Mistake) -> [PatternInstruction] {
    let code = try alternatives()
    guard skip(")") else { throw Mistake(message: "missing ), unterminated subpattern") }
    return code
  }

  private mutating func name(until end: Unicode.Scalar) throws(Mistake) -> String {
    let start = position
    while let scalar = next, scalar != end { position += 1 }
    guard next == end, position > start else { throw Mistake(message: "missing group name") }
    let name = String(String.UnicodeScalarView(scalars[start..<position]))
    position += 1
    return name
  }

  /// `(?i)` for what follows, `(?i:…)` for a part.
  private mutating func flagged() throws(Mistake) -> [PatternInstruction] {
    let outer = flags
    var isOn = true
    while let scalar = next, scalar != ")", scalar != ":" {
      position += 1
      switch scalar {
      case "-": isOn = false
      case "i": flags.ignoresCase = isOn
      case "m": flags.isMultiline = isOn
      case "s": flags.dotTakesLineBreaks = isOn
      case "x": flags.isVerbose = isOn
      case "a", "u", "L": break
      default: throw Mistake(message: "unknown extension ?\(scalar)")
      }
    }
    if skip(")") { return [] }
    guard skip(":") else { throw Mistake(message: "missing -, : or )") }
    let code = try closed()
    flags = outer
    return code
  }

  private mutating func escape() throws(Mistake) -> PatternInstruction {
    guard let scalar = next else { throw Mistake(message: "bad escape (end of pattern)") }
    switch scalar {
    case "A", "Z", "b", "B":
      position += 1
      switch scalar {
      case "A": return .textStart
      case "Z": return .textEnd
      default: return .wordEdge(isNegated: scalar == "B")
      }
    case "1"..."9":
      let group = number() ?? 0
      guard group <= groups else { throw Mistake(message: "invalid group reference \(group)") }
      return .again(group: group, ignoresCase: flags.ignoresCase)
    default:
      var set = ScalarSet(ignoresCase: flags.ignoresCase)
      try escaped(into: &set)
      return .take(set)
    }
  }

  /// Puts what stands behind a backslash into a set; returns the scalar if it is a single one.
  @discardableResult
  private mutating func escaped(into set: inout ScalarSet) throws(Mistake) -> Unicode.Scalar? {
    guard let scalar = next else { throw Mistake(message: "bad escape (end of pattern)") }
    position += 1
    let classes: [Unicode.Scalar: ScalarSet.Class] = ["d": .digit, "w": .word, "s": .space]
    if let kind = classes[scalar] {
      set.classes.append((kind, false))
      return nil
    }
    if let kind = ScalarSet.mapped(scalar.properties.lowercaseMapping).flatMap({ classes[$0] }) {
      set.classes.append((kind, true))
      return nil
    }
    let known: [Unicode.Scalar: Unicode.Scalar] = [
      "n": "\n", "t": "\t", "r": "\r", "f": "\u{0C}", "v": "\u{0B}", "a": "\u{07}", "b": "\u{08}", "0": "\0",
    ]
    let digits: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]
    var single = known[scalar] ?? scalar
    if let count = digits[scalar] {
      let text = String(String.UnicodeScalarView(scalars[position...].prefix(count)))
      guard text.utf8.count == count, let value = UInt32(text, radix: 16), let found = Unicode.Scalar(value)
      else { throw Mistake(message: "incomplete escape \\\(scalar)\(text)") }
      position += count
      single = found
    } else if known[scalar] == nil, scalar.isASCII, scalar.properties.isAlphabetic {
      throw Mistake(message: "bad escape \\\(scalar)")
    }
    set.ranges.append(single.value...single.value)
    return single
  }

  private mutating func set() throws(Mistake) -> ScalarSet {
    var set = ScalarSet(ignoresCase: flags.ignoresCase)
    set.isNegated = skip("^")
    var isFirst = true
    while let scalar = next, isFirst || scalar != "]" {
      isFirst = false
      position += 1
      var low: Unicode.Scalar? = scalar
      if scalar == "\\" {
        low = try escaped(into: &set)
      } else {
        set.ranges.append(scalar.value...scalar.value)
      }
      guard let low, next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else { continue }
      position += 1
      guard var high = next else { break }
      position += 1
      if high == "\\" {
        guard let single = try escaped(into: &set) else { throw Mistake(message: "bad character range") }
        high = single
      }
      guard high.value >= low.value else { throw Mistake(message: "bad character range \(low)-\(high)") }
      set.ranges.append(low.value...high.value)
    }
    guard skip("]") else { throw Mistake(message: "unterminated character set") }
    return set
  }
}
