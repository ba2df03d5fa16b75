import Diagnostics
import Jinja

/// Reads macros and custom checks out of a file.
enum MacroReader {
  static func macros(
    _ text: String, _ place: FilePlace, _ package: String
  ) throws(DiagnosticList) -> [MacroDefinition] {
    let template = try Template.parse(text, name: place.path)
    return definitions(of: template, code: Array(text.utf8), place, package)
  }

  /// The macros of a file, and what there is to say of tags between them. As in dbt these do no harm, even if they are no
  /// tags at all.
  static func blocks(
    _ text: String, _ place: FilePlace, _ package: String
  ) throws(DiagnosticList) -> ([MacroDefinition], [Diagnostic]) {
    let blocks = MacroBlocks(text)
    let warnings = blocks.warnings(in: place.path)
    guard !warnings.isEmpty else { return (try macros(text, place, package), []) }
    let template = try Template.parse(blocks.isolated, name: place.path)
    return (definitions(of: template, code: Array(text.utf8), place, package), warnings)
  }

  /// What stands for the macros of a file that does not parse, so that calling them is no mistake of its own: macros
  /// of the same names that take anything and give nothing.
  static func standIns(_ text: String, _ place: FilePlace, _ package: String) -> [MacroDefinition] {
    var seen: Set<String> = []
    return openings(in: text).filter { seen.insert($0.kind + " " + $0.name).inserted }.flatMap {
      let source = "{% \($0.kind) \($0.name)() %}{% if varargs or kwargs %}{% endif %}{% end\($0.kind) %}"
      do throws(Diagnostic) {
        let template = try Template(parsing: source, name: place.path)
        return definitions(of: template, code: Array(source.utf8), place, package)
      } catch {
        // A name that cannot be one: the file's own mistakes say so.
        return []
      }
    }
  }

  private static func definitions(
    of template: Template, code: [UInt8], _ place: FilePlace, _ package: String
  ) -> [MacroDefinition] {
    template.definitions.enumerated().compactMap { index, definition in
      let name: String
      switch definition.kind {
      case .macro: name = definition.name
      case .test: name = "test_" + definition.name
      case .materialization(let adapter): name = "materialization_\(definition.name)_\(adapter)"
      case .snapshot, .docs: return nil
      }
      let range = definition.range.clamped(to: 0..<code.count)
      return MacroDefinition(
        id: NodeID(.macro, package, name), package: package, name: name, path: place.original,
        originalPath: place.original, span: definition.span,
        code: String(decoding: code[range], as: UTF8.self),
        template: template, definitionIndex: index, properties: .emptyMapping)
    }
  }

  /// The names behind `{% macro` and `{% test`, in order.
  private static func openings(in text: String) -> [(kind: String, name: String)] {
    let bytes = Array(text.utf8)
    var found: [(String, String)] = []
    var index = 0
    while index + 1 < bytes.count {
      guard bytes[index] == UInt8(ascii: "{"), bytes[index + 1] == UInt8(ascii: "%") else {
        index += 1
        continue
      }
      index += 2
      if index < bytes.count, [UInt8(ascii: "-"), UInt8(ascii: "+")].contains(bytes[index]) { index += 1 }
      let kind = word(bytes, &index)
      guard ["macro", "test", "data_test"].contains(kind) else { continue }
      let name = word(bytes, &index)
      let isName = name.utf8.first.map { !(48...57).contains($0) } ?? false
      if isName { found.append((kind, name)) }
    }
    return found
  }

  private static func word(_ bytes: [UInt8], _ index: inout Int) -> String {
    while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
    let start = index
    while index < bytes.count, SQLScanner.isWord(bytes[index]) { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }
}
