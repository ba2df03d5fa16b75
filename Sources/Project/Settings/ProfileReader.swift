import Diagnostics
import EngineCore
import Jinja

/// Finds `profiles.yml` as dbt does and makes the target of it. Values of a profile never reach a message.
struct ProfileReader {
  let options: LoadOptions
  let projectName: String
  /// The profile that the project file names.
  let projectProfile: String?
  /// Renders with `env_var` that may read secrets.
  let interpreter: Interpreter

  /// The target. Throws what stands in its way.
  func read() throws -> Target {
    let wanted = options.profileName ?? projectProfile
    guard let path = try find() else {
      if let name = options.targetName, name != "default", name != "dev" {
        throw Diagnostic(
          .badProfile, "there is no target '\(name)': the project has no profiles.yml",
          hint: "write a profiles.yml beside the project file, or leave out --target")
      }
      return embedded(profile: wanted ?? projectName)
    }
    let shown = shownPath(path)
    let text = try FileSystem.text(of: path, shownAs: shown)
    guard let root = try YAMLFile.parse(text, file: shown), let profiles = root.entries else {
      throw Diagnostic(.badProfile, "\(shown) holds no profiles", at: SourceSpan(file: shown))
    }
    let name = wanted ?? projectName
    let known = profiles.map(\.key).filter { $0 != "config" }
    guard let profile = profiles.first(where: { $0.key == name }) else {
      if wanted == nil { return embedded(profile: name) }
      throw Diagnostic(
        .badProfile, "could not find profile named '\(name)'", at: SourceSpan(file: shown),
        notes: ["it has: " + known.joined(separator: ", ")],
        hint: Spelling.hint(for: name, among: known))
    }
    return try target(of: profile, in: shown)
  }

  private func find() throws(Diagnostic) -> String? {
    if let folder = options.profilesFolder { return try named(folder, "--profiles-dir") }
    if let folder = options.environment["DBT_PROFILES_DIR"], !folder.isEmpty {
      return try named(folder, "DBT_PROFILES_DIR")
    }
    let beside = Path.joined(options.projectRoot, "profiles.yml")
    if FileSystem.kind(of: beside) == .file { return beside }
    guard let home = options.environment["HOME"], !home.isEmpty else { return nil }
    let shared = Path.joined(home, ".dbt/profiles.yml")
    return FileSystem.kind(of: shared) == .file ? shared : nil
  }

  private func named(_ folder: String, _ origin: String) throws(Diagnostic) -> String {
    let path = Path.joined(Path.joined(options.projectRoot, folder), "profiles.yml")
    guard FileSystem.kind(of: path) == .file else {
      throw Diagnostic(.badProfile, "there is no profiles.yml in '\(folder)', which \(origin) names")
    }
    return path
  }

  private func shownPath(_ path: String) -> String {
    let prefix = options.projectRoot + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }

  private func target(of profile: YAMLEntry, in file: String) throws -> Target {
    guard let outputs = profile.value["outputs"], let entries = outputs.entries, !entries.isEmpty else {
      throw Diagnostic(
        .badProfile, "the profile '\(profile.key)' has no outputs", at: profile.span(in: file))
    }
    let name = try targetName(profile, file)
    guard let output = entries.first(where: { $0.key == name }) else {
      throw Diagnostic(
        .badProfile, "the profile '\(profile.key)' does not have a target named '\(name)'",
        at: outputs.span(in: file),
        notes: ["it has: " + entries.map(\.key).joined(separator: ", ")],
        hint: Spelling.hint(for: name, among: entries.map(\.key)))
    }
    var renderer = YAMLRenderer(interpreter: interpreter, file: file)
    let rendered = renderer.render(output.value, skipping: { _ in false })
    guard renderer.problems.isEmpty else { throw DiagnosticList(renderer.problems) }
    guard rendered.entries != nil else {
      throw Diagnostic(.badProfile, "the target '\(name)' must be a mapping", at: output.span(in: file))
    }
    guard let type = rendered["type"]?.string else {
      throw Diagnostic(
        .badProfile, "the target '\(name)' does not say its type", at: output.span(in: file),
        hint: "add 'type: duckdb'")
    }
    return try TargetMaker(
      profile: profile.key, name: name, type: type, file: file, span: output.span(in: file)
    )
    .make(rendered, options)
  }

  private func targetName(_ profile: YAMLEntry, _ file: String) throws -> String {
    if let name = options.targetName { return name }
    if let name = options.environment["DBT_TARGET"], !name.isEmpty { return name }
    guard let node = profile.value["target"] else { return "default" }
    var renderer = YAMLRenderer(interpreter: interpreter, file: file)
    let rendered = renderer.render(node, skipping: { _ in false })
    guard renderer.problems.isEmpty else { throw DiagnosticList(renderer.problems) }
    return rendered.scalarText ?? "default"
  }

  /// The target of a project without profiles: a database file beside the project file.
  private func embedded(profile: String) -> Target {
    let path = projectName + ".duckdb"
    let threads = options.threads ?? 4
    return Target(
      profileName: profile, name: options.targetName ?? "default", type: "duckdb", database: projectName,
      schema: "main", threads: threads,
      profile: ConnectionProfile(
        type: "duckdb", settings: ["path": .text(path)], projectRoot: options.projectRoot),
      visibleValues: .mapping([
        ("profile_name", .string(profile)), ("name", .string(options.targetName ?? "default")),
        ("target_name", .string(options.targetName ?? "default")), ("type", .string("duckdb")),
        ("threads", .int(threads)), ("database", .string(projectName)), ("schema", .string("main")),
        ("path", .string(path)),
      ]))
  }
}
