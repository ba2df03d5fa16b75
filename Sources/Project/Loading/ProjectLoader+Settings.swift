import Diagnostics

/// What the project file and the profile say, and what is wrong with either.
public struct LoadedSettings: Sendable {
  /// What the project file says.
  public var settings: ProjectSettings
  /// The environment that the command works in.
  public var target: Target
  /// What is wrong, errors and warnings.
  public var problems: [Diagnostic]
}

extension ProjectLoader {
  /// Reads the project file and the profile, and no other file. Throws if there is no project file that can be read.
  public func loadSettings() throws(DiagnosticList) -> LoadedSettings {
    let stage = try SettingsStage.run(options)
    guard stage.isUsable else { throw DiagnosticList(stage.problems) }
    return LoadedSettings(settings: stage.settings, target: stage.target, problems: stage.problems)
  }

  /// What the project wants installed beside it; nil if it names no packages. Throws what is wrong with its file.
  public func packages() throws(DiagnosticList) -> PackageFile? {
    let base = BaseContext(invocation: Invocation(options), mayReadSecrets: true, log: { _ in })
    base.vars = try SettingsStage.run(options).vars
    defer { withExtendedLifetime(base) {} }
    return try PackageFile.read(root: options.projectRoot) { node, file throws(DiagnosticList) in
      guard YAMLRenderer.holdsJinja(node) else { return node }
      var renderer = YAMLRenderer(interpreter: base.makeInterpreter(), file: file)
      let rendered = renderer.render(node, skipping: { _ in false })
      guard renderer.problems.isEmpty else { throw DiagnosticList(renderer.problems) }
      return rendered
    }
  }
}
