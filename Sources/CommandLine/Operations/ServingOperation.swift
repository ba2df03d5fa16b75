import Diagnostics
import Glibc
import Project
import Server

/// Serves the documentation that lies in the target folder.
struct ServingOperation: Sendable {
  let session: CommandSession
  let project: ProjectOptions
  let host: String
  let port: Int
  /// Nil leaves it to whether somebody sits at a terminal.
  let opensBrowser: Bool?

  func perform() async throws -> ExitStatus {
    let folder = try targetFolder()
    guard LocalFiles.exists(folder + "/index.html") else {
      throw Diagnostic(
        .notServed, "there is no documentation in \(folder)", hint: "'weir docs generate' writes it")
    }
    let server = FileServer(folder: folder, names: ["index.html", "catalog.json", "manifest.json"])
    return try await session.interruptible(stopping: "Stopping.") { [self] in
      try await server.run(host: host, port: port) { address in
        let text = "Serving \(folder)/index.html at \(address) until Ctrl-C"
        session.printer.log(
          text, LogRecord(.info, "ServingDocumentation", "D901", text) { $0.member("address", address) })
        if opensBrowser ?? session.program.output.isTerminal { open(address) }
      }
      return .success
    }
  }

  /// The target folder, of which the project's file and the flags are enough to know.
  private func targetFolder() throws -> String {
    let options = try ProjectRequest(session: session, flags: project)
      .loadOptions(isFullRefresh: nil, storesFailures: nil)
    let settings = try ProjectLoader(options: options, parser: session.program.engines.parseStatements)
      .loadSettings().settings
    let path = project.targetPath ?? session.environment.text("DBT_TARGET_PATH") ?? settings.targetPath
    return LocalFiles.absolute(path, from: settings.root)
  }

  /// Asks the desktop to show an address.
  private func open(_ address: String) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in 0...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var words: [UnsafeMutablePointer<CChar>?] = [strdup("xdg-open"), strdup(address), nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      session.program.environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var process = pid_t()
    let failure = posix_spawnp(&process, "xdg-open", &actions, nil, &words, &variables)
    if failure != 0, opensBrowser == true {
      session.printer.report([
        Diagnostic(
          .notServed, "no browser was opened: \(String(cString: strerror(failure)))", severity: .warning,
          hint: "open \(address) yourself")
      ])
    }
  }
}
