import Connectors
import EngineCore
import Project

/// The text of a new file of `loads/`, made of what a source holds. Pure.
struct LoadFileTemplate {
  /// The load's name.
  let name: String
  /// `from`, without secrets.
  let origin: String
  /// What the source offers.
  let tables: [SourceTableDescription]

  /// The whole file.
  var text: String {
    var lines = [
      "# Written by 'weir init --from' after a look at the source: read it over, then run 'weir load --preview'.",
      "loads:",
      "  - name: \(Self.scalar(name))",
      "    from: \(Self.scalar(origin))",
      "    tables:",
    ]
    var taken: Set<String> = []
    for table in tables {
      let base = Self.tableName(of: table.name)
      var own = base
      var number = 2
      while !taken.insert(own).inserted {
        own = "\(base)_\(number)"
        number += 1
      }
      lines += entry(table, called: own)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func entry(_ table: SourceTableDescription, called own: String) -> [String] {
    var lines = ["      - name: \(Self.scalar(own))"]
    if own != table.name { lines.append("        from: \(Self.scalar(table.name))") }
    let cursor = Self.cursor(among: table.columns)
    guard !table.key.isEmpty else {
      lines.append("        write: replace")
      if let cursor {
        lines.append("        # cursor: \(Self.scalar(cursor))  # with 'write: append': only new rows")
      }
      return lines
    }
    let keys = table.key.map { Self.scalar($0) }.joined(separator: ", ")
    lines += ["        write: merge", "        key: [\(keys)]"]
    if let cursor {
      lines.append("        # cursor: \(Self.scalar(cursor))  # only rows that are new since the last load")
    }
    return lines
  }

  /// The warehouse's name for a table of the source: its last part, in letters, digits and underscores.
  static func tableName(of source: String) -> String {
    let last = source.split(separator: "/").last.map(String.init) ?? source
    let extensions = ["csv", "tsv", "json", "ndjson", "jsonl", "parquet", "xlsx", "avro", "gz", "zst", "txt"]
    let words = last.split(separator: ".").map(String.init)
    let isFile =
      source.contains("/") || words.count > 1 && extensions.contains(words.last?.lowercased() ?? "")
    let part = (isFile ? words.first : words.last) ?? last
    let name = String(part.map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" }).lowercased()
    return name.first?.isNumber == true ? "_" + name : name
  }

  /// The column that most looks like one whose values only grow.
  static func cursor(among columns: [ColumnDescription]) -> String? {
    let hints = [
      "updated", "modified", "changed", "last_update", "_at", "timestamp", "created", "inserted", "date",
    ]
    let times = columns.filter { column in
      let type = column.type.uppercased()
      return type.hasPrefix("TIMESTAMP") || type.hasPrefix("DATE")
    }
    for hint in hints {
      if let column = times.first(where: { $0.name.lowercased().contains(hint) }) { return column.name }
    }
    return times.first?.name
  }

  /// Text as YAML takes it: quoted where it would mean something else.
  static func scalar(_ text: String) -> String {
    let isPlain =
      text.first.map { $0.isLetter || $0 == "_" || $0 == "/" } ?? false
      && text.allSatisfy { $0.isLetter || $0.isNumber || "_-./".contains($0) }
    let words: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
    if isPlain, !words.contains(text.lowercased()) { return text }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
