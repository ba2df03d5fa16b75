import Diagnostics
import Jinja

/// Reads one definition of `selectors.yml`, and collects what is wrong with it.
struct SelectorReader {
  /// The selectors that stand before this one, which it may inherit from.
  let defined: Set<String>
  /// The selector's name.
  let name: String
  private(set) var problems: [Diagnostic] = []

  private static let file = SelectorFile.name
  private static let criterionKeys = [
    "method", "value", "children", "parents", "children_depth", "parents_depth", "childrens_parents",
    "indirect_selection", "exclude",
  ]

  init(defined: Set<String>, name: String) {
    self.defined = defined
    self.name = name
  }

  /// The whole definition; nil if nothing can be made of it.
  mutating func read(root node: YAMLNode) -> SelectorExpression? {
    if let entries = node.entries, entries.count > 1,
      let group = entries.first(where: { $0.key == "union" || $0.key == "intersection" })
    {
      problems.append(
        Diagnostic(
          .badSelectorFile, "'\(group.key)' must be the only key of the selector '\(name)'",
          at: group.span(in: Self.file),
          notes: [
            "it stands beside "
              + entries.filter { $0.key != group.key }.map { "'\($0.key)'" }
              .joined(separator: ", ")
          ],
          hint: group.key == "union" || group.key == "intersection"
            ? "an 'exclude' is an item of the list under '\(group.key)'" : nil))
      return nil
    }
    return read(node)
  }

  private mutating func read(_ node: YAMLNode) -> SelectorExpression? {
    if let text = node.string { return readText(text, node) }
    guard let entries = node.entries, !entries.isEmpty else {
      problems.append(
        Diagnostic(
          .badSelectorFile,
          "a definition must be text or a mapping, not \(node.entries == nil ? node.typeName : "an empty one")",
          at: node.span(in: Self.file), hint: "a list belongs under 'union' or 'intersection'"))
      return nil
    }
    if let list = node["union"] {
      guard let (parts, except) = readGroup(list, "union") else { return nil }
      return .union(parts, except: except)
    }
    if let list = node["intersection"] {
      guard let (parts, except) = readGroup(list, "intersection") else { return nil }
      return .intersection(parts, except: except)
    }
    return readMapping(node, entries)
  }

  /// dbt takes a text as one expression: spaces and commas join nothing in it.
  private mutating func readText(_ text: String, _ node: YAMLNode) -> SelectorExpression {
    let span = node.span(in: Self.file)
    if text.contains(" ") || text.contains(",") {
      let (word, mark) = text.contains(" ") ? ("union", "space") : ("intersection", "comma")
      problems.append(
        Diagnostic(
          .badSelectorFile, "'\(text)' is one expression here: a \(mark) in it joins nothing", at: span,
          severity: .warning, hint: "write the parts as a list under '\(word)'"))
    }
    return .text(text, at: span)
  }

  /// The parts of a list, and what its `exclude` names.
  private mutating func readGroup(
    _ node: YAMLNode, _ key: String
  ) -> ([SelectorExpression], [SelectorExpression])? {
    guard let items = list(node, key) else { return nil }
    var parts: [SelectorExpression] = []
    var except: [SelectorExpression]?
    for item in items {
      guard let exclusion = item["exclude"] else {
        if let part = read(item) { parts.append(part) }
        continue
      }
      for entry in item.entries ?? [] where entry.key != "exclude" {
        problems.append(
          Diagnostic(
            .badSelectorFile, "'\(entry.key)' beside 'exclude' has no effect in a list of '\(key)'",
            at: entry.span(in: Self.file), severity: .warning,
            notes: ["as in dbt, such an item only says what the whole list leaves out"],
            hint: "make two items of it"))
      }
      if except != nil {
        problems.append(
          Diagnostic(
            .badSelectorFile, "the list of '\(key)' has 'exclude' twice", at: item.span(in: Self.file),
            hint: "put all that is left out into one 'exclude'"))
        continue
      }
      except = readExclusions(exclusion)
    }
    return (parts, except ?? [])
  }

  private mutating func readExclusions(_ node: YAMLNode) -> [SelectorExpression] {
    (list(node, "exclude") ?? []).compactMap { read($0) }
  }

  private mutating func list(_ node: YAMLNode, _ key: String) -> [YAMLNode]? {
    guard let items = node.items else {
      problems.append(
        Diagnostic(
          .badSelectorFile, "'\(key)' must be a list, not \(node.typeName)", at: node.span(in: Self.file)))
      return nil
    }
    let usable = items.filter { $0.string != nil || $0.entries != nil }
    for item in items where item.string == nil && item.entries == nil {
      problems.append(
        Diagnostic(
          .badSelectorFile, "an item of '\(key)' must be text or a mapping, not \(item.typeName)",
          at: item.span(in: Self.file)))
    }
    return usable
  }

  private mutating func readMapping(_ node: YAMLNode, _ entries: [YAMLEntry]) -> SelectorExpression? {
    if entries.count == 1 {
      let entry = entries[0]
      return .criterion(
        SelectorCriterion(method: entry.key, value: entry.value.data, span: entry.span(in: Self.file)))
    }
    if node["method"]?.string == "selector" { return readInherited(node, entries) }
    guard let method = node["method"], let value = node["value"] else {
      problems.append(
        Diagnostic(
          .badSelectorFile, "a definition of several keys needs 'method' and 'value'",
          at: node.span(in: Self.file),
          notes: ["it has " + entries.map { "'\($0.key)'" }.joined(separator: ", ")]))
      return nil
    }
    guard let text = method.string else {
      problems.append(
        Diagnostic(
          .badSelectorFile, "'method' must be text, not \(method.typeName)", at: method.span(in: Self.file)))
      return nil
    }
    return readCriterion(text, value, node, entries)
  }

  private mutating func readInherited(_ node: YAMLNode, _ entries: [YAMLEntry]) -> SelectorExpression? {
    for entry in entries where entry.key != "method" && entry.key != "value" {
      problems.append(
        Diagnostic(
          .badSelectorFile, "'\(entry.key)' has no effect beside 'method: selector'",
          at: entry.span(in: Self.file), severity: .warning,
          hint: "put the inherited selector into a 'union' or 'intersection'"))
    }
    let value = node["value"]
    guard let inherited = value?.scalarText, defined.contains(inherited) else {
      let shown = value?.scalarText ?? ""
      problems.append(
        Diagnostic(
          .badSelectorFile, "the selector '\(name)' inherits from '\(shown)', which is not defined before it",
          at: (value ?? node).span(in: Self.file),
          hint: Spelling.hint(for: shown, among: defined.sorted())
            ?? "a selector may inherit from those that stand above it"))
      return nil
    }
    return .inherited(inherited, at: node.span(in: Self.file))
  }

  private mutating func readCriterion(
    _ method: String, _ value: YAMLNode, _ node: YAMLNode, _ entries: [YAMLEntry]
  ) -> SelectorExpression {
    for entry in entries where !Self.criterionKeys.contains(entry.key) {
      problems.append(
        Diagnostic(
          .unknownKey, "a criterion of a selector has no key '\(entry.key)'", at: entry.span(in: Self.file),
          severity: .warning, hint: Spelling.hint(for: entry.key, among: Self.criterionKeys)))
    }
    var criterion = SelectorCriterion(method: method, value: value.data, span: node.span(in: Self.file))
    criterion.includesChildrensParents = truth("childrens_parents", node)
    criterion.parents = (truth("parents", node), depth("parents_depth", node))
    criterion.children = (truth("children", node), depth("children_depth", node))
    criterion.indirectSelection = indirectSelection(node)
    if criterion.includesChildrensParents, criterion.children.isIncluded {
      problems.append(
        Diagnostic(
          .badSelectorFile, "'childrens_parents' and 'children' exclude each other",
          at: node.span(in: Self.file), hint: "'childrens_parents' already includes everything downstream"))
    }
    if let exclusion = node["exclude"] { criterion.except = readExclusions(exclusion) }
    return .criterion(criterion)
  }

  private mutating func truth(_ key: String, _ node: YAMLNode) -> Bool {
    guard let value = node[key], !value.isNull else { return false }
    if let truth = value.bool { return truth }
    problems.append(
      Diagnostic(
        .badSelectorFile, "'\(key)' must be true or false, not \(value.typeName)",
        at: value.span(in: Self.file)))
    return false
  }

  /// As in dbt, 0 says nothing, which is all the way.
  private mutating func depth(_ key: String, _ node: YAMLNode) -> Int? {
    guard let value = node[key], !value.isNull else { return nil }
    guard let depth = value.scalarText.flatMap({ Int($0) }), depth >= 0 else {
      problems.append(
        Diagnostic(
          .badSelectorFile, "'\(key)' must be a number of edges, not \(value.typeName)",
          at: value.span(in: Self.file)))
      return nil
    }
    return depth == 0 ? nil : depth
  }

  private mutating func indirectSelection(_ node: YAMLNode) -> String? {
    guard let value = node["indirect_selection"] else { return nil }
    let modes = ["eager", "cautious", "buildable", "empty"]
    guard let mode = value.string, modes.contains(mode) else {
      problems.append(
        Diagnostic(
          .badSelectorFile, "'indirect_selection' must be \(modes.joined(separator: ", "))",
          at: value.span(in: Self.file),
          hint: value.string.flatMap { Spelling.hint(for: $0, among: modes) }))
      return nil
    }
    return mode
  }
}
