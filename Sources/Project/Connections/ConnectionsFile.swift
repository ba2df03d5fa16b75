import Diagnostics

/// Reads `connections.yml`.
struct ConnectionsFile {
  /// The names of the file.
  static let names = ["connections.yml", "connections.yaml"]

  let file: String
  private(set) var connections: [ConnectionDefinition] = []
  private(set) var problems: [Diagnostic] = []

  /// The connections of a project, its own before the person's, and what is wrong with either file.
  static func all(root: String, home: String?) -> (
    connections: [ConnectionDefinition], problems: [Diagnostic]
  ) {
    var found: [ConnectionDefinition] = []
    var problems: [Diagnostic] = []
    let places = [(root, "")] + (home.map { [($0 + "/.weir", "~/.weir/")] } ?? [])
    for (folder, shown) in places {
      let present = names.filter { FileSystem.kind(of: Path.joined(folder, $0)) == .file }
      guard let name = present.first else { continue }
      if present.count > 1 {
        problems.append(
          Diagnostic(
            .duplicateName, "there are both \(shown)\(present[0]) and \(shown)\(present[1])",
            at: SourceSpan(file: shown + present[1]), hint: "keep one of them"))
      }
      var reader = ConnectionsFile(file: shown + name)
      reader.read(Path.joined(folder, name))
      problems += reader.problems
      found += reader.connections.filter { new in !found.contains { $0.name == new.name } }
    }
    return (found, problems)
  }

  private init(file: String) { self.file = file }

  private mutating func read(_ path: String) {
    do throws(Diagnostic) {
      let text = try FileSystem.text(of: path, shownAs: file)
      guard let root = try YAMLFile.parse(text, file: file) else { return }
      read(root)
    } catch {
      problems.append(error)
    }
  }

  private mutating func read(_ root: YAMLNode) {
    var checker = ShapeChecker(file: file, allowsJinja: true)
    checker.check(
      root,
      .mapping([
        Field("version", .integer(1...1), "the version of the file's format"),
        Field("connections", .dictionary(.anything), "the named sources", isRequired: true),
      ]), file)
    problems += checker.problems
    for entry in root["connections"]?.entries ?? [] { read(entry) }
  }

  private mutating func read(_ entry: YAMLEntry) {
    let subject = "connection '\(entry.key)'"
    if !LoadNames.isName(entry.key) {
      problems.append(
        Diagnostic(
          .badValue, "'\(entry.key)' cannot be the name of a connection", at: entry.span(in: file),
          hint: "use letters, digits, underscores and dashes, and no digit first"))
    }
    var checker = ShapeChecker(file: file, allowsJinja: true)
    checker.check(entry.value, ConnectionShapes.connection, subject)
    problems += checker.problems
    secrets(in: entry.value, of: subject)
    guard let type = (entry.value["type"]?.scalarText).flatMap(ConnectionType.init(rawValue:)) else { return }
    connections.append(
      ConnectionDefinition(
        name: entry.key, type: type, settings: entry.value.data, span: entry.span(in: file)))
  }

  /// Secrets in places that no key gives away: URLs, connection strings, headers.
  private mutating func secrets(in node: YAMLNode, of subject: String) {
    for entry in node.entries ?? [] {
      let inner = "'\(entry.key)' of \(subject)"
      for nested in entry.value.entries ?? [] where PlainSecrets.isPlainSecret(nested) {
        report("'\(nested.key)' in \(inner)", nested.value)
      }
      if let text = entry.value.string, let what = PlainSecrets.found(in: text) {
        report("\(what) in \(inner)", entry.value)
      }
    }
  }

  private mutating func report(_ what: String, _ node: YAMLNode) {
    let span = node.span(in: file)
    guard !problems.contains(where: { $0.code == .plainSecret && $0.span == span }) else { return }
    problems.append(PlainSecrets.diagnostic(what, at: span))
  }
}
