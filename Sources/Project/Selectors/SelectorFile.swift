import Diagnostics
import Jinja

/// Reads `selectors.yml`: the structure of its definitions, by dbt's rules. Every problem of the file is collected.
public struct SelectorFile: Sendable {
  /// The file's name, in the project's folder.
  public static let name = "selectors.yml"

  /// The selectors that could be read, in the file's order.
  public private(set) var selectors: [SelectorDefinition] = []
  /// What is wrong or doubtful.
  public private(set) var problems: [Diagnostic] = []

  /// Reads a file's text without rendering Jinja. Throws if it is no YAML.
  public init(text: String) throws(Diagnostic) {
    guard let root = try YAMLFile.parse(text, file: Self.name), !root.isNull else { return }
    read(root)
  }

  /// Reads the project's file, if it has one, after `render` did its Jinja.
  init(root folder: String, render: (YAMLNode, _ file: String) -> (YAMLNode, [Diagnostic])) {
    let path = Path.joined(folder, Self.name)
    guard FileSystem.kind(of: path) == .file else { return }
    do throws(Diagnostic) {
      let text = try FileSystem.text(of: path, shownAs: Self.name)
      guard let root = try YAMLFile.parse(text, file: Self.name), !root.isNull else { return }
      let (rendered, found) = render(root, Self.name)
      problems += found
      if found.isEmpty { read(rendered) }
    } catch {
      problems.append(error)
    }
  }

  private mutating func read(_ root: YAMLNode) {
    guard let entries = root.entries else {
      problems.append(bad("the file", "a mapping with 'selectors'", root))
      return
    }
    for entry in entries where entry.key != "selectors" && entry.key != "version" {
      problems.append(unknown(entry, among: ["selectors", "version"]))
    }
    guard let list = root["selectors"] else {
      problems.append(
        Diagnostic(
          .missingKey, "\(Self.name) has no key 'selectors'", at: root.span(in: Self.name),
          hint: "write 'selectors:' and a list of selectors under it"))
      return
    }
    guard let items = list.items else {
      problems.append(bad("'selectors'", "a list", list))
      return
    }
    for item in items { readSelector(item) }
    checkDefaults()
    checkNames()
  }

  private mutating func readSelector(_ node: YAMLNode) {
    guard let entries = node.entries else {
      problems.append(bad("a selector", "a mapping of 'name' and 'definition'", node))
      return
    }
    let known = ["name", "definition", "description", "default"]
    for entry in entries where !known.contains(entry.key) { problems.append(unknown(entry, among: known)) }
    guard let name = node["name"]?.scalarText else {
      problems.append(
        Diagnostic(.missingKey, "a selector has no name", at: node.span(in: Self.name)))
      return
    }
    guard let definition = node["definition"], !definition.isNull else {
      problems.append(
        Diagnostic(
          .missingKey, "the selector '\(name)' has no definition", at: node.span(in: Self.name),
          hint: "write for example 'definition: tag:daily'"))
      return
    }
    if let value = node["default"], value.bool == nil {
      problems.append(bad("'default'", "true or false", value))
    }
    if let value = node["description"], value.string == nil {
      problems.append(bad("'description'", "text", value))
    }
    var reader = SelectorReader(defined: Set(selectors.map(\.name)), name: name)
    let expression = reader.read(root: definition)
    problems += reader.problems
    guard let expression else { return }
    selectors.append(
      SelectorDefinition(
        name: name, description: node["description"]?.string ?? "",
        isDefault: node["default"]?.bool ?? false, expression: expression, span: node.span(in: Self.name),
        entry: node.data))
  }

  private mutating func checkDefaults() {
    let defaults = selectors.filter(\.isDefault)
    for extra in defaults.dropFirst() {
      problems.append(
        Diagnostic(
          .badSelectorFile, "both '\(defaults[0].name)' and '\(extra.name)' are the default selector",
          at: extra.span, notes: ["the first is declared at \(defaults[0].span)"],
          hint: "keep 'default: true' at one of them"))
    }
  }

  /// As in dbt the last of a name counts.
  private mutating func checkNames() {
    for (index, selector) in selectors.enumerated() {
      guard let first = selectors[..<index].first(where: { $0.name == selector.name }) else { continue }
      problems.append(
        Diagnostic(
          .duplicateName, "the selector '\(selector.name)' is defined twice; the last one counts",
          at: selector.span, severity: .warning, notes: ["it is first defined at \(first.span)"]))
    }
  }

  private func bad(_ what: String, _ wanted: String, _ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .badSelectorFile, "\(what) must be \(wanted), not \(node.typeName)", at: node.span(in: Self.name))
  }

  private func unknown(_ entry: YAMLEntry, among known: [String]) -> Diagnostic {
    Diagnostic(
      .unknownKey, "\(Self.name) has no key '\(entry.key)' here", at: entry.span(in: Self.name),
      hint: Spelling.hint(for: entry.key, among: known))
  }
}
