import Diagnostics
import Jinja

/// A file of the project and the folder of its kind that it lies in.
struct FilePlace: Sendable, Hashable, Codable {
  /// Relative to the project.
  var path: String
  /// The folder (`models`), relative to the project.
  var root: String

  /// The package's folder, relative to the project; empty in the project itself.
  var package = ""

  /// Relative to the package, as in dbt's `original_file_path`.
  var original: String { package.isEmpty ? path : String(path.dropFirst(package.utf8.count + 1)) }

  /// Relative to the folder, as in dbt's `path`.
  var inner: String {
    root.isEmpty ? path : String(path.dropFirst(root.utf8.count + 1))
  }

  /// The folders between, for names in configuration and selectors.
  var folders: [String] { Path.folder(of: inner).split(separator: "/").map(String.init) }
}

/// The project's files by kind, each list in order.
struct ProjectFiles: Sendable {
  var models: [FilePlace] = []
  var seeds: [FilePlace] = []
  var checks: [FilePlace] = []
  /// Rows for unit tests.
  var fixtures: [FilePlace] = []
  var macros: [FilePlace] = []
  var snapshots: [FilePlace] = []
  var analyses: [FilePlace] = []
  var functions: [FilePlace] = []
  var properties: [FilePlace] = []
  var loads: [FilePlace] = []
  var docs: [FilePlace] = []
  /// What is defined in files that this version does not read.
  var lost = LostDefinitions()
}

/// What was read of the files that others depend on.
struct FileContents: Sendable {
  /// The package's own macros.
  var definitions: [MacroDefinition] = []
  /// The macros of the project and all packages.
  var macros = MacroTable([], root: "")
  /// The docs blocks: the package's own, and, once `FileStage.join` was there, those of all.
  var docs: [DocsBlock]
  var properties: [PropertyFile]
  /// The snapshots that are blocks of SQL.
  var snapshots: [DeclaredSnapshot] = []
  var loads: [DeclaredLoad] = []
  var problems: [Diagnostic]
  var lost: LostDefinitions
}

extension FileContents {
  /// Every declaration of a source's table, those of loads first.
  var allSources: [SourceProperties] { loads.flatMap(\.sources) + properties.flatMap(\.sources) }
}

/// Finds the project's files and reads macros, property files and docs blocks.
enum FileStage {
  static func discover(_ settings: ProjectSettings, _ problems: inout [Diagnostic]) -> ProjectFiles {
    var discovery = Discovery(root: settings.root)
    var files = ProjectFiles()
    func places(_ roots: [String], _ extensions: Set<String>) -> [FilePlace] {
      var seen: Set<String> = []
      return roots.flatMap { root in
        discovery.files(under: root, extensions: extensions).filter { seen.insert($0).inserted }
          .map { FilePlace(path: $0, root: root, package: settings.folder) }
      }
    }
    files.models = places(settings.modelPaths, ["sql", "py"])
    files.seeds = places(settings.seedPaths, ["csv"])
    for place in places(settings.testPaths, ["sql"]) {
      if place.inner.hasPrefix("generic/") {
        files.macros.append(place)
      } else if place.inner.hasPrefix("fixtures/") {
        files.fixtures.append(place)
      } else {
        files.checks.append(place)
      }
    }
    files.fixtures += places(settings.testPaths, ["csv"]).filter { $0.inner.hasPrefix("fixtures/") }
    files.macros = places(settings.macroPaths, ["sql"]) + files.macros
    files.snapshots = places(settings.snapshotPaths, ["sql"])
    files.analyses = places(settings.analysisPaths, ["sql"])
    files.functions = places(settings.functionPaths, ["sql", "py"])
    let propertyRoots =
      settings.modelPaths + settings.seedPaths + settings.snapshotPaths + settings.analysisPaths
      + settings.macroPaths + settings.testPaths + settings.functionPaths
    files.properties = places(propertyRoots, ["yml", "yaml"])
    files.loads = places(settings.loadPaths, ["yml", "yaml"])
    files.docs = places(settings.docsPaths, ["md"])
    problems += discovery.problems
    return files
  }

  // MARK: - Reading

  private enum Item: Sendable {
    case macro(FilePlace), property(FilePlace), docs(FilePlace), snapshots(FilePlace)

    var place: FilePlace {
      switch self {
      case .macro(let place), .property(let place), .docs(let place), .snapshots(let place): place
      }
    }
  }

  private enum Content: Sendable {
    case macros([MacroDefinition], [Diagnostic]), property(PropertyFile), docs([DocsBlock])
    case snapshots([DeclaredSnapshot], [Diagnostic])
    /// A file that has mistakes: its text, and what stands for its macros and docs blocks meanwhile.
    case broken(text: String?, macros: [MacroDefinition], docs: [DocsBlock], [Diagnostic])
  }

  static func read(_ files: ProjectFiles, _ environment: LoadEnvironment) async -> FileContents {
    let items =
      files.properties.map { Item.property($0) } + files.macros.map { Item.macro($0) }
      + files.docs.map { Item.docs($0) } + files.snapshots.map { Item.snapshots($0) }
    let contents = await Parallel.chunks(of: items, atLeast: 4) { chunk in
      let base = BaseContext(invocation: environment.invocation, log: { _ in })
      base.vars = environment.vars
      base.projectName = environment.settings.name
      base.target = environment.target.visibleValues
      let interpreter = base.makeInterpreter()
      let contents = chunk.map { read($0, environment, interpreter) }
      withExtendedLifetime(base) {}
      return contents
    }
    var result = FileContents(docs: [], properties: [], problems: [], lost: files.lost)
    var macros: [MacroDefinition] = []
    for content in contents {
      switch content {
      case .macros(let found, let warnings):
        macros += found
        result.problems += warnings
      case .property(let file):
        result.problems += file.problems
        result.properties.append(file)
        if let text = file.brokenText { result.lost.add(text) }
        result.lost.semantics.formUnion(file.lostSemantics)
      case .docs(let blocks): result.docs += blocks
      case .snapshots(let blocks, let problems):
        result.snapshots += blocks
        result.problems += problems
      case .broken(let text, let standIns, let blocks, let problems):
        result.problems += problems
        result.docs += blocks
        macros += standIns
        result.lost.add(text, macros: standIns)
        result.lost.isUnread = true
        result.lost.models.formUnion(SnapshotReader.names(in: text ?? ""))
      }
    }
    result.problems += describe(&macros, result.properties)
    result.definitions = macros
    result.problems += duplicates(macros.map { ($0.id, $0.span) }, "macros")
    result.problems += duplicates(
      result.docs.map { ($0.id, $0.span) }, "docs blocks")
    return result
  }

  /// Lets the project and its packages know each other's macros and docs blocks.
  static func join(_ contents: inout [FileContents], _ settings: ProjectSettings, adapter: String) {
    let all = contents.flatMap(\.definitions)
    let table = MacroTable(all, root: settings.name)
    let macros = all.map { macro in
      var macro = macro
      macro.dependencies = table.calls(in: macro.code, of: macro.package, adapter: adapter).filter {
        $0 != macro.id
      }
      return macro
    }
    let complete = MacroTable(macros, root: settings.name, searchOrders: settings.searchOrders)
    let docs = contents.flatMap(\.docs)
    for index in contents.indices {
      contents[index].macros = complete
      contents[index].docs = docs
    }
  }

  private static func read(
    _ item: Item, _ environment: LoadEnvironment, _ interpreter: Interpreter
  ) -> Content {
    let settings = environment.settings
    let text: String
    do throws(Diagnostic) {
      text = try FileSystem.text(
        of: Path.joined(settings.root, item.place.path), shownAs: item.place.path)
    } catch {
      return .broken(text: nil, macros: [], docs: [], [error])
    }
    switch item {
    case .macro(let place):
      do throws(DiagnosticList) {
        let (macros, warnings) = try MacroReader.blocks(text, place, settings.name)
        // A package's author is not here to be told.
        return .macros(macros, settings.folder.isEmpty ? warnings : [])
      } catch {
        let standIns = MacroReader.standIns(text, place, settings.name)
        return .broken(text: text, macros: standIns, docs: [], error.items)
      }
    case .snapshots(let place): return snapshots(text, place)
    case .docs(let place):
      let (blocks, problems) = DocsReader.blocks(text, place, settings.name)
      return problems.isEmpty ? .docs(blocks) : .broken(text: text, macros: [], docs: blocks, problems)
    case .property(let place):
      do throws(Diagnostic) {
        return .property(try property(text, place.path, interpreter))
      } catch {
        return .broken(text: text, macros: [], docs: [], [error])
      }
    }
  }

  private static func snapshots(_ text: String, _ place: FilePlace) -> Content {
    do throws(DiagnosticList) {
      let blocks = try SnapshotReader.blocks(text, place)
      let none = Diagnostic(
        .missingKey, "\(place.path) holds no snapshot; it is left out", at: SourceSpan(file: place.path),
        severity: .warning, hint: "write {% snapshot name %} … {% endsnapshot %} around its query")
      return .snapshots(blocks, blocks.isEmpty ? [none] : [])
    } catch {
      return .broken(text: text, macros: [], docs: [], error.items)
    }
  }

  /// Keys whose Jinja is rendered with what they belong to.
  private static let lateKeys: Set<String> = [
    "description", "tests", "data_tests", "checks", "pre-hook", "post-hook", "pre_hook", "post_hook",
    "relation", "loaded_at_query",
  ]

  private static func property(
    _ text: String, _ path: String, _ interpreter: Interpreter
  ) throws(Diagnostic) -> PropertyFile {
    // As in dbt, a text that the file ends with has no line break behind it.
    let end = text.utf8.lastIndex { $0 > 0x20 }.map(text.utf8.index(after:)) ?? text.startIndex
    var repeated: [Diagnostic] = []
    let written = try YAMLFile.parse(String(text[..<end]), file: path, repeated: &repeated)
    var root = written
    var renderer = YAMLRenderer(interpreter: interpreter, file: path)
    if let node = root, YAMLRenderer.holdsJinja(node) {
      root = rendered(node, &renderer)
    }
    var reader = PropertyReader(file: path, written: written)
    var file = reader.read(root)
    file.problems = repeated + renderer.problems + file.problems
    if file.problems.contains(where: { $0.severity == .error }) { file.brokenText = text }
    return file
  }

  /// Keys of the semantic layer whose Jinja is for those who ask queries of it.
  private static let queryKeys = ["metrics": ["filter"], "saved_queries": ["where"]]

  private static func rendered(_ root: YAMLNode, _ renderer: inout YAMLRenderer) -> YAMLNode {
    guard let sections = root.entries else { return renderer.render(root, skipping: lateKeys.contains) }
    var root = root
    root.content = .map(
      sections.map { section in
        guard !lateKeys.contains(section.key) else { return section }
        var section = section
        let later = queryKeys[section.key] ?? []
        section.value = renderer.render(section.value) { lateKeys.contains($0) || later.contains($0) }
        return section
      })
    return root
  }

  private static func describe(
    _ macros: inout [MacroDefinition], _ files: [PropertyFile]
  ) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for entry in files.flatMap(\.macros) {
      guard let index = macros.firstIndex(where: { $0.name == entry.name || $0.name == "test_" + entry.name })
      else {
        problems.append(
          Diagnostic(
            .orphanProperties, "there is no macro '\(entry.name)'", at: entry.span, severity: .warning,
            hint: Spelling.hint(for: entry.name, among: macros.map(\.name))))
        continue
      }
      macros[index].properties = entry.node.data
      macros[index].propertiesPath = entry.file
      macros[index].description = entry.description?.scalarText ?? ""
    }
    return problems
  }

  /// One diagnostic for each name that is there more than once, naming both places.
  static func duplicates(_ named: [(NodeID, SourceSpan)], _ what: String) -> [Diagnostic] {
    var first: [NodeID: SourceSpan] = [:]
    return named.compactMap { id, span in
      guard let known = first[id] else {
        first[id] = span
        return nil
      }
      let name = id.rawValue.split(separator: ".", maxSplits: 2).last.map(String.init) ?? id.rawValue
      return Diagnostic(
        .duplicateName, "two \(what) are called '\(name)'", at: span,
        notes: ["the other is at \(known)"],
        hint: "rename one of them")
    }
  }
}
