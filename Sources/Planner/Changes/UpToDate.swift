import Project

/// Whether doing a node again would only give what is there.
public enum UpToDate: Sendable, Hashable {
  /// It would. When what is there was made, in seconds since 1970.
  case yes(since: Double)
  /// It may not: what changed, or why that cannot be told, in words that follow the node's name.
  case no(String)

  /// What else the decision needs to know.
  public struct Facts: Sendable, Hashable {
    /// Of the node as it is now.
    public var fingerprint: Fingerprint?
    /// Stands for the values of what rendering used, as they are now; nil where nothing was recorded.
    public var outsideDigest: String?
    /// Whether its relation is in the warehouse; true for what stores nothing.
    public var isPresent: Bool
    /// Stands for the files that hold its rows, as they are now.
    public var files: String?
    /// Why it is done whatever is known; nil without such a reason.
    public var forced: String?

    /// Gathers the facts.
    public init(
      fingerprint: Fingerprint?, outsideDigest: String?, isPresent: Bool, files: String? = nil,
      forced: String? = nil
    ) {
      self.fingerprint = fingerprint
      self.outsideDigest = outsideDigest
      self.isPresent = isPresent
      self.files = files
      self.forced = forced
    }
  }

  /// The decision: a node stays as it is if it is as it was at its last success, what it reads holds the data that it held
  /// then, nothing in it can give something else by itself, and what it made is there. Whatever cannot be told counts as
  /// changed. Pure.
  public static func decide(_ node: Node, _ ledger: PublicationLedger, _ facts: Facts) -> UpToDate {
    if let reason = facts.forced ?? alwaysDone(node) { return .no(reason) }
    guard let known = ledger.publication(of: node.id) else { return .no("no earlier success is known") }
    guard let fingerprint = facts.fingerprint else { return .no("it is new") }
    let changes = fingerprint.changes(since: known.fingerprint)
    // What is upstream changes with what is nearer to it.
    if let part = changes.first { return .no("\(part.title) changed") }
    if !facts.isPresent { return .no("what it made is not in the warehouse any more") }
    if facts.files != known.files { return .no("its files are not as it wrote them") }
    if facts.outsideDigest != known.outsideDigest { return .no("a variable or macro that it uses changed") }
    if node.heedsUnsteadiness, let reason = known.unsteadiness { return .no(reason) }
    switch ledger.inputs(of: node.id) {
    case .unknown(let reason): return .no("it reads \(reason)")
    case .known(let inputs):
      guard let before = known.inputs else { return .no("it was not known what it read") }
      if inputs != before { return .no("what it reads has newer data") }
    }
    return .yes(since: known.publishedAt)
  }

  /// What asks for new data, or for the time, by its nature.
  private static func alwaysDone(_ node: Node) -> String? {
    if node.load != nil { return "a load asks its source" }
    if node.config.materialization == .own { return "a macro of the project builds it" }
    if node.config.materialization == .incremental, node.config.incremental.microbatch != nil {
      return "batches fall due with time"
    }
    if node.alwaysRuns == true { return "it is configured with always_run" }
    return nil
  }
}
