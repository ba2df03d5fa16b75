import Diagnostics
import Jinja

/// Where a node's configuration is written, for what is wrong with it.
struct ConfigOrigins {
  /// A mapping of a YAML file that configures, by its own keys and those under `config`.
  struct Entry {
    var node: YAMLNode
    var file: String
  }

  /// What the node's own text says, and where.
  var inText: (values: DataValue, span: SourceSpan)?
  /// What property files say, the strongest first.
  var entries: [Entry] = []
  /// The project file's section for this kind of node, and the node's name in it.
  var section: (entry: Entry, fqn: [String])?

  /// Where the value of `key` is written that applies, or of several that are joined the strongest that `isBad`.
  func span(of key: String, where isBad: (DataValue) -> Bool) -> SourceSpan? {
    if let inText, let value = inText.values[key], isBad(value) { return inText.span }
    for entry in entries {
      for mapping in [entry.node["config"], entry.node] {
        if let span = Self.span(of: key, in: mapping, entry.file, where: isBad) { return span }
      }
    }
    guard let section else { return nil }
    var level: YAMLNode? = section.entry.node
    var found: SourceSpan?
    for part in section.fqn + [""] {
      for written in ["+" + key, key] {
        let span = Self.span(of: written, in: level, section.entry.file) { value in
          isBad(value) && (written != key || value.entries == nil)
        }
        found = span ?? found
      }
      level = level?[part]
    }
    return found
  }

  private static func span(
    of key: String, in mapping: YAMLNode?, _ file: String, where isBad: (DataValue) -> Bool
  ) -> SourceSpan? {
    let entry = (mapping?.entries ?? []).first { entry in
      let written = entry.key.hasPrefix("+") ? "+" + entry.key.dropFirst().drop { $0 == " " } : entry.key
      return ConfigMerge.canonical(written) == key && !entry.value.isNull
    }
    guard let entry, isBad(entry.value.data) else { return nil }
    return entry.value.line > 0 ? entry.value.span(in: file) : entry.span(in: file)
  }

  /// Each wrong value of the project file once, however many nodes it applies to.
  static func once(_ problems: [Diagnostic], in file: String) -> [Diagnostic] {
    var result: [Diagnostic] = []
    var places: [Place: Int] = [:]
    var counts: [Int: Int] = [:]
    for problem in problems {
      guard let span = problem.span, span.file == file, span.column > 0, problem.code == .badValue else {
        result.append(problem)
        continue
      }
      let place = Place(code: problem.code, span: span)
      if let index = places[place] {
        counts[index, default: 0] += 1
      } else {
        places[place] = result.count
        result.append(problem)
      }
    }
    for (index, count) in counts {
      result[index].notes.append("it applies to \(count) more node\(count == 1 ? "" : "s")")
    }
    return result
  }

  private struct Place: Hashable {
    var code: DiagnosticCode
    var span: SourceSpan
  }
}
