import ArgumentParser
import Diagnostics

/// Which checks a selection brings along, by dbt's names.
enum IndirectSelectionArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
  case eager, cautious, buildable, empty
}

/// Which nodes.
struct SelectionOptions: ParsableArguments {
  @Option(
    name: [.long, .customShort("s")], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Nodes to take: a name, +name+, @name, tag:x, path:x, a,b (both), a b (either).", valueName: "selector")
  )
  var select: [String] = []

  /// dbt's older name of `--select`; where nodes are listed it means models only.
  @Option(
    name: [.long, .customLong("model"), .customShort("m")], parsing: .upToNextOption, help: .hidden)
  var models: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Nodes to leave out, in the same words.", valueName: "selector"))
  var exclude: [String] = []

  @Option(help: ArgumentHelp("A selection that selectors.yml names.", valueName: "name"))
  var selector: String?

  @Option(help: ArgumentHelp("Which checks come along with what they read.", valueName: "mode"))
  var indirectSelection: IndirectSelectionArgument?

  @OptionGroup var state: StateOptions

  /// What there is to say of `--models`, which dbt is about to give up.
  var oldNames: [Diagnostic] {
    guard !models.isEmpty else { return [] }
    return [
      Diagnostic(
        .deprecatedSpelling, "--models is called --select now", severity: .warning,
        hint: "write --select or -s")
    ]
  }

  /// Whether nothing is said: it means the whole project.
  var isWhole: Bool { expressions.isEmpty && exclude.isEmpty && selector == nil }

  /// All expressions that say what to take.
  var expressions: [String] { select + models }

  func validate() throws {
    guard let selector, !expressions.isEmpty || !exclude.isEmpty else { return }
    throw ValidationError("--selector \(selector) stands alone: leave out --select and --exclude")
  }
}

/// What an earlier run left, to compare with and to read from.
struct StateOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Saved artifacts that state: and result: compare with.", valueName: "folder"))
  var state: String?

  @Flag(
    name: .customLong("defer"), inversion: .prefixedNo,
    help: "Read what the target has not from where the state has it.")
  var isDeferring: Bool?

  @Option(help: ArgumentHelp("Saved artifacts for --defer, if others.", valueName: "folder"))
  var deferState: String?

  @Flag(
    inversion: .prefixedNo, help: "With --defer: read all that is not selected from where the state has it.")
  var favorState: Bool?
}

/// Which kinds of nodes.
struct ResourceTypeOptions: ParsableArguments {
  @Option(
    name: [.customLong("resource-type"), .customLong("resource-types")], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only this kind: model, seed, snapshot, load, test, source, exposure, analysis, …", valueName: "kind"))
  var resourceTypes: [String] = []

  @Option(
    name: [.customLong("exclude-resource-type"), .customLong("exclude-resource-types")],
    parsing: .upToNextOption, help: ArgumentHelp("Not this kind.", valueName: "kind"))
  var excludedResourceTypes: [String] = []

  /// Whether nothing is said.
  var isWhole: Bool { resourceTypes.isEmpty && excludedResourceTypes.isEmpty }
}

/// How building goes.
struct BuildOptions: ParsableArguments {
  @Flag(
    name: [.long, .customShort("f")], inversion: .prefixedNo,
    help: "Rebuild incremental models and seeds from nothing.")
  var fullRefresh: Bool?

  @Flag(
    name: [.long, .customShort("x")], inversion: .prefixedNo, help: "Stop at the first failure.")
  var failFast: Bool?
}

/// Whether what is read gives rows.
struct EmptyOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Read no rows: what is built is left empty.")
  var empty: Bool?
}

/// Which of the nodes need be done.
struct ChangeOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Leave as it is what is up to date.")
  var changed: Bool?
}

/// How checks run.
struct CheckOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Keep failing rows in tables.")
  var storeFailures: Bool?
}
