import ArgumentParser

/// Which project and which environment.
struct ProjectOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of weir.yml or dbt_project.yml.", valueName: "folder"))
  var projectDir: String?

  @Option(help: ArgumentHelp("The folder of profiles.yml.", valueName: "folder"))
  var profilesDir: String?

  @Option(help: ArgumentHelp("The profile to use instead of the project's.", valueName: "name"))
  var profile: String?

  @Option(
    name: [.long, .customShort("t")],
    help: ArgumentHelp("The target of the profile to work in.", valueName: "name"))
  var target: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Variables of the project, as a YAML mapping.", valueName: "yaml"))
  var vars: String?

  @Option(help: ArgumentHelp("How many nodes run at once.", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("Where artifacts go, instead of target/.", valueName: "folder"))
  var targetPath: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Read again only what changed since the project was last read (the default).")
  var partialParse: Bool?
}

/// How a log looks.
enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case text, json
  /// dbt's name for text that also says the thread and level; here the same as `text`.
  case debug
  /// dbt's name for its default.
  case `default`

  static var allValueStrings: [String] { ["text", "json"] }
}

/// From which level on the log is told of, by dbt's names.
enum LogThreshold: String, ExpressibleByArgument, CaseIterable, Sendable {
  case debug, info, warn, error, none
}

/// What is printed, and how.
struct OutputOptions: ParsableArguments {
  @Flag(
    name: [.long, .customShort("q")], inversion: .prefixedNo,
    help: "Print errors and results only.")
  var quiet: Bool?

  @Option(help: ArgumentHelp("Text for people, or an object a line.", valueName: "format"))
  var logFormat: LogFormat?

  @Option(help: ArgumentHelp("What the log tells at least; debug: each statement, too.", valueName: "level"))
  var logLevel: LogThreshold?

  @Flag(
    name: [.customLong("debug"), .customShort("d")], inversion: .prefixedNo,
    help: "Tell of each statement before it runs: --log-level debug.")
  var debugLog: Bool?

  @Flag(inversion: .prefixedNo, help: "Use colors; without this flag, on a terminal only.")
  var color: Bool?

  @Flag(inversion: .prefixedNo, help: .hidden)
  var useColors: Bool?

  @Flag(name: .customLong("write-json"), inversion: .prefixedNo, help: "Write artifacts to target/.")
  var writeJSON: Bool?

  @Flag(inversion: .prefixedNo, help: "Treat warnings as errors.")
  var warnError: Bool?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Which warnings are errors, and which are not told: '{error: all, warn: [name], silence: [name]}'.",
      valueName: "yaml"))
  var warnErrorOptions: String?
}

/// Flags of dbt that scripts carry and that have nothing to switch here: accepted, without effect.
struct CompatibilityOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: .hidden) var staticParser: Bool?
  @Flag(inversion: .prefixedNo, help: .hidden) var sendAnonymousUsageStats: Bool?
  @Flag(inversion: .prefixedNo, help: .hidden) var versionCheck: Bool?
  @Flag(inversion: .prefixedNo, help: .hidden) var populateCache: Bool?
  @Flag(inversion: .prefixedNo, help: .hidden) var cacheSelectedOnly: Bool?
  @Flag(inversion: .prefixedNo, help: .hidden) var print: Bool?
  @Flag(inversion: .prefixedNo, help: .hidden) var introspect: Bool?
  @Flag(inversion: .prefixedNo, help: .hidden) var showAllDeprecations: Bool?
  @Flag(inversion: .prefixedNo, help: .hidden) var logCacheEvents: Bool?
  @Option(help: .hidden) var logFileMaxBytes: Int?
  @Option(help: .hidden) var logLevelFile: String?
  @Option(help: .hidden) var logFormatFile: String?
  @Option(help: .hidden) var logPath: String?
  @Option(help: .hidden) var printerWidth: Int?
}
