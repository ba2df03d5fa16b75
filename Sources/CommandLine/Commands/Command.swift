import ArgumentParser
import Diagnostics
import Jinja

/// A command: it parses its arguments, calls one operation and prints the value that comes back.
protocol Command: ParsableCommand, Sendable {
  /// Which one it is.
  static var verb: Verb { get }
  /// What is printed, and how.
  var output: OutputOptions { get }
  /// Does what was asked for. Throws diagnostics.
  func run(in session: CommandSession) async throws -> ExitStatus
}

extension Command {
  /// A command's name and texts for its help. Usage is written out where argument-parser would list every flag.
  static func described(examples: [String], usage: String? = nil) -> CommandConfiguration {
    CommandConfiguration(
      commandName: verb.rawValue, abstract: verb.summary + ".", usage: usage,
      discussion: examples.isEmpty
        ? "" : "Examples:\n" + examples.map { "  weir \($0)" }.joined(separator: "\n"),
      aliases: verb.aliases)
  }
}

/// The program as argument-parser sees it.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weir", abstract: "From source to audited tables, in one program.",
    subcommands: [
      InitializeCommand.self, BuildCommand.self, LoadCommand.self, RunCommand.self, TestCommand.self,
      SeedCommand.self, SnapshotCommand.self, RetryCommand.self, CloneCommand.self, SourceCommand.self,
      MacroCommand.self, ListCommand.self, ParseCommand.self, CompileCommand.self, ShowCommand.self,
      DocumentationCommand.self,
      DependenciesCommand.self, MaintainCommand.self, DebugCommand.self, ConnectionsCommand.self,
      StateCommand.self, CleanCommand.self,
      CompletionsCommand.self,
    ])
}

/// What one invocation works with: its name, its printer, the environment.
struct CommandSession: Sendable {
  let program: Program
  /// The command that runs: with `retry`, the one that is tried again.
  var verb: Verb
  /// The command's own name, which templates see: the verb, or the word behind it (`generate`).
  var word: String
  let invocationID: String
  let startedAt: Double
  let environment: ProcessEnvironment
  let printer: Printer
  let output: OutputOptions
  /// `flags` of the project file, once it is read.
  var projectFlags: DataValue?

  /// Resolves what the flags and the environment say of output. Throws usage errors.
  init(_ program: Program, _ command: some Command) throws(Diagnostic) {
    self.program = program
    verb = type(of: command).verb
    word = type(of: command).configuration.commandName ?? verb.rawValue
    output = command.output
    invocationID = program.makeIdentifier()
    startedAt = program.now()
    environment = ProcessEnvironment(values: program.environment)
    printer = Printer(
      options: try Self.printing(command.output, environment), output: program.output,
      errors: program.errors, invocationID: invocationID, redactor: Redactor(secrets: environment.secrets),
      now: program.now)
  }

  private static func printing(
    _ flags: OutputOptions, _ environment: ProcessEnvironment
  ) throws(Diagnostic) -> Printer.Options {
    var options = Printer.Options()
    let format: LogFormat
    if let chosen = flags.logFormat {
      format = chosen
    } else {
      format = try environment.choice("DBT_LOG_FORMAT", of: LogFormat.self) ?? .text
    }
    options.isJSON = format == .json
    if let isQuiet = flags.quiet {
      options.isQuiet = isQuiet
    } else {
      options.isQuiet = try environment.isOn("DBT_QUIET") ?? false
    }
    options.level = try level(flags, environment)
    if options.level == .error { options.isQuiet = true }
    if let isColored = flags.color ?? flags.useColors {
      options.isColored = isColored
    } else if environment.text("NO_COLOR") != nil {
      options.isColored = false
    } else {
      options.isColored = try environment.isOn("DBT_USE_COLORS")
    }
    return options
  }

  /// The least that is told of. `none` tells of errors all the same: nothing is to fail without a word.
  private static func level(_ flags: OutputOptions, _ environment: ProcessEnvironment) throws(Diagnostic)
    -> LogLevel
  {
    if flags.debugLog == true { return .debug }
    let named: LogThreshold?
    if let chosen = flags.logLevel {
      named = chosen
    } else {
      named = try environment.choice("DBT_LOG_LEVEL", of: LogThreshold.self)
    }
    if flags.debugLog == nil, try environment.isOn("DBT_DEBUG") ?? false { return .debug }
    return switch named {
    case .debug: .debug
    case .warn: .warn
    case .error, .some(.none): .error
    case .info, nil: .info
    }
  }

  /// Whether artifacts are written.
  func writesArtifacts() throws(Diagnostic) -> Bool {
    if let flag = output.writeJSON { return flag }
    return try environment.isOn("DBT_WRITE_JSON") ?? projectFlags?["write_json"]?.boolValue ?? true
  }

  /// Which warnings count as errors, and which are not told: what the flags say goes before the environment, and that
  /// before the project file.
  func warningPolicy() throws(Diagnostic) -> WarningPolicy {
    if output.warnError == true, output.warnErrorOptions != nil {
      throw Diagnostic(
        .usage, "--warn-error and --warn-error-options exclude each other", hint: "give one of them")
    }
    if let text = output.warnErrorOptions {
      return try WarningPolicy(yaml: text, origin: "--warn-error-options")
    }
    if let flag = output.warnError { return flag ? .everything("--warn-error") : WarningPolicy() }
    if let isOn = try environment.isOn("DBT_WARN_ERROR") {
      return isOn ? .everything("DBT_WARN_ERROR") : WarningPolicy()
    }
    if let text = environment.text("DBT_WARN_ERROR_OPTIONS") {
      return try WarningPolicy(yaml: text, origin: "DBT_WARN_ERROR_OPTIONS")
    }
    if projectFlags?["warn_error"]?.boolValue ?? false {
      return .everything("warn_error of the project's flags")
    }
    guard let options = projectFlags?["warn_error_options"], !options.isNone else { return WarningPolicy() }
    return try WarningPolicy(options, origin: "warn_error_options of the project's flags")
  }
}
