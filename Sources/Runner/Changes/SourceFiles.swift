import Planner
import Project

/// The versions of sources that are files of this machine.
enum SourceFiles {
  /// The table functions whose arguments name all that they read.
  private static let readers = [
    "parquet_scan", "read_blob", "read_csv", "read_csv_auto", "read_json", "read_json_auto",
    "read_json_objects",
    "read_ndjson", "read_ndjson_auto", "read_ndjson_objects", "read_parquet", "read_text",
  ]

  /// Of what `expression` reads; nil if that is not files of this machine alone.
  static func version(of expression: String, root: String) -> String? {
    let text = expression.drop { $0.isWhitespace }
    let name = text.prefix { $0.isLetter || $0 == "_" }.lowercased()
    let isReader = readers.contains(name) && text.dropFirst(name.count).drop { $0.isWhitespace }.first == "("
    guard text.first == "'" || isReader else { return nil }
    var states: [String] = []
    for literal in literals(in: expression) {
      if literal.contains("://") || literal.hasPrefix("~") { return nil }
      let path = literal.hasPrefix("/") ? literal : "\(root)/\(literal)"
      if let state = FileState.text(ofPattern: path) { states.append(state) }
    }
    return states.isEmpty ? nil : Digest.sha256(states.joined(separator: "\n\n"))
  }

  /// The texts between single quotes.
  private static func literals(in sql: String) -> [String] {
    var found: [String] = []
    var open: String?
    var characters = sql.makeIterator()
    var next = characters.next()
    while let character = next {
      next = characters.next()
      guard character == "'" else {
        open?.append(character)
        continue
      }
      guard let text = open else {
        open = ""
        continue
      }
      if next == "'" {
        open?.append("'")
        next = characters.next()
      } else {
        found.append(text)
        open = nil
      }
    }
    return found
  }
}
