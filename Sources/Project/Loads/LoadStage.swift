import Diagnostics
import Jinja

/// Reads `connections.yml` and the files of `loads/`.
struct LoadStage {
  private(set) var connections: [ConnectionDefinition] = []
  private(set) var loads: [DeclaredLoad] = []
  private(set) var problems: [Diagnostic] = []
  /// The texts of files that have mistakes, nil for those that cannot be read.
  private(set) var brokenTexts: [String?] = []

  static func run(_ places: [FilePlace], _ environment: LoadEnvironment) -> LoadStage {
    var stage = LoadStage()
    let home = environment.invocation.environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let found = ConnectionsFile.all(root: environment.settings.root, home: home)
    stage.connections = found.connections
    stage.problems = found.problems
    if places.isEmpty { stage.calmDown() }
    stage.read(places, environment)
    return stage
  }

  /// What is wrong in a person's own file does not stop a project that uses none of it.
  private mutating func calmDown() {
    for index in problems.indices where problems[index].span?.file.hasPrefix("~") == true {
      problems[index].severity = .warning
    }
  }

  private mutating func read(_ places: [FilePlace], _ environment: LoadEnvironment) {
    guard !places.isEmpty else { return }
    let base = BaseContext(invocation: environment.invocation, log: { _ in })
    base.vars = environment.vars
    base.projectName = environment.settings.name
    base.target = environment.target.visibleValues
    base.secret = { _ in
      throw Diagnostic(
        .badValue, "secret() cannot stand here: this is read before any source is used",
        hint: "put it among the settings of a connection")
    }
    let interpreter = base.makeInterpreter()
    var all: [DeclaredLoad] = []
    for place in places {
      var reader = LoadFileReader(
        place: place, root: environment.settings.root, connections: connections, interpreter: interpreter)
      var text: String?
      do throws(Diagnostic) {
        let yaml = try FileSystem.text(
          of: Path.joined(environment.settings.root, place.path), shownAs: place.path)
        text = yaml
        try reader.read(yaml)
      } catch {
        reader.problems.append(error)
      }
      if reader.problems.contains(where: { $0.severity == .error }) { brokenTexts.append(text) }
      problems += reader.problems
      all += reader.loads
    }
    withExtendedLifetime(base) {}
    let package = environment.settings.name
    problems += FileStage.duplicates(all.map { ($0.id(in: package), $0.span) }, "loads")
    for load in all where !loads.contains(where: { $0.definition.name == load.definition.name }) {
      loads.append(load)
    }
  }
}
