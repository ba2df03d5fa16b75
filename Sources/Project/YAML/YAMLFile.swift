import Diagnostics
import Yams

/// Reads YAML text into values with places: exactly one document.
enum YAMLFile {
  /// More values than this that a file's aliases repeat is a mistake or an attack. A file without aliases has fewer
  /// values than bytes.
  private static let maximumRepeats = 100_000
  private static let maximumDepth = 200

  /// The file's value; nil if it is empty. Throws what is wrong with it, with its place.
  static func parse(_ text: String, file: String) throws(Diagnostic) -> YAMLNode? {
    if let simple = BlockYAML.parse(text) { return simple }
    return try parseWholly(text, file: file)
  }

  /// The file's value, where a key that stands twice in a mapping counts as it stands last, as in dbt; `repeated` gets a
  /// warning for each. Throws what else is wrong with it.
  static func parse(_ text: String, file: String, repeated: inout [Diagnostic]) throws(Diagnostic)
    -> YAMLNode?
  {
    if let simple = BlockYAML.parse(text) { return simple }
    var text = text
    for number in 0..<maximumDuplicates {
      do {
        return try parseWholly(text, file: file)
      } catch {
        guard let mark = firstOfTwo(text),
          let renamed = RepeatedKeys.renaming(text, at: (mark.line, mark.column), number)
        else {
          throw error
        }
        text = renamed
        var warning = error
        warning.severity = .warning
        warning.notes.append("the last one counts")
        repeated.append(warning)
      }
    }
    return try parseWholly(text, file: file)
  }

  private static let maximumDuplicates = 50

  /// Where the first of two equal keys stands; nil if it is something else that is wrong.
  private static func firstOfTwo(_ text: String) -> Mark? {
    do {
      _ = try Yams.Parser(yaml: text, resolver: .basic).singleRoot()
    } catch YamlError.duplicatedKeysInMapping(_, let context) {
      return context.mark
    } catch {
      // The whole parser has said what it is.
      return nil
    }
    return nil
  }

  /// The same, whatever of YAML the text uses.
  static func parseWholly(_ text: String, file: String) throws(Diagnostic) -> YAMLNode? {
    do {
      guard let root = try Yams.Parser(yaml: text, resolver: .basic).singleRoot() else { return nil }
      var reader = Reader(file: file, limit: text.utf8.count + maximumRepeats)
      return try reader.convert(root, depth: 0)
    } catch let error as Diagnostic {
      throw error
    } catch let error as YamlError {
      throw diagnostic(error, text, file)
    } catch {
      throw Diagnostic(.brokenYAML, "the YAML does not parse", at: SourceSpan(file: file), cause: "\(error)")
    }
  }

  private struct Reader {
    let file: String
    /// How many values there may be, aliases counted each time.
    let limit: Int
    var count = 0

    mutating func convert(_ node: Yams.Node, depth: Int) throws(Diagnostic) -> YAMLNode {
      let line = node.mark?.line ?? 1
      let column = node.mark?.column ?? 1
      count += 1
      let span = SourceSpan(file: file, line: line, column: column)
      guard depth <= maximumDepth else {
        throw Diagnostic(.brokenYAML, "the YAML nests more than \(maximumDepth) levels deep", at: span)
      }
      guard count <= limit else {
        throw Diagnostic(
          .brokenYAML, "the YAML's aliases repeat more than \(maximumRepeats) values", at: span,
          hint: "an alias (*name) stands for all that its anchor (&name) holds, each time it is written")
      }
      return YAMLNode(content: try content(node, depth), line: line, column: column)
    }

    private mutating func content(_ node: Yams.Node, _ depth: Int) throws(Diagnostic) -> YAMLNode.Content {
      switch node {
      case .scalar(let scalar):
        let tag = scalar.tag.description
        if scalar.style == .plain, tag.isEmpty || tag == "?" { return YAMLScalar.resolve(scalar.string) }
        return tagged(scalar.string, tag)
      case .sequence(let sequence):
        var items: [YAMLNode] = []
        items.reserveCapacity(sequence.count)
        for item in sequence { items.append(try convert(item, depth: depth + 1)) }
        return .list(items)
      case .mapping(let mapping): return .map(try entries(mapping, depth))
      case .alias:
        throw Diagnostic(.brokenYAML, "an alias names no anchor", at: SourceSpan(file: file))
      }
    }

    private func tagged(_ text: String, _ tag: String) -> YAMLNode.Content {
      switch tag {
      case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool",
        "tag:yaml.org,2002:null":
        YAMLScalar.resolve(text)
      default: .string(text)
      }
    }

    private mutating func entries(_ mapping: Yams.Node.Mapping, _ depth: Int) throws(Diagnostic)
      -> [YAMLEntry]
    {
      var entries: [YAMLEntry] = []
      var merged: [YAMLEntry] = []
      entries.reserveCapacity(mapping.count)
      for (keyNode, valueNode) in mapping {
        let key = try convert(keyNode, depth: depth + 1)
        guard let name = key.isNull ? "" : key.scalarText else {
          throw Diagnostic(.brokenYAML, "a key must be text, not \(key.typeName)", at: key.span(in: file))
        }
        if RepeatedKeys.isRenamed(name) { continue }
        let value = try convert(valueNode, depth: depth + 1)
        if name == "<<", let inherited = inheritance(value) {
          merged += inherited
        } else if entries.contains(where: { $0.key == name }) {
          throw YAMLFile.duplicate(name, key.span(in: file))
        } else {
          entries.append(YAMLEntry(key: name, line: key.line, column: key.column, value: value))
        }
      }
      for entry in merged where !entries.contains(where: { $0.key == entry.key }) { entries.append(entry) }
      return entries
    }

    /// What a merge key (`<<: *base`) brings in.
    private func inheritance(_ value: YAMLNode) -> [YAMLEntry]? {
      if let entries = value.entries { return entries }
      guard let items = value.items else { return nil }
      return items.flatMap { $0.entries ?? [] }
    }
  }

  static func duplicate(_ key: String, _ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .brokenYAML, "the key '\(key)' stands twice in one mapping", at: span, hint: "keep one of the two")
  }

  private static func diagnostic(_ error: YamlError, _ text: String, _ file: String) -> Diagnostic {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      let isTab = problem.contains("cannot start any token") && line(mark.line, of: text).contains("\t")
      return Diagnostic(
        .brokenYAML, "the YAML does not parse: \(problem)",
        at: SourceSpan(file: file, line: mark.line, column: mark.column),
        notes: context.map { ["\($0.text) at line \($0.mark.line), column \($0.mark.column)"] } ?? [],
        hint: isTab ? "YAML is indented with spaces, never with tabs" : nil)
    case .composer(_, let problem, let mark, _):
      let isSecond = problem.contains("another document")
      return Diagnostic(
        .brokenYAML, isSecond ? "the file holds more than one YAML document" : "the YAML fails: \(problem)",
        at: SourceSpan(file: file, line: mark.line, column: mark.column),
        hint: isSecond ? "put the documents into files of their own, or remove the '---'" : nil)
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let line = secondLine(of: key, from: context.mark, text) ?? context.mark.line
      return duplicate(key, SourceSpan(file: file, line: line, column: context.mark.column))
    case .reader(let problem, let offset, _, _):
      return Diagnostic(.brokenYAML, "the YAML cannot be read: \(problem)", at: place(offset, in: text, file))
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      return Diagnostic(.brokenYAML, "the YAML does not parse", at: SourceSpan(file: file), cause: "\(error)")
    }
  }

  /// Where a key of a block mapping that starts at `mark` stands again; nil for other mappings and keys in quotes.
  private static func secondLine(of key: String, from mark: Mark, _ text: String) -> Int? {
    let indent = mark.column - 1
    var isSecond = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard index + 1 >= mark.line, !line.allSatisfy(\.isWhitespace) else { continue }
      // The mapping may start behind the dash of a list.
      guard index + 1 == mark.line || line.prefix(while: { $0 == " " }).count >= indent else { return nil }
      let rest = line.dropFirst(indent)
      guard rest.hasPrefix(key), rest.dropFirst(key.count).drop(while: { $0 == " " }).first == ":" else {
        continue
      }
      if isSecond { return index + 1 }
      isSecond = true
    }
    return nil
  }

  private static func line(_ number: Int, of text: String) -> Substring {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return number >= 1 && number <= lines.count ? lines[number - 1] : ""
  }

  private static func place(_ offset: Int?, in text: String, _ file: String) -> SourceSpan {
    guard let offset else { return SourceSpan(file: file) }
    let before = text.prefix(offset)
    let lastLine = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    return SourceSpan(
      file: file, line: before.reduce(1) { $1 == "\n" ? $0 + 1 : $0 }, column: lastLine.utf8.count + 1)
  }
}
