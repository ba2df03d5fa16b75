import Diagnostics
import Jinja

/// A snapshot as a file declares it: a block of SQL, or an entry of a property file that names a relation.
struct DeclaredSnapshot: Sendable {
  var name: String
  var code: String
  /// Where `code` begins in its file.
  var offset = CodeOffset()
  /// The file, and the folder of its kind that it lies in.
  var place: FilePlace
  /// Where it is declared.
  var span: SourceSpan
  /// Where an entry of a property file names its relation.
  var relationSpan: SourceSpan?
  /// SHA-256 of the whole file; of a property file it is made when it is needed.
  var checksum: String?

  /// Whether it is an entry of a property file.
  var isEntry: Bool { checksum == nil }
}

/// Reads `{% snapshot name %} … {% endsnapshot %}` out of files. As in dbt, what stands between the blocks means nothing.
enum SnapshotReader {
  /// The blocks of a file.
  static func blocks(_ text: String, _ place: FilePlace) throws(DiagnosticList) -> [DeclaredSnapshot] {
    let template = try Template.parse(text, name: place.path)
    let bytes = Array(text.utf8)
    let checksum = Digest.sha256(NativeMacros.trimmed(text))
    return template.definitions.filter { $0.kind == .snapshot }.map { definition in
      DeclaredSnapshot(
        name: definition.name, code: definition.bodyText,
        offset: CodeOffset(of: definition.bodyRange.lowerBound, in: bytes), place: place,
        span: definition.span, checksum: checksum)
    }
  }

  /// The names of the blocks of a file that does not parse: that they are missing is no problem of its own.
  static func names(in text: String) -> [String] {
    text.split(separator: "{%").compactMap { tag in
      let words = tag.drop { $0 == "-" || $0 == "+" }.split(maxSplits: 2, whereSeparator: \.isWhitespace)
      guard words.count > 1, words[0] == "snapshot" else { return nil }
      return String(words[1].prefix { $0 == "_" || $0.isLetter || $0.isNumber })
    }
  }

  /// The entries of property files that are snapshots themselves, and what is wrong with them.
  static func entries(
    _ files: [PropertyFile], _ settings: ProjectSettings
  ) -> (snapshots: [DeclaredSnapshot], problems: [Diagnostic]) {
    var problems: [Diagnostic] = []
    var found: [DeclaredSnapshot] = []
    for entry in files.flatMap(\.resources) where entry.section == "snapshots" {
      guard let node = entry.item["relation"] else { continue }
      let text = node.scalarText ?? ""
      let call = NativeMacros.trimmed(YAMLRenderer.soleExpression(text) ?? text)
      guard isReference(call) else {
        problems.append(
          Diagnostic(
            .badValue, "'relation' of snapshot '\(entry.name)' cannot be '\(text)'",
            at: node.span(in: entry.file), hint: "write ref('model') or source('source', 'table')"))
        continue
      }
      found.append(
        DeclaredSnapshot(
          name: entry.name, code: "select * from {{ \(call) }}", place: place(of: entry.file, settings),
          span: entry.span, relationSpan: node.span(in: entry.file)))
    }
    return (found, problems)
  }

  private static func isReference(_ call: String) -> Bool {
    (call.hasPrefix("ref") || call.hasPrefix("source")) && CheckRendering.looksLikeCall(call)
  }

  /// A property file, and the folder of models, snapshots or the like that it was found in.
  private static func place(of file: String, _ settings: ProjectSettings) -> FilePlace {
    let roots =
      settings.modelPaths + settings.seedPaths + settings.snapshotPaths + settings.analysisPaths
      + settings.macroPaths + settings.testPaths + settings.functionPaths
    let root = roots.filter { file.hasPrefix($0 + "/") }.max { $0.utf8.count < $1.utf8.count }
    return FilePlace(path: file, root: root ?? "", package: settings.folder)
  }
}
