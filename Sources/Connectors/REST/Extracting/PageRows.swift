import Diagnostics
import Project

/// Lines of newline-delimited JSON on their way to disk.
struct LineBuffer: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var rows = 0
  private(set) var longest = 0

  /// Adds a row: `prefix`, which are members, goes into it first. What is no mapping becomes one with a `value`.
  mutating func append(_ row: Slice<UnsafeBufferPointer<UInt8>>, prefix: [UInt8]) {
    let start = bytes.count
    if row.first == 0x7B {
      if prefix.isEmpty {
        append(unbroken: row)
      } else {
        let rest = row.dropFirst().drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        bytes.append(0x7B)
        bytes += prefix
        if rest.first != 0x7D { bytes.append(0x2C) }
        append(unbroken: rest)
      }
    } else {
      bytes.append(0x7B)
      if !prefix.isEmpty { bytes += prefix + [0x2C] }
      bytes += Array(#""value":"#.utf8)
      append(unbroken: row)
      bytes.append(0x7D)
    }
    bytes.append(0x0A)
    rows += 1
    longest = max(longest, bytes.count - start)
  }

  /// Adds JSON without its line ends, which can only be white space between its parts.
  private mutating func append(unbroken row: Slice<UnsafeBufferPointer<UInt8>>) {
    if row.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
      bytes.append(contentsOf: row.lazy.filter { $0 != 0x0A && $0 != 0x0D })
    } else {
      bytes.append(contentsOf: row)
    }
  }

  mutating func append(contentsOf other: LineBuffer) {
    bytes += other.bytes
    rows += other.rows
    longest = max(longest, other.longest)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    rows = 0
    longest = 0
  }
}

/// Takes the rows of pages, in order. Not shared between tasks.
protocol RowSink: AnyObject {
  /// Takes all rows of the buffer.
  func take(_ lines: LineBuffer) throws
}

/// Finds the rows in a response.
struct PageRows {
  private static let pieceSize = 1 << 20

  let resource: RESTResource
  /// Members that every row gets, and their names.
  let prefix: [UInt8]
  let prefixNames: [String]

  /// What was found.
  struct Found {
    var rows = 0
    var lastRow: Range<Int>?
    var digest = 0
    /// A list within a response that was taken as one row.
    var listWithin: String?
  }

  /// Hands every row of `document`, which is valid JSON, to `sink`; at most `limit`. Throws a diagnostic if the rows are not
  /// where they should be.
  func read(
    _ document: UnsafeBufferPointer<UInt8>, limit: Int?, into sink: some RowSink
  ) throws -> Found {
    let path = resource.dataSelector ?? .root
    let matches = try path.matches(in: document)
    var found = Found()
    var hasher = Hasher()
    var lines = LineBuffer()
    func take(_ row: Range<Int>) throws {
      if let limit, found.rows >= limit { return }
      if !prefixNames.isEmpty { try refuseCollision(document, row) }
      if let exact = try exactly(document, row) {
        exact.withUnsafeBufferPointer { lines.append($0[...], prefix: prefix) }
      } else {
        lines.append(document[row], prefix: prefix)
      }
      hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(document)[row]))
      found.rows += 1
      found.lastRow = row
      guard lines.bytes.count > Self.pieceSize else { return }
      try sink.take(lines)
      lines.removeAll()
      try Task.checkCancellation()
    }
    for match in matches.ranges {
      switch document[match.lowerBound] {
      case 0x5B where path.steps.last != .every: try JSONText.eachItem(document, match, take)
      case 0x6E where resource.dataSelector != nil: break
      default:
        try take(match)
        if resource.dataSelector == nil { found.listWithin = try Self.list(in: document, match) }
      }
    }
    if matches.ranges.isEmpty, matches.isMissing, !resource.isDataOptional { throw missing(path, document) }
    if lines.rows > 0 { try sink.take(lines) }
    hasher.combine(found.rows)
    found.digest = hasher.finalize()
    return found
  }

  /// The row with the numbers of exact fields as text, so that the engine does not make binary fractions of them; nil if
  /// there are none.
  private func exactly(_ document: UnsafeBufferPointer<UInt8>, _ row: Range<Int>) throws -> [UInt8]? {
    guard !resource.exactFields.isEmpty else { return nil }
    return try JSONText.quotingNumbers(document, row) { name in
      resource.exactFields.contains(RESTResource.plainName(name))
    }
  }

  private func missing(_ path: JSONPath, _ document: UnsafeBufferPointer<UInt8>) -> Diagnostic {
    let start = JSONText.trimmed(document, 0..<document.count)
    let names = document[start.lowerBound] == 0x7B ? try? JSONText.names(document, start) : nil  // valid JSON
    return Diagnostic(
      .sourceUnreadable, "the response has nothing at '\(path)' ('data_selector' of '\(resource.name)')",
      notes: names.map { ["it has: " + $0.prefix(20).joined(separator: ", ")] } ?? ["it is no mapping"],
      hint: "if a response without it means 'no rows', say 'data_optional: true'",
      cause: "it starts with: " + String(decoding: document[start].prefix(200), as: UTF8.self))
  }

  private func refuseCollision(_ document: UnsafeBufferPointer<UInt8>, _ row: Range<Int>) throws {
    guard document[row.lowerBound] == 0x7B else { return }
    let names = try JSONText.names(document, row)
    guard let name = prefixNames.first(where: names.contains) else { return }
    throw Diagnostic(
      .sourceUnreadable, "a row of '\(resource.name)' has a field '\(name)' of its own",
      hint: "leave it out of 'include_from_parent'")
  }

  /// The name of the only list of mappings among the members of the response.
  private static func list(in document: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) throws -> String? {
    guard document[range.lowerBound] == 0x7B else { return nil }
    var lists: [String] = []
    for name in try JSONText.names(document, range) {
      guard let place = try JSONText.member(name, document, range), document[place.lowerBound] == 0x5B else {
        continue
      }
      let inner = JSONText.trimmed(document, (place.lowerBound + 1)..<place.upperBound)
      if document[inner.lowerBound] == 0x7B { lists.append(name) }
    }
    return lists.count == 1 ? lists[0] : nil
  }
}
