import Diagnostics
import Jinja

/// What can be said of a project's files where its own file, with names, folders and variables, is unknown.
enum SyntaxStage {
  /// What is wrong with a file whatever the project file says.
  private static let certainCodes: Set<DiagnosticCode> = [
    .unreadableFile, .brokenYAML, .notUTF8, .templateSyntax, .unknownKey, .badValue, .missingKey, .badCheck,
  ]

  static func certain(_ problems: [Diagnostic]) -> [Diagnostic] {
    problems.filter { certainCodes.contains($0.code) }
  }

  static func problems(
    _ files: ProjectFiles, _ contents: FileContents, _ environment: LoadEnvironment
  ) async -> [Diagnostic] {
    let root = environment.settings.root
    let templates = await Parallel.chunks(of: files.models + files.checks) { chunk in
      chunk.map { place in problems(of: place, root) }
    }
    return certain(contents.problems) + templates.flatMap { $0 }
  }

  private static func problems(of place: FilePlace, _ root: String) -> [Diagnostic] {
    do {
      let text = try FileSystem.text(of: Path.joined(root, place.path), shownAs: place.path)
      if YAMLRenderer.holdsJinja(text) { _ = try Template.parse(text, name: place.path) }
      return []
    } catch {
      return DiagnosticList.collecting(error, else: .unreadableFile, "a file cannot be read")
    }
  }
}
