import CommandLine
import Connectors
import DuckDBEngine
import Glibc
import Synchronization

/// The program: the only place where concrete engines are wired together.
@main
enum Weir {
  /// What need not be taken apart before the process ends.
  private static let held = Mutex<[any Sendable]>([])

  static func main() async {
    // A reader that goes away is an error code of `write`, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    let environment = Surroundings.environment()
    let isDumb = environment["TERM"] == "dumb"
    let program = Program(
      version: "0.1.0", environment: environment, workingFolder: Surroundings.workingFolder(),
      output: FileSink(descriptor: STDOUT_FILENO, isDumb: isDumb),
      errors: FileSink(descriptor: STDERR_FILENO, isDumb: isDumb),
      engines: DuckDBProvider(extensionFolder: Surroundings.extensionFolder(environment)).provider,
      sources: SourceProvider(secrets: SystemSecrets(), readers: SourceReaders()),
      now: Surroundings.now, makeIdentifier: Surroundings.identifier, handlesSignals: true,
      hold: { value in held.withLock { $0.append(value) } })
    exit(await program.run(Array(Swift.CommandLine.arguments.dropFirst())))
  }
}
