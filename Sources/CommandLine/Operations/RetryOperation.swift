import Diagnostics
import Jinja
import Planner
import Project
import Runner

/// Does again what the last run left undone: what failed, and what was skipped because of it.
struct RetryOperation {
  let session: CommandSession
  let project: ProjectOptions
  let state: String?
  let fullRefresh: Bool?

  func perform() async throws -> ExitStatus {
    let (folder, text) = try savedRun()
    let run = try SavedRun(json: text, file: "\(folder)/run_results.json")
    let command = run.arguments["which"]?.stringValue ?? ""
    if command == Verb.clone.rawValue { return try await clone(run) }
    if command == Verb.runOperation.rawValue { return try await callMacro(run) }
    if command == Verb.compile.rawValue { return try await compile(run) }
    if command == GenerateDocumentationCommand.word { return try await document(run) }
    guard let verb = Verb(rawValue: command), PlanCommand(rawValue: command) != nil else {
      throw Diagnostic(
        .usage, "the last command was '\(TerminalText.oneLine(command))', which cannot be tried again",
        hint: "only commands that run nodes can")
    }
    let session = resumedSession(verb)
    // Where nothing was said of it, `false` is written, and each check's own configuration counts.
    let storesFailures = run.arguments["store_failures"]?.boolValue == true ? true : nil
    var operation = try RunOperation(
      session: session, project: resumed(run.arguments), selection: try selection(run.arguments), kinds: nil,
      fullRefresh: fullRefresh ?? run.arguments["full_refresh"]?.boolValue,
      failFast: run.arguments["fail_fast"]?.boolValue,
      storesFailures: storesFailures, empty: run.arguments["empty"]?.boolValue,
      eventTime: try eventTime(run.arguments))
    operation.retried = try retried(run)
    return try await operation.perform()
  }

  private func retried(_ run: SavedRun) throws -> RetriedNodes {
    RetriedNodes(run: run, retriesWarnings: try session.warningPolicy().bansFailingChecks)
  }

  private func resumedSession(_ verb: Verb) -> CommandSession {
    var session = session
    session.verb = verb
    session.word = verb.rawValue
    return session
  }

  private func clone(_ run: SavedRun) async throws -> ExitStatus {
    var operation = CloneOperation(
      session: resumedSession(.clone), project: resumed(run.arguments),
      selection: try selection(run.arguments), kinds: try ResourceTypeOptions.parse([]),
      fullRefresh: fullRefresh ?? run.arguments["full_refresh"]?.boolValue)
    operation.retried = try retried(run)
    return try await operation.perform()
  }

  private func compile(_ run: SavedRun) async throws -> ExitStatus {
    guard let workspace = try await reopened(run, .compile, Verb.compile.rawValue) else { return .success }
    return try await CompileOperation(workspace: workspace, retried: retried(run)).perform(
      inline: nil, selection: selection(run.arguments), kinds: nil, project: resumed(run.arguments))
  }

  private func document(_ run: SavedRun) async throws -> ExitStatus {
    let word = GenerateDocumentationCommand.word
    guard let workspace = try await reopened(run, .docs, word) else { return .success }
    let operation = DocumentationOperation(
      workspace: workspace, isCompiling: true, hasEmptyCatalog: false, isStatic: false,
      retried: try retried(run))
    return try await workspace.session.interruptible {
      try await operation.perform(selection(run.arguments), resumed(run.arguments))
    }
  }

  /// The project as the last command opened it; nil, after saying so, if nothing is left to be done.
  private func reopened(_ run: SavedRun, _ verb: Verb, _ word: String) async throws -> Workspace? {
    var session = resumedSession(verb)
    session.word = word
    guard try retried(run).hasFailures else {
      let text = "Nothing to do: the last \(verb.rawValue) succeeded."
      session.printer.log(text, LogRecord(.warn, "NothingToDo", "Q035", text))
      return nil
    }
    var workspace = try await Workspace.open(
      session, resumed(run.arguments),
      isFullRefresh: fullRefresh ?? run.arguments["full_refresh"]?.boolValue)
    workspace.invocation.readsNothing = run.arguments["empty"]?.boolValue ?? false
    return workspace
  }

  private func callMacro(_ run: SavedRun) async throws -> ExitStatus {
    let session = resumedSession(.runOperation)
    guard try retried(run).hasFailures, let macro = run.arguments["macro"]?.stringValue else {
      let text = "Nothing to do: the last run-operation succeeded."
      session.printer.log(text, LogRecord(.warn, "NothingToDo", "Q035", text))
      return .success
    }
    let workspace = try await Workspace.open(session, resumed(run.arguments))
    return try await MacroOperation(workspace: workspace)
      .perform(macro, run.arguments["args"] ?? .dict(DataMap()))
  }

  private func savedRun() throws -> (folder: String, text: String) {
    let request = ProjectRequest(session: session, flags: project)
    let root = try request.root()
    let named = state ?? session.environment.text("DBT_STATE")
    let folder = try named ?? targetFolder(request)
    guard let text = LookResults.lastRun(in: LocalFiles.absolute(folder, from: root)) else {
      throw Diagnostic(
        .missingState, "there is no run_results.json in '\(folder)'",
        hint: named == nil ? "there has been no run yet" : "name the folder of a run's artifacts with --state"
      )
    }
    return (folder, text)
  }

  private func targetFolder(_ request: ProjectRequest) throws -> String {
    if let path = project.targetPath ?? session.environment.text("DBT_TARGET_PATH") { return path }
    let options = try request.loadOptions(isFullRefresh: nil, storesFailures: nil)
    return try ProjectLoader(options: options, parser: session.program.engines.parseStatements)
      .loadSettings().settings.targetPath
  }

  /// The flags that are given now, and those of the last run where nothing is said.
  private func resumed(_ arguments: DataValue) -> ProjectOptions {
    var project = project
    project.target = project.target ?? arguments["target"]?.stringValue
    project.profile = project.profile ?? arguments["profile"]?.stringValue
    project.threads = project.threads ?? arguments["threads"]?.intValue
    if project.vars == nil, let vars = arguments["vars"], !(vars.dictValue?.isEmpty ?? true) {
      project.vars = vars.json()
    }
    return project
  }

  private func eventTime(_ arguments: DataValue) throws -> EventTimeOptions {
    var options = try EventTimeOptions.parse([])
    options.eventTimeStart = arguments["event_time_start"]?.stringValue
    options.eventTimeEnd = arguments["event_time_end"]?.stringValue
    options.sample = arguments["sample"]?.stringValue
    return options
  }

  private func selection(_ arguments: DataValue) throws -> SelectionOptions {
    var selection = try SelectionOptions.parse([])
    func texts(_ key: String) -> [String] {
      let value = arguments[key]
      return value?.listValue?.compactMap(\.stringValue) ?? value?.stringValue.map { [$0] } ?? []
    }
    selection.select = texts("select")
    selection.exclude = texts("exclude")
    selection.selector = arguments["selector"]?.stringValue
    selection.state.state = arguments["state"]?.stringValue
    selection.state.deferState = arguments["defer_state"]?.stringValue
    selection.state.isDeferring = arguments["defer"]?.boolValue
    selection.state.favorState = arguments["favor_state"]?.boolValue
    return selection
  }
}

/// What of a run is done again.
struct RetriedNodes: Sendable {
  let run: SavedRun
  /// Whether what warned counts as failed.
  let retriesWarnings: Bool

  private static let statuses: Set<String> = [
    "error", "fail", "skipped", "runtime error", "partial success",
  ]

  /// Whether anything did not succeed.
  var hasFailures: Bool { run.results.contains { isRetried($0.status) } }

  private func isRetried(_ status: String) -> Bool {
    Self.statuses.contains(status) || (retriesWarnings && status == "warn")
  }

  /// The batches of microbatch models that were built, and those that were not, of models that have both.
  func batches(in workspace: Workspace) -> [NodeID: RetriedBatches] {
    func spans(_ saved: [SavedBatches.Span]) -> [Range<Int>] {
      saved.compactMap { span in
        guard let start = MomentText.microseconds(span.start), let end = MomentText.microseconds(span.end),
          start < end
        else { return nil }
        return start..<end
      }
    }
    var found: [NodeID: RetriedBatches] = [:]
    for node in workspace.project.nodes {
      guard let saved = run.batches[node.artifactID.rawValue] else { continue }
      let batches = RetriedBatches(built: spans(saved.built), failed: spans(saved.failed))
      if !batches.built.isEmpty, !batches.failed.isEmpty { found[node.id] = batches }
    }
    return found
  }

  /// The nodes: what did not succeed, and all checks of the last run that gate what is built again.
  func selection(in workspace: Workspace) -> Selection {
    var ids: [String: NodeID] = [:]
    for node in workspace.project.nodes { ids[node.artifactID.rawValue] = node.id }
    for exposure in workspace.project.exposures { ids[exposure.id.rawValue] = exposure.id }
    for resource in workspace.project.semantics { ids[resource.id.rawValue] = resource.id }
    var nodes: Set<NodeID> = []
    for result in run.results {
      if isRetried(result.status), let id = ids[result.id] { nodes.insert(id) }
    }
    for result in run.results {
      guard let id = ids[result.id], let check = workspace.project.node(id), check.resourceType == .check,
        check.dependencies.contains(where: nodes.contains)
      else { continue }
      nodes.insert(id)
    }
    return Selection(nodes: nodes)
  }
}
