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
    guard let old = SearchedFile(path), let replacements = replacements(in: old) else { return false }
    try ArtifactFile.replace(path) { stream throws(Diagnostic) in
      var place = 0
      for (range, bytes) in replacements {
        try stream.append(place..<range.lowerBound, of: old)
        try stream.append(bytes)
        place = range.upperBound
      }
      try stream.append(place..<old.size, of: old)
    }
    return true
  }

  /// What takes the place of which bytes, in order.
  private func replacements(in file: SearchedFile) -> [(range: Range<Int>, bytes: [UInt8])]? {
    var found: [(range: Range<Int>, bytes: [UInt8])] = []
    for edit in edits {
      guard let start = file.find(Array("\(literal(edit.node.rawValue)):{".utf8), from: 0) else { return nil }
      for (key, before, after) in [
        ("\"checksum\":{\"name\":\"sha256\",\"checksum\":", edit.before.checksum, edit.checksum),
        ("\"raw_code\":", Manifest.stripped(edit.before.code), Manifest.stripped(edit.code)),
      ] {
        // The first such key behind the node's name is its own, or what follows it is not what it was.
        guard let place = file.find(Array(key.utf8), from: start) else { return nil }
        let old = Array(literal(before).utf8)
        let range = place + key.utf8.count..<place + key.utf8.count + old.count
        guard file.bytes(range) == old else { return nil }
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
}
