import Diagnostics

/// A pattern of Python's `re`, ready to be looked for.
struct Pattern {
  private let program: [PatternInstruction]
  private let slots: Int
  let groups: Int
  let names: [String: Int]

  /// Throws what is wrong with the pattern.
  init(_ text: String, _ flags: PatternParser.Flags = .init()) throws(Diagnostic) {
    var parser = PatternParser(text, flags)
    do throws(PatternParser.Mistake) {
      (program, slots) = try parser.program()
    } catch {
      throw Diagnostic(.templateRuntime, "the pattern '\(text)' does not parse: \(error.message)")
    }
    (groups, names) = (parser.groups, parser.names)
  }

  /// Where and how a match must lie.
  enum Place {
    case anywhere, atStart, whole
  }

  /// The first match that begins at `start` or, if it may lie anywhere, behind it; one that takes nothing must not lie
  /// at `nonEmptyAt`. Throws if looking takes too long.
  func match(
    in text: [Unicode.Scalar], from start: Int = 0, _ place: Place = .anywhere, nonEmptyAt: Int? = nil
  ) throws(Diagnostic) -> PatternMatch? {
    var search = PatternSearch(text: text, slotCount: slots)
    for begin in start...text.count {
      let end = place == .whole ? text.count : nil
      if try search.run(program, from: begin, endingAt: end, movingFrom: nonEmptyAt == begin ? begin : nil)
        != nil
      {
        return PatternMatch(text: text, slots: Array(search.slots.prefix((groups + 1) * 2)))
      }
      if place != .anywhere { return nil }
    }
    return nil
  }

  /// All matches, one behind the other.
  func matches(in text: [Unicode.Scalar]) throws(Diagnostic) -> [PatternMatch] {
    var found: [PatternMatch] = []
    var start = 0
    var emptyAt: Int?
    while start <= text.count, let match = try match(in: text, from: start, nonEmptyAt: emptyAt) {
      let range = match.range(0) ?? start..<start
      found.append(match)
      start = range.upperBound
      emptyAt = range.isEmpty ? range.lowerBound : nil
    }
    return found
  }
}

/// What a pattern took.
struct PatternMatch {
  let text: [Unicode.Scalar]
  fileprivate(set) var slots: [Int?]

  /// Where a group lies; nil if it took no part.
  func range(_ group: Int) -> Range<Int>? {
    guard slots.indices.contains(group * 2 + 1), let start = slots[group * 2], let end = slots[group * 2 + 1]
    else { return nil }
    return start..<max(start, end)
  }

  func group(_ number: Int) -> String? {
    range(number).map { String(String.UnicodeScalarView(text[$0])) }
  }
}

/// Follows a pattern's ways through a text, going back where one fails. It keeps the ways it has not tried on a stack of
/// its own, so that long texts need no deep recursion, and gives up after so many steps.
struct PatternSearch {
  private static let mostSteps = 20_000_000

  let text: [Unicode.Scalar]
  var slots: [Int?]
  private var steps = 0

  init(text: [Unicode.Scalar], slotCount: Int) {
    self.text = text
    slots = Array(repeating: nil, count: slotCount)
  }

  private enum Pending {
    case way(place: Int, position: Int)
    case restore(slot: Int, value: Int?)
  }

  /// Where the first way through the program ends; nil if there is none.
  mutating func run(
    _ program: [PatternInstruction], from start: Int, endingAt end: Int? = nil, movingFrom begin: Int? = nil
  ) throws(Diagnostic) -> Int? {
    var pending: [Pending] = []
    var (place, position) = (0, start)
    while true {
      steps += 1
      guard steps < Self.mostSteps else {
        throw Diagnostic(
          .templateLimit, "the pattern takes too many steps on this text",
          hint: "avoid repetitions inside repetitions")
      }
      var goesOn = true
      switch program[place] {
      case .done:
        if position != begin, end == nil || end == position { return position }
        goesOn = false
      case .split(let first, let second):
        pending.append(.way(place: second, position: position))
        place = first
        continue
      case .jump(let target):
        place = target
        continue
      case .unlessMoved(let slot, let target) where slots[slot] == position:
        place = target
        continue
      case .save(let slot):
        pending.append(.restore(slot: slot, value: slots[slot]))
        slots[slot] = position
      case .take(let set):
        goesOn = position < text.count && set.contains(text[position])
        position += 1
      case .look, .atomic:
        let before = slots
        goesOn = try step(program[place], &position)
        for slot in before.indices where before[slot] != slots[slot] {
          pending.append(.restore(slot: slot, value: before[slot]))
        }
      case let instruction: goesOn = try step(instruction, &position)
      }
      if goesOn {
        place += 1
      } else if let way = back(&pending) {
        (place, position) = way
      } else {
        return nil
      }
    }
  }

  private mutating func back(_ pending: inout [Pending]) -> (Int, Int)? {
    while let last = pending.popLast() {
      switch last {
      case .way(let place, let position): return (place, position)
      case .restore(let slot, let value): slots[slot] = value
      }
    }
    return nil
  }

  private mutating func step(_ instruction: PatternInstruction, _ position: inout Int) throws(Diagnostic)
    -> Bool
  {
    switch instruction {
    case .textStart: return position == 0
    case .textEnd: return position == text.count
    case .textEndOrLastLine:
      return position == text.count || (position == text.count - 1 && text[position] == "\n")
    case .lineStart: return position == 0 || text[position - 1] == "\n"
    case .lineEnd: return position == text.count || text[position] == "\n"
    case .wordEdge(let isNegated): return (isWord(position - 1) != isWord(position)) != isNegated
    case .again(let group, let ignoresCase): return take(group, ignoresCase, &position)
    case .look(let part, let width, let isNegated):
      return try look(part, width, position, keeps: !isNegated) != isNegated
    case .atomic(let part):
      guard let end = try run(part, from: position) else { return false }
      position = end
      return true
    case .take, .split, .jump, .unlessMoved, .save, .done: return true
    }
  }

  private func isWord(_ position: Int) -> Bool {
    text.indices.contains(position) && ScalarSet.isIn(.word, text[position])
  }

  private func take(_ group: Int, _ ignoresCase: Bool, _ position: inout Int) -> Bool {
    guard let start = slots[group * 2], let end = slots[group * 2 + 1], end >= start,
      position + end - start <= text.count
    else { return false }
    for index in start..<end {
      let set = ScalarSet.single(text[index], ignoresCase: ignoresCase)
      guard set.contains(text[position + index - start]) else { return false }
    }
    position += end - start
    return true
  }

  /// Whether a part matches from a position on or, with a width, up to it. What it took is kept only if that is what is
  /// asked for.
  private mutating func look(
    _ part: [PatternInstruction], _ width: Int?, _ position: Int, keeps: Bool
  ) throws(Diagnostic) -> Bool {
    let start = position - (width ?? 0)
    guard start >= 0 else { return false }
    let before = slots
    let isFound = try run(part, from: start, endingAt: width == nil ? nil : position) != nil
    if !keeps || !isFound { slots = before }
    return isFound
  }
}
