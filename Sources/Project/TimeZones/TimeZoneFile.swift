/// Reads the files in which systems keep the clocks of places (RFC 8536).
struct TimeZoneFile {
  /// Where systems keep them.
  static let folders = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/var/db/timezone/zoneinfo"]

  /// The zone of a name such as `Europe/Berlin`; nil if the system does not know it.
  static func zone(named name: String) -> TimeZoneData? {
    if ["UTC", "GMT"].contains(name) { return name == "UTC" ? .utc : greenwich }
    let isName = name.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "/_+-".utf8.contains(byte)
    }
    guard isName, !name.isEmpty, !name.hasPrefix("/") else { return nil }
    for folder in folders {
      let path = "\(folder)/\(name)"
      guard let bytes = try? FileSystem.bytes(of: path, shownAs: name) else {  // unknown: the caller says so
        continue
      }
      var file = TimeZoneFile(bytes: bytes)
      if let zone = file.zone(name) { return zone }
    }
    return nil
  }

  private static let greenwich = TimeZoneData(
    name: "GMT", initial: ClockOffset(seconds: 0, daylightSeconds: 0, name: "GMT"))

  private let bytes: [UInt8]
  private var position = 0

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private struct Header {
    var version: UInt8
    var clocks: Int
    var standards: Int
    var leaps: Int
    var changes: Int
    var kinds: Int
    var letters: Int

    /// Bytes of the block behind the header.
    func length(wordSize: Int) -> Int {
      changes * (wordSize + 1) + kinds * 6 + letters + leaps * (wordSize + 4) + standards + clocks
    }
  }

  private mutating func zone(_ name: String) -> TimeZoneData? {
    guard var header = header() else { return nil }
    var wordSize = 4
    if header.version >= 0x32 {
      // Behind the first block, which old readers take, stands one whose moments have 64 bits.
      position += header.length(wordSize: 4)
      guard let second = self.header() else { return nil }
      header = second
      wordSize = 8
    }
    let start = position
    guard header.kinds > 0, start + header.length(wordSize: wordSize) <= bytes.count else { return nil }
    let moments = (0..<header.changes).map { number(at: start + $0 * wordSize, size: wordSize) }
    let indexes = (0..<header.changes).map { Int(bytes[start + header.changes * wordSize + $0]) }
    guard let kinds = kinds(at: start + header.changes * (wordSize + 1), header),
      indexes.allSatisfy({ kinds.indices.contains($0) })
    else { return nil }
    position = start + header.length(wordSize: wordSize)
    let initial = kinds.first { !$0.isDaylight } ?? kinds[0]
    let offsets = Self.offsets([initial] + indexes.map { kinds[$0] })
    var zone = TimeZoneData(name: name, initial: offsets[0])
    zone.changes = zip(moments, offsets.dropFirst()).map { ($0, $1) }
    if wordSize == 8 { zone.rule = rule() }
    return zone
  }

  private mutating func header() -> Header? {
    guard position + 44 <= bytes.count, bytes[position..<position + 4].elementsEqual("TZif".utf8) else {
      return nil
    }
    let counts = (0..<6).map { number(at: position + 20 + $0 * 4, size: 4) }
    let version = bytes[position + 4]
    position += 44
    guard counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
    return Header(
      version: version, clocks: counts[0], standards: counts[1], leaps: counts[2], changes: counts[3],
      kinds: counts[4], letters: counts[5])
  }

  private func number(at start: Int, size: Int) -> Int {
    let unsigned = bytes[start..<start + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return size == 4 ? Int(Int32(truncatingIfNeeded: unsigned)) : Int(Int64(truncatingIfNeeded: unsigned))
  }

  private typealias Kind = (seconds: Int, isDaylight: Bool, name: String)

  private func kinds(at start: Int, _ header: Header) -> [Kind]? {
    let letters = bytes[(start + header.kinds * 6)..<(start + header.kinds * 6 + header.letters)]
    return (0..<header.kinds).map { index in
      let entry = start + index * 6
      let name = letters.dropFirst(Int(bytes[entry + 5])).prefix { $0 != 0 }
      return (number(at: entry, size: 4), bytes[entry + 4] != 0, String(decoding: name, as: UTF8.self))
    }
  }

  /// With what daylight saving time adds: the file has only the sums.
  private static func offsets(_ kinds: [Kind]) -> [ClockOffset] {
    kinds.indices.map { index in
      let kind = kinds[index]
      var added = 0
      if kind.isDaylight {
        let before = kinds[..<index].last { !$0.isDaylight }.map { kind.seconds - $0.seconds } ?? 0
        let after = kinds[index...].first { !$0.isDaylight }.map { kind.seconds - $0.seconds } ?? before
        added = (1...10_800).contains(before) ? before : after
      }
      return ClockOffset(seconds: minutes(kind.seconds), daylightSeconds: minutes(added), name: kind.name)
    }
  }

  /// To whole minutes, which is all that Python's dates took when pytz was made.
  private static func minutes(_ seconds: Int) -> Int { Int((Double(seconds + 30) / 60).rounded(.down)) * 60 }

  /// The line behind the block: `CET-1CEST,M3.5.0,M10.5.0/3`.
  private func rule() -> DaylightRule? {
    guard position < bytes.count, bytes[position] == 0x0A else { return nil }
    var parser = DaylightRuleParser(
      String(decoding: bytes[(position + 1)...].prefix { $0 != 0x0A }, as: UTF8.self))
    return parser.rule()
  }
}

/// Reads a rule in the form of the variable `TZ`.
struct DaylightRuleParser {
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  mutating func rule() -> DaylightRule? {
    guard let name = name(), let west = time() else { return nil }
    var rule = DaylightRule(standard: ClockOffset(seconds: -west, daylightSeconds: 0, name: name))
    guard let summer = self.name() else { return rest.isEmpty ? rule : nil }
    let ahead = rest.first == "," ? 3600 - west : time().map { -$0 }
    guard let ahead, let start = change(), let end = change(), rest.isEmpty else { return nil }
    rule.daylight = ClockOffset(seconds: ahead, daylightSeconds: ahead + west, name: summer)
    (rule.start, rule.end) = (start, end)
    return rule
  }

  private mutating func skip(_ character: Character) -> Bool {
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func name() -> String? {
    if skip("<") {
      let name = rest.prefix { $0 != ">" }
      rest = rest.dropFirst(name.count + 1)
      return String(name)
    }
    let name = rest.prefix { $0.isLetter }
    rest = rest.dropFirst(name.count)
    return name.isEmpty ? nil : String(name)
  }

  private mutating func number() -> Int? {
    let digits = rest.prefix { $0.isNumber }
    rest = rest.dropFirst(digits.count)
    return Int(digits)
  }

  /// `[-]hours[:minutes[:seconds]]`, in seconds.
  private mutating func time() -> Int? {
    let isNegative = skip("-")
    if !isNegative { _ = skip("+") }
    guard var seconds = number().map({ $0 * 3600 }) else { return nil }
    for unit in [60, 1] where skip(":") { seconds += (number() ?? 0) * unit }
    return isNegative ? -seconds : seconds
  }

  private mutating func change() -> (day: DaylightRule.Day, seconds: Int)? {
    guard skip(","), let day = day() else { return nil }
    guard skip("/") else { return (day, 7200) }
    return time().map { (day, $0) }
  }

  private mutating func day() -> DaylightRule.Day? {
    if skip("M") {
      guard let month = number(), skip("."), let week = number(), skip("."), let weekday = number(),
        (1...12).contains(month), (1...5).contains(week), (0...6).contains(weekday)
      else { return nil }
      return .weekday(weekday, week: week, month: month)
    }
    if skip("J") { return number().map { .ofCommonYear($0) } }
    return number().map { .ofYear($0) }
  }
}
