import ArgumentParser
import Connectors
import Diagnostics
import EngineCore
import Project

/// What the program may use of the world outside. `main` fills it in; tests put in their own.
public struct Program: Sendable {
  /// The version that `--version` prints.
  public var version: String
  /// All variables of the process.
  public var environment: [String: String]
  /// The folder that relative paths start at, absolute.
  public var workingFolder: String
  /// Where results and the log go.
  public var output: any TextSink
  /// Where diagnostics and the live progress go.
  public var errors: any TextSink
  /// The engines that there are.
  public var engines: EngineProvider
  /// What sources are read with.
  public var sources: SourceProvider
  /// Seconds since 1970.
  public var now: @Sendable () -> Double
  /// A new unique name for an invocation.
  public var makeIdentifier: @Sendable () -> String
  /// Whether Ctrl-C and SIGTERM are to be caught while something is being built.
  public var handlesSignals: Bool
  /// Takes large values that are needed to the end, so that a process that ends with its command need not take them
  /// apart; nil where others follow.
  public var hold: (@Sendable (any Sendable) -> Void)?

  /// What was typed behind the program's name.
  private(set) var commandLine: [String] = []

  /// Makes a program.
  public init(
    version: String, environment: [String: String], workingFolder: String, output: any TextSink,
    errors: any TextSink, engines: EngineProvider, sources: SourceProvider,
    now: @escaping @Sendable () -> Double,
    makeIdentifier: @escaping @Sendable () -> String, handlesSignals: Bool,
    hold: (@Sendable (any Sendable) -> Void)? = nil
  ) {
    self.version = version
    self.environment = environment
    self.workingFolder = workingFolder
    self.output = output
    self.errors = errors
    self.engines = engines
    self.sources = sources
    self.now = now
    self.makeIdentifier = makeIdentifier
    self.handlesSignals = handlesSignals
    self.hold = hold
  }

  /// Runs one command line, without the program's own name, and gives the process's exit code: 0 success,
  /// 1 a model or check failed, 2 it could not run, 130 interrupted.
  public func run(_ arguments: [String]) async -> Int32 {
    do {
      switch try ArgumentOrder.sort(arguments) {
      case .overview: output.write(Overview.text(version: version, style: Style(isColored: wantsColor)))
      case .version: output.write("weir \(version)\n")
      case .completionScript(let shell): output.write(try Completions.script(for: shell ?? "bash") + "\n")
      case .command(let sorted):
        var program = self
        program.commandLine = arguments
        return await program.run(command: sorted)
      }
      return ExitStatus.success.rawValue
    } catch {
      report([error])
      return ExitStatus.unusable.rawValue
    }
  }

  private func run(command arguments: [String]) async -> Int32 {
    do {
      var parsed = try RootCommand.parseAsRoot(arguments)
      if let command = parsed as? any Command { return await execute(command) }
      // Help comes as a command of argument-parser's own, which throws its text.
      try parsed.run()
      return ExitStatus.success.rawValue
    } catch {
      return explain(error, verb: arguments.first ?? "")
    }
  }

  private func execute(_ command: any Command) async -> Int32 {
    let session: CommandSession
    do {
      session = try CommandSession(self, command)
    } catch {
      report([error])
      return ExitStatus.unusable.rawValue
    }
    do {
      let status = try await command.run(in: session)
      guard let loss = output.loss else { return status.rawValue }
      session.printer.report([
        Diagnostic(.unwritableFile, "the output could not be written in full", cause: loss)
      ])
      return max(status.rawValue, ExitStatus.unusable.rawValue)
    } catch is CancellationError {
      return ExitStatus.interrupted.rawValue
    } catch {
      session.printer.report(DiagnosticList.collecting(error, else: .internalFailure, "something went wrong"))
      return ExitStatus.unusable.rawValue
    }
  }

  /// Prints what argument-parser has to say: help that was asked for, or what is wrong with the arguments.
  private func explain(_ error: any Error, verb: String) -> Int32 {
    if RootCommand.exitCode(for: error) == .success {
      output.write(RootCommand.fullMessage(for: error, columns: helpWidth) + "\n")
      return ExitStatus.success.rawValue
    }
    let message = RootCommand.message(for: error)
    report([Diagnostic(.usage, message, hint: "'weir \(verb) --help' lists what it takes")])
    return ExitStatus.unusable.rawValue
  }

  /// The width of help: the terminal's, else what the environment says, else what fits everywhere.
  private var helpWidth: Int {
    if let size = output.size { return size.columns }
    return environment["COLUMNS"].flatMap { Int($0) }.map { max(40, $0) } ?? 80
  }

  private var wantsColor: Bool { output.isTerminal && environment["NO_COLOR"].map(\.isEmpty) ?? true }

  private func report(_ diagnostics: [Diagnostic]) {
    let hasColor = errors.isTerminal && environment["NO_COLOR"].map(\.isEmpty) ?? true
    let renderer = DiagnosticRenderer(
      usesColour: hasColor, width: errors.size?.columns,
      redactor: Redactor(secrets: ProcessEnvironment(values: environment).secrets))
    errors.write(renderer.render(diagnostics) + "\n")
  }
}

/// The process's exit codes.
enum ExitStatus: Int32, Sendable {
  case success = 0
  /// A model or a check failed.
  case failure = 1
  /// Nothing could be run.
  case unusable = 2
  case interrupted = 130
}

/// The engines that this program was built with. Filled in by `main`, the only one that knows them.
public struct EngineProvider: Sendable {
  /// Opens the engine that a target names. Throws a `Diagnostic`.
  public var open: @Sendable (ConnectionProfile) async throws -> any Engine
  /// Finds the tables that plain SQL reads.
  public var parseStatements: StatementParser
  /// What `weir debug` shows of the engines: names with versions and folders.
  public var describe: @Sendable () -> [(name: String, value: String)]

  /// Makes a provider.
  public init(
    open: @escaping @Sendable (ConnectionProfile) async throws -> any Engine,
    parseStatements: @escaping StatementParser,
    describe: @escaping @Sendable () -> [(name: String, value: String)]
  ) {
    self.open = open
    self.parseStatements = parseStatements
    self.describe = describe
  }
}

/// The readers of sources that this program was built with. Filled in by `main`.
public struct SourceProvider: Sendable {
  /// Where secrets are had from.
  public var secrets: any SecretSource
  /// Makes the readers of connections.
  public var readers: any SourceReaderFactory

  /// Makes a provider.
  public init(secrets: any SecretSource, readers: any SourceReaderFactory) {
    self.secrets = secrets
    self.readers = readers
  }
}
