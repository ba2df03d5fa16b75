import Diagnostics
import Jinja

/// The text of a model, check or analysis that is another than the one that was kept, while everything else that is said
/// of it stayed as it was.
public struct EditedText: Sendable {
  /// The node.
  public var node: NodeID
  /// The text as it is now.
  public var code: String
  /// Its checksum, as in `Node`.
  public var checksum: String
  /// The text and the checksum before.
  public var before: (code: String, checksum: String)
}

/// Takes files that changed into a kept project. That works for texts with Jinja whose references, macros and
/// configuration are the same as before, which is what most edits are: then nothing else in the project is another.
struct ModelEdits {
  private let options: LoadOptions
  private let environment: LoadEnvironment
  private let kept: KeptMarks
  private let macros: [MacroDefinition]

  /// With more files than this, reading everything side by side is no slower.
  private static let limit = 50

  /// What the changed files mean and the marks of their new contents; nil if more may follow from them.
  static func take(
    _ paths: [String], into project: inout KeptProject, _ kept: KeptMarks, _ settings: SettingsStage,
    _ options: LoadOptions
  ) async -> (edits: [EditedText], log: ReadLog)? {
    guard paths.count <= limit else { return nil }
    var environment = LoadEnvironment(settings, options)
    environment.addPackages(PackageStage(settings, environment, options).environments)
    let log = ReadLog()
    do {
      let edits = try await ReadLog.$current.withValue(log) {
        let macros = try await project.macros(root: options.projectRoot)
        let taker = ModelEdits(options: options, environment: environment, kept: kept, macros: macros)
        var edits: [EditedText] = []
        for path in paths {
          guard let edit = try await taker.take(path, into: &project) else { return [EditedText]() }
          edits.append(edit)
        }
        return edits
      }
      return edits.isEmpty ? nil : (edits, log)
    } catch {
      // Damaged: the project is read from its own files.
      return nil
    }
  }

  private func take(_ path: String, into project: inout KeptProject) async throws -> EditedText? {
    let root = options.projectRoot + "/"
    guard path.hasPrefix(root), let (type, place) = place(of: String(path.dropFirst(root.utf8.count))) else {
      return nil
    }
    let id = NodeID(type, environment.settings.name, Path.stem(of: place.path).stem)
    guard let (old, position) = try project.node(id), old.span.file == place.path, !old.isPlainSQL,
      !project.base.testedModels.contains(id),
      !kept.problems.contains(where: { $0.span?.file == place.path || $0.span?.file == old.propertiesPath })
    else { return nil }
    guard let new = await parsed(place, type, old, project) else { return nil }
    var adjusted = new
    (adjusted.dependencies, adjusted.plainReferences) = (old.dependencies, old.plainReferences)
    var unedited = adjusted
    (unedited.code, unedited.checksum) = (old.code, old.checksum)
    guard try PositionalEncoder.bytes(of: unedited) == PositionalEncoder.bytes(of: old) else { return nil }
    try project.replace(position, by: adjusted)
    return EditedText(
      node: id, code: adjusted.code, checksum: adjusted.checksum, before: (old.code, old.checksum))
  }

  /// What a file of the project's own folders defines; nil for files that are not of one node alone.
  private func place(of path: String) -> (ResourceType, FilePlace)? {
    guard path.hasSuffix(".sql") else { return nil }
    let settings = environment.settings
    for (type, roots) in [
      (ResourceType.model, settings.modelPaths), (.check, settings.testPaths),
      (.analysis, settings.analysisPaths),
    ] {
      for root in roots where !root.isEmpty && path.hasPrefix(root + "/") {
        let place = FilePlace(path: path, root: root)
        let isOther = type == .check && ["generic/", "fixtures/"].contains { place.inner.hasPrefix($0) }
        return isOther ? nil : (type, place)
      }
    }
    return nil
  }

  /// The node as its file now has it; nil if there is anything to say about it.
  private func parsed(
    _ place: FilePlace, _ type: ResourceType, _ old: NodeFields, _ project: KeptProject
  ) async -> NodeFields? {
    var files = ProjectFiles()
    files.properties = [old.propertiesPath].compactMap { $0 }.map { FilePlace(path: $0, root: "") }
    var contents = await FileStage.read(files, environment)
    guard contents.problems.isEmpty else { return nil }
    contents.macros = MacroTable(
      macros, root: environment.settings.name, searchOrders: environment.settings.searchOrders)
    contents.docs = project.base.docs
    var problems: [Diagnostic] = []
    let index = PropertyIndex(contents.properties, &problems)
    let builder = NodeBuilder(environment, contents, index, ConfigTrees(environment.settings.values))
    let outcome =
      switch type {
      case .check: builder.check(place)
      case .analysis: builder.analysis(place)
      default: builder.model(place)
      }
    guard outcome.problems.isEmpty, let node = outcome.parsed?.node, !node.isPlainSQL else { return nil }
    return node.fields
  }
}
