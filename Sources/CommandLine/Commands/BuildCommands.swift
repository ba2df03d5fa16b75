import ArgumentParser
import Project

/// Builds and checks.
struct BuildCommand: Command {
  static let verb = Verb.build
  static let configuration: CommandConfiguration = described(examples: [
    "build", "build --select +orders", "build --select tag:daily --exclude path:models/old",
    "build --changed",
  ])

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Nodes") var kinds: ResourceTypeOptions
  @OptionGroup(title: "Nodes") var changes: ChangeOptions
  @OptionGroup(title: "Building") var building: BuildOptions
  @OptionGroup(title: "Building") var emptiness: EmptyOptions
  @OptionGroup(title: "Building") var checks: CheckOptions
  @OptionGroup(title: "Building") var eventTime: EventTimeOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await RunOperation(
      session: session, project: project, selection: selection, kinds: kinds,
      fullRefresh: building.fullRefresh, failFast: building.failFast, storesFailures: checks.storeFailures,
      empty: emptiness.empty, eventTime: eventTime, onlyChanges: changes.changed
    ).perform()
  }
}

/// Builds models alone.
struct RunCommand: Command {
  static let verb = Verb.run
  static let configuration: CommandConfiguration = described(examples: [
    "run", "run --select stg_orders+", "run --full-refresh",
  ])

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Nodes") var changes: ChangeOptions
  @OptionGroup(title: "Building") var building: BuildOptions
  @OptionGroup(title: "Building") var emptiness: EmptyOptions
  @OptionGroup(title: "Building") var eventTime: EventTimeOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await RunOperation(
      session: session, project: project, selection: selection, kinds: nil,
      fullRefresh: building.fullRefresh, failFast: building.failFast, empty: emptiness.empty,
      eventTime: eventTime, onlyChanges: changes.changed
    ).perform()
  }
}

/// Runs checks alone.
struct TestCommand: Command {
  static let verb = Verb.test
  static let configuration: CommandConfiguration = described(examples: [
    "test", "test --select orders", "test --select test_type:singular --store-failures",
  ])

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Nodes") var kinds: ResourceTypeOptions
  @OptionGroup(title: "Nodes") var changes: ChangeOptions
  @OptionGroup(title: "Checking") var checks: CheckOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Flag(
    name: [.long, .customShort("x")], inversion: .prefixedNo, help: "Stop at the first failure.")
  var failFast: Bool?

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await RunOperation(
      session: session, project: project, selection: selection, kinds: kinds, failFast: failFast,
      storesFailures: checks.storeFailures, onlyChanges: changes.changed
    ).perform()
  }
}

/// Takes snapshots alone.
struct SnapshotCommand: Command {
  static let verb = Verb.snapshot
  static let configuration: CommandConfiguration = described(examples: [
    "snapshot", "snapshot --select orders_history",
  ])

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Nodes") var changes: ChangeOptions
  @OptionGroup(title: "Building") var emptiness: EmptyOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Flag(
    name: [.long, .customShort("x")], inversion: .prefixedNo, help: "Stop at the first failure.")
  var failFast: Bool?

  func run(in session: CommandSession) async throws -> ExitStatus {
    try await RunOperation(
      session: session, project: project, selection: selection, kinds: nil, failFast: failFast,
      empty: emptiness.empty, onlyChanges: changes.changed
    ).perform()
  }
}

/// Loads seeds alone.
struct SeedCommand: Command {
  static let verb = Verb.seed
  static let configuration: CommandConfiguration = described(examples: ["seed", "seed --select raw_orders"])

  @OptionGroup(title: "Nodes") var selection: SelectionOptions
  @OptionGroup(title: "Nodes") var changes: ChangeOptions
  @OptionGroup(title: "Building") var building: BuildOptions
  @OptionGroup(title: "Project") var project: ProjectOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var compatibility: CompatibilityOptions

  @Flag(help: "Print the first rows of each seed.")
  var show = false

  func run(in session: CommandSession) async throws -> ExitStatus {
    let status = try await RunOperation(
      session: session, project: project, selection: selection, kinds: nil,
      fullRefresh: building.fullRefresh, failFast: building.failFast, onlyChanges: changes.changed
    ).perform()
    guard show, status == .success else { return status }
    return try await ShowOperation(
      workspace: Workspace.open(session, project), form: .table, limit: 10, outputFile: nil
    ).perform(seeds: selection)
  }
}
