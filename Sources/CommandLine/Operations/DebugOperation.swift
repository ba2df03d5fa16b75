import Diagnostics
import EngineCore
import Jinja
import Project

/// Says what the program finds: versions, folders, project, profile, and whether the engine answers.
struct DebugOperation {
  let session: CommandSession
  let project: ProjectOptions
  /// Whether the connection is all that is looked at.
  var isConnectionAlone = false

  func perform() async throws -> ExitStatus {
    if !isConnectionAlone {
      var lines = [("weir", session.program.version)]
      lines += session.program.engines.describe().map { ($0.name, $0.value) }
      show("Program", lines)
    }
    if isConnectionAlone { session.printer.result("Skipping steps before connection verification\n") }
    let options = try ProjectRequest(session: session, flags: project)
      .loadOptions(isFullRefresh: nil, storesFailures: nil)
    let loaded: LoadedSettings
    do {
      loaded = try ProjectLoader(options: options, parser: session.program.engines.parseStatements)
        .loadSettings()
    } catch {
      return failed(DiagnosticList.collecting(error, else: .badProfile, "the project cannot be read"))
    }
    let settings = loaded.settings
    if !isConnectionAlone {
      show(
        "Project",
        [
          ("name", settings.name), ("folder", settings.root), ("file", settings.file),
          ("artifacts", LocalFiles.absolute(settings.targetPath, from: settings.root)),
        ])
    }
    if loaded.problems.contains(where: { $0.severity == .error }) { return failed(loaded.problems) }
    session.printer.report(loaded.problems)
    let target = loaded.target
    session.printer.hide(Redactor(secrets: session.environment.secrets + target.secrets))
    var connection = [
      ("profile", target.profileName), ("target", target.name),
      ("defined in", target.profile.origin ?? "nothing: embedded DuckDB is the default"),
    ]
    connection += target.visiblePairs
    show("Connection", connection)
    return await test(target)
  }

  /// Says in a sentence each what is wrong, as a list of checks does, and then where and what to do.
  private func failed(_ problems: [Diagnostic]) -> ExitStatus {
    let errors = problems.filter { $0.severity == .error }
    session.printer.result("\(Quantities.count(errors.count, "check")) failed:")
    for problem in errors {
      let what = problem.code == .badProfile ? "Profile" : "Project"
      session.printer.result(
        "\(what) loading failed for the following reason: \(Self.sentence(problem.message))")
    }
    session.printer.report(problems)
    return .failure
  }

  private static func sentence(_ message: String) -> String {
    let end = message.last.map { ".!?".contains($0) } ?? true
    return message.prefix(1).uppercased() + message.dropFirst() + (end ? "" : ".")
  }

  private func test(_ target: Target) async -> ExitStatus {
    let style = session.printer.outputStyle
    let startedAt = session.program.now()
    do {
      let engine = try await session.program.engines.open(target.profile)
      let connection = try await engine.makeSession()
      _ = try await connection.run { try $0.query("select 1").rowCount }
      await connection.close()
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
    [("type", profile.type), ("database", database), ("schema", schema), ("threads", String(threads))]
      + profile.settings.sorted { $0.key < $1.key }.compactMap { name, setting in
        guard ["path", "catalog", "data_path", "host", "port", "user", "account"].contains(name) else {
          return nil
        }
        return switch setting {
        case .text(let text): (name, text)
        case .integer(let number): (name, String(number))
        default: nil
        }
      }
  }
}
