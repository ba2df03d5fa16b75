import Diagnostics
import Jinja

/// An entry of the semantic layer as a property file declares it.
struct SemanticProperties: Sendable {
  var kind: ResourceType
  var entry: EntryProperties
  /// What is particular to its kind, in the manifest's form.
  var properties: DataValue
}

extension PropertyReader {
  /// Reads an entry of `semantic_models:`, `metrics:` or `saved_queries:`.
  mutating func readSemantic(_ item: YAMLNode, _ name: String, _ kind: ResourceType) {
    let subject = "\(kind.words) '\(name)'"
    let item = Self.lowered(item)
    var checker = ShapeChecker(file: file, allowsJinja: false)
    checker.check(item, SemanticShapes.shape(of: kind), subject)
    var problems = checker.problems
    if kind == .metric, let problem = Self.wrongName(name) {
      problems.append(
        Diagnostic(.badSemantics, "\(subject) \(problem)", at: (item["name"] ?? item).span(in: file)))
    }
    var form = SemanticForm(file: file, subject: subject)
    if problems.isEmpty {
      let properties = form.properties(of: item, kind)
      problems = form.problems
      if problems.isEmpty {
        let entry = EntryProperties(
          name: name, file: file, span: item.span(in: file), description: item["description"], node: item)
        result.semantics.append(SemanticProperties(kind: kind, entry: entry, properties: properties))
        return
      }
    }
    // What is missing because of it has been complained about.
    Self.names(in: item, &result.lostSemantics)
    result.problems += problems
  }

  /// As in dbt, a metric's name is checked whatever else there is.
  private static func wrongName(_ name: String) -> String? {
    let isWord = name.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (97...122).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
    if name.unicodeScalars.count > 250 { return "has a name of more than 250 characters" }
    if !isWord { return "has a name with other characters than letters, digits and underscores" }
    let first = name.utf8.first ?? 0
    return (97...122).contains(first | 0x20) ? nil : "has a name that does not begin with a letter"
  }

  /// The entry with the words that name choices in lower case.
  private static func lowered(_ node: YAMLNode) -> YAMLNode {
    var node = node
    switch node.content {
    case .list(let items): node.content = .list(items.map(lowered))
    case .map(let entries):
      node.content = .map(
        entries.map { entry in
          var entry = entry
          if SemanticShapes.words.contains(entry.key), let text = entry.value.string {
            entry.value.content = .string(text.lowercased())
          } else if entry.key != "config", entry.key != "meta" {
            entry.value = lowered(entry.value)
          }
          return entry
        })
    default: break
    }
    return node
  }

  private static func names(in node: YAMLNode, _ names: inout Set<String>) {
    for entry in node.entries ?? [] {
      if entry.key == "name", let name = entry.value.scalarText { names.insert(name) }
      Self.names(in: entry.value, &names)
    }
    for item in node.items ?? [] { Self.names(in: item, &names) }
  }
}

extension ResourceType {
  /// The kind in messages.
  var words: String { rawValue.replacing("_", with: " ") }
}
