import Diagnostics
import Planner
import Project
import StateStore

/// What a step need do, where only changes are asked for.
enum StepDecision: Sendable, Hashable {
  /// All of it; the reason, where one was asked for.
  case perform(reason: String?)
  /// Nothing but these of its checks, each with the reason; since when the others and the node itself are up to date.
  case keep(since: [NodeID: Double], audits: [NodeID: String])
}

/// Keeps what is known of every node's last success true while a run goes on, and says what need not be done again.
///
/// A node's record is taken out before anything of it changes, and put in after it was published: a run that dies in between
/// leaves none. It lives in the driver's task alone.
struct ChangeTracker {
  /// How many publications wait at most before they are written.
  private static let batchSize = 64

  let project: Project
  private let state: StateStore
  private let run: String
  /// Whether what is up to date is left as it is.
  private let isAsked: Bool
  /// Why every node is done, if there is such a reason.
  private let forced: String?
  /// Whether what is done is what the project says, so that it may be recorded.
  let keepsRecords: Bool
  private let fingerprints: [NodeID: Fingerprint]
  var ledger: PublicationLedger
  private var outside: OutsideValues
  let databases: DatabaseWatch
  /// Why the records of nodes were of no use any more when the run began.
  private let lost: [NodeID: String]
  /// The nodes whose relations are in the warehouse, as far as somebody looked or made them.
  var present: Set<NodeID> = []
  /// What the steps that run read when they began, and the records that they had.
  private var begun: [NodeID: Beginning] = [:]
  private var pending: [PublicationRecord] = []
  /// Whether statements of the project's own may have written to what it does not build.
  private(set) var mayHaveWritten: Bool

  /// What was known of a node when its step began.
  private struct Beginning {
    var inputs: String?
    var before: Publication?
    var files: String?
  }

  /// Reads what is known, and forgets what can be trusted no more. Throws `WEIR-E0801`.
  init(
    _ project: Project, _ graph: Graph, _ state: StateStore, _ options: RunOptions, _ databases: DatabaseWatch
  ) throws(Diagnostic) {
    self.project = project
    self.state = state
    run = options.invocation.id
    isAsked = options.onlyChanges
    let invocation = options.invocation
    let partial = Self.partialReading(invocation)
    self.databases = databases
    keepsRecords = partial == nil
    forced = invocation.isFullRefresh ? "--full-refresh was given" : partial
    mayHaveWritten = !project.settings.onRunStart.isEmpty || !project.settings.onRunEnd.isEmpty
    fingerprints = graph.fingerprints(of: project)
    outside = OutsideValues(project, environment: invocation.environment)
    let trust = TrustedRecords(project, databases)
    var publications: [NodeID: Publication] = [:]
    var lost: [NodeID: String] = [:]
    for record in try state.publications(target: project.target.name) {
      let id = NodeID(record.node)
      if let reason = trust.doubt(of: id) {
        lost[id] = reason
      } else {
        publications[id] = Publication(record)
      }
    }
    try state.forgetPublications(lost.keys.map(\.rawValue).sorted(), target: project.target.name)
    self.lost = lost
    ledger = PublicationLedger(
      project: project, graph: graph, publications: publications, sources: trust.sourceVersions())
  }

  /// Why what a run builds is not what the project says, if there is a reason.
  private static func partialReading(_ invocation: Invocation) -> String? {
    if invocation.deferral != nil { return "--defer reads from elsewhere" }
    if invocation.readsNothing { return "--empty was given" }
    return invocation.sample == nil ? nil : "--sample was given"
  }

  // MARK: - Asking

  /// What a step need do.
  mutating func decision(_ step: Step) -> StepDecision {
    guard isAsked, step.action != .freshness else { return .perform(reason: nil) }
    switch decide(step.node) {
    case .no(let reason): return .perform(reason: reason)
    case .yes(let moment):
      var since = [step.node: moment]
      var audits: [NodeID: String] = [:]
      for audit in step.audits {
        switch decide(audit) {
        case .yes(let moment): since[audit] = moment
        case .no(let reason): audits[audit] = reason
        }
      }
      return .keep(since: since, audits: audits)
    }
  }

  mutating func decide(_ id: NodeID) -> UpToDate {
    guard let node = project.node(id) else { return .no("it is not in the project") }
    let known = ledger.publication(of: id)
    if known == nil, let reason = lost[id] { return .no(reason) }
    var facts = UpToDate.Facts(
      fingerprint: fingerprints[id], outsideDigest: known.map { outside.digest(of: $0.outside) },
      isPresent: node.check != nil || node.unitTest != nil || present.contains(id))
    facts.files = seedFile(node).map(Self.fileState) ?? known?.files.map(Self.fileState)
    facts.forced = node.check == nil && node.unitTest == nil ? forced : keepsRecords ? nil : forced
    return UpToDate.decide(node, ledger, facts)
  }

  // MARK: - Keeping records

  /// Takes note that some nodes are about to be done. Their records are gone when this returns. Throws `WEIR-E0801`.
  mutating func begin(_ nodes: [NodeID]) throws(Diagnostic) {
    var known: [String] = []
    for id in nodes {
      begun[id] = Beginning(
        inputs: ledger.inputs(of: id).text, before: ledger.publication(of: id),
        files: project.node(id).flatMap(seedFile).map(Self.fileState))
      guard ledger.publication(of: id) != nil else { continue }
      known.append(id.rawValue)
      ledger.forget(id)
    }
    try state.forgetPublications(known, target: project.target.name)
  }

  /// Takes note of what became of a step. Throws `WEIR-E0801`.
  mutating func finish(_ result: NodeResult, at time: Double) throws(Diagnostic) {
    noteWrites(result)
    if let id = Self.succeeded(result) { record(id, result, at: time) }
    guard !result.status.isFailure || result.status == .partialSuccess else { return }
    for audit in result.audits where audit.status == .pass {
      // What it looked at is known by its record now.
      begun[audit.node]?.inputs = ledger.inputs(of: audit.node).text
      record(audit.node, audit, at: time)
    }
    if pending.count >= Self.batchSize { try flush() }
  }

  /// Writes what waits. Throws `WEIR-E0801`.
  mutating func flush() throws(Diagnostic) {
    try state.setPublications(pending, target: project.target.name)
    pending = []
  }

  private static func succeeded(_ result: NodeResult) -> NodeID? {
    switch result.status {
    case .success, .pass: result.node
    default: nil
    }
  }

  private mutating func record(_ id: NodeID, _ result: NodeResult, at time: Double) {
    guard keepsRecords, let node = project.node(id), let fingerprint = fingerprints[id],
      let beginning = begun.removeValue(forKey: id)
    else { return }
    var publication = Publication(
      fingerprint: fingerprint, version: run, publishedAt: time, inputs: beginning.inputs)
    publication.files = beginning.files
    if let before = beginning.before, node.load != nil, before.fingerprint == fingerprint,
      Self.broughtNothing(result)
    {
      publication.version = before.version
    }
    publication.outside = result.evidence?.outside.names.sorted() ?? []
    publication.outsideDigest = outside.digest(of: publication.outside)
    publication.unsteadiness = result.evidence?.unsteadiness
    if node.config.materialization == .own { publication.unsteadiness = "a macro of the project built it" }
    if node.config.materialization == .external {
      publication.files = result.evidence?.place.map { Self.fileState($0) }
      if publication.files == nil { publication.unsteadiness = "its files are not on this machine" }
    }
    ledger.record(publication, of: id)
    present.insert(id)
    pending.append(PublicationRecord(publication, of: id))
  }

  /// The file of a seed that is too large for its text to be in the fingerprint.
  private func seedFile(_ node: Node) -> String? {
    guard node.resourceType == .seed, node.checksum.count != 64 || node.checksum.contains("/") else {
      return nil
    }
    let file = node.span.file
    return file.hasPrefix("/") ? file : "\(project.settings.root)/\(file)"
  }

  /// Whether a load left its tables as they were.
  private static func broughtNothing(_ result: NodeResult) -> Bool {
    result.loads.allSatisfy { table in
      table.rowsInserted == 0 && table.rowsUpdated == 0 && table.rowsDeleted == 0 && table.changes.isEmpty
    }
  }

  private mutating func noteWrites(_ result: NodeResult) {
    guard !mayHaveWritten, result.status != .skipped else { return }
    mayHaveWritten = ([result] + result.audits).contains { item in
      guard let node = project.node(item.node), item.status != .upToDate else { return false }
      return !node.config.preHooks.isEmpty || !node.config.postHooks.isEmpty
        || node.config.materialization == .own || item.evidence?.outside.asksWarehouse == true
        || (item.status.isFailure && node.check == nil)
    }
  }

  /// The path and the state of what lies there. The first line is the path: a stored state says itself where to look.
  private static func fileState(_ pathOrState: String) -> String {
    let path = parts(pathOrState)?.path ?? pathOrState
    return "\(path)\n\(FileState.text(of: path) ?? FileState.nothing)"
  }

  /// The path and the state that `fileState` put together; nil if it did not.
  static func parts(_ state: String) -> (path: String, state: String)? {
    guard let end = state.firstIndex(of: "\n") else { return nil }
    return (String(state[..<end]), String(state[state.index(after: end)...]))
  }
}

extension Publication {
  init(_ record: PublicationRecord) {
    self.init(
      fingerprint: Fingerprint(record.fingerprint), version: record.version, publishedAt: record.publishedAt,
      inputs: record.inputs)
    outside = record.outside
    outsideDigest = record.outsideDigest
    unsteadiness = record.unsteadiness
    files = record.files
  }
}

extension PublicationRecord {
  init(_ publication: Publication, of id: NodeID) {
    self.init(
      node: id.rawValue, fingerprint: publication.fingerprint.rawValue, version: publication.version,
      publishedAt: publication.publishedAt, inputs: publication.inputs, outside: publication.outside,
      outsideDigest: publication.outsideDigest, unsteadiness: publication.unsteadiness,
      files: publication.files)
  }
}
