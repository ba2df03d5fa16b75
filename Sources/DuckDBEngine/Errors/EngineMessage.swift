import Diagnostics

/// What DuckDB says when it fails, taken apart.
///
/// Sessions set `errors_as_json`, which alone gives the exact place in the statement; some calls answer in
/// plain words all the same, so both forms are read.
struct EngineMessage: Sendable {
  /// DuckDB's kind of error (`Binder`, `IO`, …); empty where it does not say.
  var kind = ""
  /// Its words, without the kind.
  var text = ""
  /// The place in the statement, in UTF-8 bytes.
  var position: Int?

  /// Takes a message apart.
  init(_ raw: String) {
    guard let separator = raw.range(of: " Error: "), !raw[..<separator.lowerBound].contains("\n") else {
      text = raw
      readJSON(raw)
      return
    }
    kind = String(raw[..<separator.lowerBound])
    text = String(raw[separator.upperBound...])
    readJSON(text)
  }

  /// Reads DuckDB's JSON form, if `text` is that.
  private mutating func readJSON(_ text: String) {
    guard let start = text.range(of: "{\"exception_type\"") else { return }
    var kind: String?
    var message: String?
    var position: Int?
    var text = String(text[start.lowerBound...])
    text.withUTF8 { bytes in
      var scanner = JSONScanner(bytes)
      scanner.forEachKey { scanner, key in
        if isEqual(key, "exception_type") {
          kind = scanner.string()
        } else if isEqual(key, "exception_message") {
          message = scanner.string()
        } else if isEqual(key, "position") {
          position = scanner.integer()
        } else {
          scanner.skipValue()
        }
      }
    }
    guard let message else { return }
    self.kind = kind ?? self.kind
    self.text = message
    self.position = position
  }
}

extension StringProtocol {
  /// Where `needle` stands, without Foundation.
  func range(of needle: String) -> Range<Index>? {
    let pattern = Array(needle.utf8)
    var start = utf8.startIndex
    while let first = utf8[start...].firstIndex(of: pattern[0]) {
      if utf8[first...].starts(with: pattern) {
        return first..<utf8.index(first, offsetBy: pattern.count)
      }
      start = utf8.index(after: first)
    }
    return nil
  }
}
