/// The commands, grouped as the help shows them.
enum Verb: String, CaseIterable {
  case initialize = "init"
  case build, load, run, test, seed, snapshot, retry, clone, source
  case list = "ls"
  case runOperation = "run-operation"
  case parse, compile, show, docs, deps, maintain, debug, connections, state, clean, completions

  /// What it does, in a few words.
  var summary: String {
    switch self {
    case .initialize: "Start a small project that runs"
    case .build: "Load, build seeds and models; publish only what passes checks"
    case .load: "Load from sources, and nothing else"
    case .run: "Build models without running checks"
    case .test: "Run checks against what is live"
    case .seed: "Load the CSV files under seeds/"
    case .retry: "Do again what the last run left undone"
    case .clone: "Make nodes by pointing at those of another target"
    case .list: "List what a selection means"
    case .parse: "Read the whole project and report every problem"
    case .compile: "Write the SQL that would run, and run nothing"
    case .snapshot: "Keep the history of what changes in tables"
    case .source: "Ask how fresh sources are: 'weir source freshness'"
    case .show: "Run a query or a model's SQL and print its rows"
    case .runOperation: "Call a macro, and run the statements that it runs"
    case .docs: "Write the catalog and a documentation site, or serve it"
    case .deps: "Install the packages that the project names"
    case .maintain: "Compact a lake, drop old snapshots and files"
    case .debug: "Check versions, paths and the connection"
    case .connections: "List the connections of loads, and try them"
    case .state: "Show or change where loads stopped"
    case .clean: "Delete what builds left in the project folder"
    case .completions: "Print a completion script for bash, zsh or fish"
    }
  }

  /// Other names of the same command.
  var aliases: [String] { self == .list ? ["list"] : [] }

  /// The verbs that are followed by a word that says what they do (`weir docs generate`).
  static let groups: Set<String> = [docs.rawValue, source.rawValue]

  /// Every name that can stand on a command line.
  static let names = allCases.flatMap { [$0.rawValue] + $0.aliases } + ["help"]
}
