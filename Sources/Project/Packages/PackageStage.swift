import Diagnostics
import EngineCore
import Jinja

/// Reads the project files of the packages that are installed beside the project.
struct PackageStage {
  /// What loading each package needs to know, by folder.
  private(set) var environments: [LoadEnvironment] = []
  private(set) var problems: [Diagnostic] = []

  init(_ root: SettingsStage, _ environment: LoadEnvironment, _ options: LoadOptions) {
    let folder = root.settings.packagesPath
    var discovery = Discovery(root: root.settings.root)
    let folders = discovery.folders(in: folder).filter { path in
      FileSystem.kind(of: Path.joined(root.settings.root, path + "/" + ProjectFile.dbtName)) == .file
    }
    checkInstalled(folders.count, root)
    for path in folders {
      do throws(DiagnosticList) {
        guard let package = try Self.environment(path, root, environment, options, &problems) else {
          continue
        }
        environments.append(package)
      } catch {
        problems += error.items
      }
    }
    checkNames(root.settings)
  }

  /// As in dbt, a package that is declared and not installed is a mistake: what needs it would be told one by one.
  private mutating func checkInstalled(_ installed: Int, _ root: SettingsStage) {
    let file: PackageFile?
    do throws(DiagnosticList) {
      file = try PackageFile.read(root: root.settings.root)
    } catch {
      problems += error.items
      return
    }
    guard let file, file.packages.count > installed else { return }
    let place = root.settings.packagesPath
    problems.append(
      Diagnostic(
        .packageMissing,
        "\(file.name) asks for more packages (\(file.packages.count)) than are installed in \(place) (\(installed))",
        at: SourceSpan(file: file.name), hint: "run 'weir deps'"))
  }

  private mutating func checkNames(_ settings: ProjectSettings) {
    var folders = [settings.name: settings.file]
    environments = environments.filter { package in
      guard let other = folders.updateValue(package.settings.file, forKey: package.settings.name) else {
        return true
      }
      problems.append(
        Diagnostic(
          .duplicateName, "two packages are called '\(package.settings.name)'",
          at: SourceSpan(file: package.settings.file), notes: ["the other is that of \(other)"]))
      return false
    }
  }

  private static func environment(
    _ folder: String, _ root: SettingsStage, _ environment: LoadEnvironment, _ options: LoadOptions,
    _ problems: inout [Diagnostic]
  ) throws(DiagnosticList) -> LoadEnvironment? {
    let file = try ProjectFile.read(root: root.settings.root, folder: folder)
    problems += file.problems.filter { $0.severity == .error }
    guard file.isReadable else { return nil }
    let name = file.likelyName
    let vars = variables(file, name, root, options)
    let base = BaseContext(invocation: Invocation(options), log: { _ in })
    base.projectName = root.settings.name
    base.target = root.target.visibleValues
    base.vars = vars
    var renderer = YAMLRenderer(interpreter: base.makeInterpreter(), file: file.name)
    var sections = file.root
    if YAMLRenderer.holdsJinja(sections) {
      sections = renderer.render(sections, skipping: SettingsStage.lateKeys.contains)
    }
    withExtendedLifetime(base) {}
    problems += renderer.problems
    var reader = SettingsReader(file: file, projectRoot: root.settings.root)
    let settings = reader.read(sections).inside(folder)
    problems += reader.problems.filter { $0.severity == .error }
    guard reader.hasName else { return nil }
    return LoadEnvironment(
      settings: settings, target: root.target, vars: vars, invocation: environment.invocation,
      sections: sections, unrendered: ConfigTrees(file.root.data), fileText: file.text,
      overriding: ConfigOverrides(
        trees: ConfigTrees(root.settings.values), unrendered: environment.unrendered))
  }

  /// The package's own variables under the project's, what is said to the package alone over what is said to all, and
  /// the command line's over both.
  private static func variables(
    _ file: ProjectFile, _ name: String, _ root: SettingsStage, _ options: LoadOptions
  ) -> DataValue {
    let levels = [file.root["vars"]?.data, root.file.root["vars"]?.data].flatMap { written -> [DataValue] in
      guard let written else { return [] }
      return [written, written[name] ?? .emptyMapping]
    }
    return (levels + [options.vars]).reduce(DataValue.emptyMapping) { $0.merging($1) }
  }
}

/// What the project file says to the nodes of a package: it goes over all that they say themselves.
struct ConfigOverrides: Sendable {
  let trees: ConfigTrees
  let unrendered: ConfigTrees
}

extension ProjectSettings {
  /// The settings of a package in a folder of the project, whose files are named from the project's folder. Loads are
  /// the project's own.
  fileprivate func inside(_ folder: String) -> ProjectSettings {
    func placed(_ paths: [String]) -> [String] { paths.map { $0.isEmpty ? folder : folder + "/" + $0 } }
    var settings = self
    settings.folder = folder
    settings.modelPaths = placed(modelPaths)
    settings.seedPaths = placed(seedPaths)
    settings.testPaths = placed(testPaths)
    settings.macroPaths = placed(macroPaths)
    settings.docsPaths = placed(docsPaths)
    settings.analysisPaths = placed(analysisPaths)
    settings.snapshotPaths = placed(snapshotPaths)
    settings.functionPaths = placed(functionPaths)
    settings.loadPaths = []
    settings.onRunStart = onRunStart.map { $0.of(package: name) }
    settings.onRunEnd = onRunEnd.map { $0.of(package: name) }
    return settings
  }

  /// A file as its package names it: without the package's folder.
  func inner(_ path: String) -> String {
    folder.isEmpty ? path : String(path.dropFirst(folder.utf8.count + 1))
  }
}
