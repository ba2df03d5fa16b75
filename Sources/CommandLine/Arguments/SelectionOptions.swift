import ArgumentParser

/// Which checks a selection brings along, by dbt's names.
enum IndirectSelectionArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
  case eager, cautious, buildable, empty
}

/// Which nodes.
struct SelectionOptions: ParsableArguments {
  @Option(
    name: [
      .long, .customShort("s"), .customLong("model"), .customLong("models"), .customShort("m"),
    ], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Nodes to take: a name, +name+, @name, tag:x, path:x, a,b (both), a b (either).", valueName: "selector")
  )
  var select: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Nodes to leave out, in the same words.", valueName: "selector"))
  var exclude: [String] = []

  @Option(help: ArgumentHelp("Which checks come along with what they read.", valueName: "mode"))
  var indirectSelection: IndirectSelectionArgument?
}

/// Which kinds of nodes.
struct ResourceTypeOptions: ParsableArguments {
  @Option(
    name: [.customLong("resource-type"), .customLong("resource-types")], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only this kind: model, seed, snapshot, load, test, source, exposure.", valueName: "kind"))
  var resourceTypes: [String] = []

  @Option(
    name: [.customLong("exclude-resource-type"), .customLong("exclude-resource-types")],
    parsing: .upToNextOption, help: ArgumentHelp("Not this kind.", valueName: "kind"))
  var excludedResourceTypes: [String] = []
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

/// How checks run.
struct CheckOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Keep failing rows in tables.")
  var storeFailures: Bool?
}
