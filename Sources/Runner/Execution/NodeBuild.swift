import EngineCore
import Project

/// What building a node takes, after rendering.
struct NodeBuild {
  enum Work {
    case table(String)
    case view(String)
    /// New rows for the table that is there.
    case incremental(String)
    case seed(SeedFile)
    /// A query whose rows' versions are kept.
    case snapshot(String)
    /// Rows that become files.
    case external(String, ExternalWriter)
    /// What a macro of the project's builds.
    case own(String)
    /// What a macro of the project's creates beside what is live.
    case written(String, Relation)
    /// Rows that a Python model gives.
    case python(PythonWork)
  }

  let node: Node
  let target: Relation
  let work: Work

  /// What stands in the warehouse afterwards.
  var kind: RelationKind {
    switch work {
    case .view, .external: .view
    case .table, .incremental, .seed, .snapshot, .own: .table
    case .python(let work): work.files == nil ? .table : .view
    case .written(_, let beside): beside.kind ?? .table
    }
  }

  /// Whether it makes the table that stands there afterwards, in place of `existing`.
  func isNewTable(over existing: Relation?) -> Bool {
    switch work {
    case .table, .seed: true
    case .written: kind == .table
    case .python(let work): work.files == nil && !work.isIncremental
    case .snapshot: existing == nil
    case .view, .incremental, .external, .own: false
    }
  }

  /// The files that it makes.
  var files: ExternalWriter? {
    switch work {
    case .external(_, let files): files
    case .python(let work): work.files
    default: nil
    }
  }
}
