import Diagnostics
import Jinja

/// A unit test as a property file declares it.
struct UnitTestProperties: Sendable {
  var name: String
  var model: String
  var file: String
  var span: SourceSpan
  var description: YAMLNode?
  var config: DataValue
  var given: [FixtureProperties]
  var expect: FixtureProperties
  var overrides: YAMLNode?
  var versions: YAMLNode?
  var item: YAMLNode
}

/// Rows as they are written, or the file that holds them.
struct FixtureProperties: Sendable {
  /// What they stand for: `ref('orders')`; empty for what is expected.
  var input: String
  var format: UnitTestDefinition.Format
  var rows: YAMLNode?
  var file: String?
  var span: SourceSpan
}

extension PropertyReader {
  /// Reads an entry of `unit_tests:`.
  mutating func readUnitTest(_ item: YAMLNode, _ name: String) {
    let what = "unit test '\(name)'"
    checkKeys(
      item,
      ["name", "model", "description", "given", "expect", "overrides", "versions", "config", "tags", "meta"],
      what)
    guard let model = item["model"]?.scalarText, !model.isEmpty else {
      return report(.badUnitTest, "\(what) does not say which model it tests", item["model"] ?? item)
    }
    guard let expect = item["expect"], expect.entries != nil else {
      return report(
        .badUnitTest, "\(what) does not say what it expects", item["expect"] ?? item,
        hint: "write for example: expect: {rows: [{id: 1}]}")
    }
    if item["given"] == nil {
      report(
        .badUnitTest, "\(what) does not say what is given", item,
        hint: "write the rows of what its model reads; 'given: []' if it reads nothing")
    }
    var given: [FixtureProperties] = []
    if let node = item["given"], !node.isNull {
      for entry in list(node, "given", what) {
        checkKeys(entry, ["input", "rows", "format", "fixture"], "an input of \(what)")
        guard let input = entry["input"]?.string, !input.isEmpty else {
          report(
            .badUnitTest, "an input of \(what) does not say what it stands for", entry,
            hint: "write for example: input: ref('orders')")
          continue
        }
        if let fixture = fixture(entry, input, what) { given.append(fixture) }
      }
    }
    checkKeys(expect, ["rows", "format", "fixture"], "what \(what) expects")
    guard let expected = fixture(expect, "", what) else { return }
    result.unitTests.append(
      UnitTestProperties(
        name: name, model: model, file: file, span: item.span(in: file), description: description(item, what),
        config: config(item, what), given: given, expect: expected, overrides: item["overrides"],
        versions: item["versions"], item: item))
  }

  private mutating func fixture(_ item: YAMLNode, _ input: String, _ what: String) -> FixtureProperties? {
    let known = UnitTestDefinition.Format.allCases.map(\.rawValue)
    let written = item["format"]?.scalarText ?? "dict"
    guard let format = UnitTestDefinition.Format(rawValue: written) else {
      report(
        .badUnitTest, "\(what) has the unknown format '\(written)'", item["format"] ?? item,
        hint: Spelling.hint(for: written, among: known) ?? "there are dict, csv and sql")
      return nil
    }
    return FixtureProperties(
      input: input, format: format, rows: item["rows"].flatMap { $0.isNull ? nil : $0 },
      file: item["fixture"]?.scalarText, span: item.span(in: file))
  }
}
