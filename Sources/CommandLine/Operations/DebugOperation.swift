import Diagnostics
import EngineCore
import Jinja
import Project

/// Says what the program finds: versions, folders, project, profile, and whether the engine answers.
struct DebugOperation {
  let session: CommandSession
  let project: ProjectOptions

  func perform() async throws -> ExitStatus {
    var lines = [("weir", session.program.version)]
    lines += session.program.engines.describe().map { ($0.name, $0.value) }
    show("Program", lines)
    let workspace: Workspace
    do {
      workspace = try await Workspace.open(session, project)
    } catch {
      session.printer.result("\nThe project cannot be loaded:")
      throw error
    }
    let settings = workspace.project.settings
    let target = workspace.project.target
    show(
      "Project",
      [
        ("name", settings.name), ("folder", settings.root), ("file", settings.file),
        ("holds", workspace.inventory), ("artifacts", workspace.targetFolder),
      ])
    var connection = [
      ("profile", target.profileName), ("target", target.name),
      ("defined in", target.profile.origin ?? "nothing: embedded DuckDB is the default"),
    ]
    connection += target.visiblePairs
    show("Connection", connection)
    return try await test(workspace)
  }

  private func test(_ workspace: Workspace) async throws -> ExitStatus {
    let style = session.printer.outputStyle
    let startedAt = session.program.now()
    do {
      let engine = try await workspace.openEngine()
      let session = try await engine.makeSession()
      _ = try await session.run { try $0.query("select 1").rowCount }
      await session.close()
      await engine.close()
    } catch {
      session.printer.result("  \(TerminalText.padded("test", 11)) \(style.red("failed"))")
      session.printer.report(
        DiagnosticList.collecting(error, else: .engineFailure, "the engine does not answer"))
      return .failure
    }
    let elapsed = Quantities.duration(.seconds(session.program.now() - startedAt))
    session.printer.result("  \(TerminalText.padded("test", 11)) \(style.green("ok")) in \(elapsed)")
    session.printer.result("\nAll checks passed.")
    return .success
  }

  private func show(_ title: String, _ pairs: [(String, String)]) {
    var lines = [session.printer.outputStyle.bold(title)]
    lines += pairs.map { "  \(TerminalText.padded($0.0, 11)) \(TerminalText.oneLine($0.1))" }
    session.printer.result(lines.joined(separator: "\n"))
  }
}

extension Target {
  /// What may be shown of the target, sorted by name.
  var visiblePairs: [(String, String)] {
    [("type", type), ("database", database), ("schema", schema), ("threads", String(threads))]
      + profile.settings.sorted { $0.key < $1.key }.compactMap { name, setting in
        guard ["path", "host", "port", "user", "account"].contains(name) else { return nil }
        return switch setting {
        case .text(let text): (name, text)
        case .integer(let number): (name, String(number))
        default: nil
        }
      }
  }
}
