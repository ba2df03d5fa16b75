import Diagnostics
import Project

/// Takes texts that changed into a manifest that Weir wrote, which costs far less than writing it anew.
public struct ManifestEdit: Sendable {
  private let edits: [EditedText]
  private let redactor: Redactor

  /// Prepares edits of texts, with what must not be shown.
  public init(_ edits: [EditedText], redactor: Redactor) {
    self.edits = edits
    self.redactor = redactor
  }

  /// Replaces the file by one with the edits in it. False if it does not hold the texts as they were: then nothing was
  /// done. Throws if the system refuses.
  public func apply(to path: String) throws(Diagnostic) -> Bool {
    guard let old = ArtifactFile.bytes(of: path), let replacements = replacements(in: old) else {
      return false
    }
    try ArtifactFile.replace(path) { stream throws(Diagnostic) in
      var place = 0
      for (range, bytes) in replacements {
        try stream.append(old[place..<range.lowerBound])
        try stream.append(bytes[...])
        place = range.upperBound
      }
      try stream.append(old[place...])
    }
    return true
  }

  /// What takes the place of which bytes, in order.
  private func replacements(in text: [UInt8]) -> [(range: Range<Int>, bytes: [UInt8])]? {
    var found: [(range: Range<Int>, bytes: [UInt8])] = []
    for edit in edits {
      guard let start = Self.find(Array("\(literal(edit.node.rawValue)):{".utf8), in: text, from: 0) else {
        return nil
      }
      for (key, before, after) in [
        ("\"checksum\":{\"name\":\"sha256\",\"checksum\":", edit.before.checksum, edit.checksum),
        ("\"raw_code\":", Manifest.stripped(edit.before.code), Manifest.stripped(edit.code)),
      ] {
        // The first such key behind the node's name is its own, or what follows it is not what it was.
        guard let place = Self.find(Array(key.utf8), in: text, from: start) else { return nil }
        let old = Array(literal(before).utf8)
        let range = place + key.utf8.count..<place + key.utf8.count + old.count
        guard range.upperBound <= text.count, text[range].elementsEqual(old) else { return nil }
        found.append((range, Array(literal(after).utf8)))
      }
    }
    return found.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  private func literal(_ text: String) -> String {
    var writer = JSONWriter(redactor: redactor)
    writer.string(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Where a part of the text begins, at `start` or later: Horspool's search, which looks at few of the bytes.
  private static func find(_ part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    var steps = [Int](repeating: part.count, count: 256)
    for (index, byte) in part.dropLast().enumerated() { steps[Int(byte)] = part.count - 1 - index }
    return text.withUnsafeBufferPointer { text in
      var place = start
      while place + part.count <= text.count {
        let last = text[place + part.count - 1]
        if last == part.last, text[place..<place + part.count].elementsEqual(part) { return place }
        place += steps[Int(last)]
      }
      return nil
    }
  }
}
