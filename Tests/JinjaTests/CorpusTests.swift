import Diagnostics
import Testing

@testable import Jinja

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One template of the corpus, and what Python's Jinja2 made of it.
struct CorpusCase: Sendable {
  var file = ""
  var title = ""
  var options: [String] = []
  var sections: [String: [String]] = [:]

  func text(_ section: String) -> String? { sections[section]?.joined(separator: "\n") }

  /// Reads every file of the corpus.
  static func all() throws -> [CorpusCase] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.filter { $0.hasSuffix(".txt") }.flatMap { name in
      try read(String(contentsOf: folder.appending(path: name), encoding: .utf8), file: name)
    }
  }

  private static func read(_ text: String, file: String) throws -> [CorpusCase] {
    var cases: [CorpusCase] = []
    var section = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("=== ") {
        cases.append(CorpusCase(file: file, title: String(line.dropFirst(4))))
      } else if line.hasPrefix("--- ") {
        let words = line.dropFirst(4).split(separator: " ").map(String.init)
        section = words[0]
        cases[cases.count - 1].sections[section] = []
        if section == "options" { cases[cases.count - 1].options = Array(words.dropFirst()) }
      } else {
        cases[cases.count - 1].sections[section, default: []].append(String(line))
      }
    }
    return cases
  }

  var templateOptions: TemplateOptions {
    TemplateOptions(
      dbtBlocks: false, trimBlocks: options.contains("trim_blocks"),
      lstripBlocks: options.contains("lstrip_blocks"),
      keepTrailingNewline: options.contains("keep_trailing_newline"))
  }

  /// What the template gives: its output, or `error` with the message (and the line, of a syntax error).
  func result(limits: Limits = .default) -> String {
    do {
      let data = try DataValue.parse(json: text("variables") ?? "{}")
      var variables: [String: Value] = [:]
      for (key, value) in data.dictValue ?? [:] { variables[key] = Value(value) }
      let template = try Template(parsing: text("template") ?? "", name: "t.sql", options: templateOptions)
      let interpreter = Interpreter(limits: limits) { _ in nil }
      return "output\n" + (try interpreter.render(template, variables: variables))
    } catch let diagnostic as Diagnostic {
      let isLineless = sections["error"]?.first == "SyntaxError"
      if diagnostic.code == .templateSyntax, !isLineless {
        return "error at line \(diagnostic.span?.line ?? 0)\n\(diagnostic.message)"
      }
      return "error\n\(diagnostic.message)"
    } catch {
      return "thrown\n\(error)"
    }
  }

  /// What it should give.
  var expected: String {
    if let ours = sections["ours"] {
      return ours.dropFirst().joined(separator: "\n")
    }
    if let output = text("output") { return "output\n" + output }
    let error = sections["error"] ?? []
    let words = error.first?.split(separator: " ") ?? []
    let message = error.dropFirst().joined(separator: "\n")
    return words.count > 1 ? "error at line \(words[1])\n\(message)" : "error\n\(message)"
  }
}

@Suite("The corpus recorded from Python's Jinja2")
struct CorpusTests {
  @Test("holds at least 400 templates")
  func size() throws {
    #expect(try CorpusCase.all().count >= 400)
  }

  @Test("renders as Jinja2 renders it, and fails where and as it fails")
  func corpus() throws {
    for item in try CorpusCase.all() {
      let result = item.result()
      if result != item.expected {
        Issue.record(
          "\(item.file): \(item.title)\n\(item.text("template") ?? "")\n--- expected \(item.expected)\n--- got \(result)\n"
        )
      }
    }
  }
}
