import Diagnostics
import Project

/// Goes over the spooled rows of a parent table and gives what its children's requests need, each request once.
struct ParentRows: ~Copyable {
  private let table: String
  private let child: RESTResource
  private let placeholders: [Placeholder]
  private let bounds: Bindings
  private var lines: LineReader
  private var seen: Set<[UInt64]> = []
  private var count = 0
  private var skipped = 0
  private var asked = 0

  /// One chain of requests.
  struct Chain: Sendable {
    /// Its number, from 0.
    let number: Int
    let bindings: Bindings
    /// The members that each of its rows gets, as JSON.
    let prefix: [UInt8]
  }

  /// `bounds` are the values that do not come from a parent.
  init(_ table: String, files: [String], for child: RESTResource, bounds: Bindings) {
    self.table = table
    self.child = child
    self.bounds = bounds
    placeholders = child.placeholders.filter { $0.owner == table }
    lines = LineReader(files)
  }

  /// The name under which a parent's field is added to a row.
  static func name(of field: JSONPath, in table: String) -> String {
    "_\(table)_" + (field.memberNames?.joined(separator: "_") ?? field.description)
  }

  /// The next chain; nil behind the last. Throws a diagnostic if the rows cannot be read, or if none has what is needed.
  mutating func next() throws -> Chain? {
    while let line = try lines.next() {
      count += 1
      guard let (bindings, prefix) = try line.withUnsafeBufferPointer({ try values(in: $0) }) else {
        skipped += 1
        continue
      }
      guard seen.insert(mark(bindings, prefix)).inserted else { continue }
      defer { asked += 1 }
      return Chain(number: asked, bindings: bindings, prefix: prefix)
    }
    if skipped == count, count > 0 { throw nothingUsable }
    return nil
  }

  /// What is to be told about rows that were passed over.
  var warning: Diagnostic? {
    guard skipped > 0 else { return nil }
    return Diagnostic(
      .sourceDoubtful,
      "\(skipped) of \(count) rows of '\(table)' have no value for \(names): nothing was asked for them",
      severity: .warning)
  }

  private var names: String { placeholders.map(\.description).joined(separator: " and ") }

  private var nothingUsable: Diagnostic {
    Diagnostic(
      .sourceParent, "no row of '\(table)' has a value for \(names), which '\(child.name)' needs",
      hint: "check the field's name: it is looked for in the rows as the source gives them")
  }

  /// Nil if the row lacks a value.
  private func values(in row: UnsafeBufferPointer<UInt8>) throws -> (Bindings, [UInt8])? {
    var bindings = bounds
    for placeholder in placeholders {
      guard let place = try placeholder.path.matches(in: row).ranges.first,
        let text = JSONText.scalar(row, place), !text.isEmpty
      else { return nil }
      bindings[placeholder] = BoundValue(text: text, json: JSONText.raw(row, place))
    }
    var members: [String] = []
    for field in child.includeFromParent {
      let place = try field.matches(in: row).ranges.first
      let value = place.map { JSONText.raw(row, $0) } ?? "null"
      members.append("\(JSONText.quoted(Self.name(of: field, in: table))):\(value)")
    }
    return (bindings, Array(members.joined(separator: ",").utf8))
  }

  /// 128 bits that stand for a request: two rows that lead to the same one ask once.
  private func mark(_ bindings: Bindings, _ prefix: [UInt8]) -> [UInt64] {
    (0..<2).map { round in
      var hasher = Hasher()
      hasher.combine(round)
      for placeholder in placeholders { hasher.combine(bindings[placeholder]?.json) }
      hasher.combine(prefix)
      return UInt64(bitPattern: Int64(hasher.finalize()))
    }
  }
}
