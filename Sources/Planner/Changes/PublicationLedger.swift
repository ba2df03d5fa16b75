import Project

/// Which version of its data everything in the graph holds, as far as is known; kept up to date while a run publishes.
///
/// A table holds what its last publication wrote. A view and an ephemeral model hold what they read holds. A source holds
/// what its load wrote, or what its files or its database say.
public struct PublicationLedger: Sendable {
  private let project: Project
  private let graph: Graph
  /// Where the project's nodes hold what stands at a place of the graph's order.
  private let nodes: [Int?]
  private let sources: [NodeID: DataVersion]
  private var publications: [NodeID: Publication]
  /// By place in the graph's order.
  private var versions: [DataVersion]

  /// Takes what was recorded, and the versions of sources that no load of the project brings. In time proportional to the
  /// graph.
  public init(
    project: Project, graph: Graph, publications: [NodeID: Publication], sources: [NodeID: DataVersion] = [:]
  ) {
    self.project = project
    self.graph = graph
    self.publications = publications
    self.sources = sources
    nodes = graph.order.map { project.nodeIndex[$0] }
    versions = Array(repeating: .unknown("nothing"), count: graph.order.count)
    for place in versions.indices { versions[place] = version(at: place) }
  }

  /// What was recorded of a node; nil if nothing was, or it is being built.
  public func publication(of id: NodeID) -> Publication? { publications[id] }

  /// The version of what a node or source holds.
  public func version(of id: NodeID) -> DataVersion {
    graph.places[id].map { versions[$0] } ?? .unknown("'\(id)', which is not in the project")
  }

  /// What stands for the versions of all that a node reads; else the first that is not known.
  public func inputs(of id: NodeID) -> DataVersion {
    // A unit test brings its own rows: what its model reads only says which columns there are.
    let reader = project.node(id)?.unitTest?.modelNode ?? id
    guard let place = graph.places[reader] else { return .known("") }
    return joined(graph.parentPlaces[place])
  }

  /// Takes note that a node is about to be done again: what it holds is not known from then on.
  public mutating func forget(_ id: NodeID) {
    guard publications.removeValue(forKey: id) != nil else { return }
    update(id)
  }

  /// Takes note of a success.
  public mutating func record(_ publication: Publication, of id: NodeID) {
    publications[id] = publication
    update(id)
  }

  /// Views that are there show other rows from now on.
  private mutating func update(_ id: NodeID) {
    guard let place = graph.places[id] else { return }
    versions[place] = version(at: place)
    var open = graph.childPlaces[place].filter(showsItsInputs)
    var reached: Set<Int> = []
    while let next = open.popLast() {
      guard reached.insert(next).inserted else { continue }
      open.append(contentsOf: graph.childPlaces[next].filter(showsItsInputs))
    }
    for place in reached.sorted() { versions[place] = version(at: place) }
  }

  /// Whether what stands there is another as soon as what it reads is.
  private func showsItsInputs(_ place: Int) -> Bool {
    guard let index = nodes[place] else { return true }
    let node = project.nodes[index]
    switch node.config.materialization {
    case .ephemeral: return true
    case .view, .own: return publications[node.id] != nil
    default: return false
    }
  }

  private func version(at place: Int) -> DataVersion {
    let id = graph.order[place]
    guard let index = nodes[place] else { return sourceVersion(id) }
    let node = project.nodes[index]
    if node.config.materialization == .ephemeral { return joined(graph.parentPlaces[place]) }
    guard let publication = publications[id] else {
      return .unknown("\(node.name), of which no success is known")
    }
    guard node.config.materialization == .view || node.config.materialization == .own else {
      return .known(publication.version)
    }
    if let reason = publication.unsteadiness, node.heedsUnsteadiness {
      return .unknown("\(node.name): \(reason)")
    }
    switch joined(graph.parentPlaces[place]) {
    case .known(let inputs): return .known("\(publication.version) \(inputs)")
    case .unknown(let reason): return .unknown(reason)
    }
  }

  private func sourceVersion(_ id: NodeID) -> DataVersion {
    guard let source = project.source(id) else { return .unknown("'\(id)'") }
    let name = "\(source.sourceName).\(source.name)"
    if let load = source.loadedBy, project.node(load) != nil {
      return publications[load].map { .known($0.version) }
        ?? .unknown("\(name), whose load is not known to have succeeded")
    }
    return sources[id] ?? .unknown("\(name), of which it cannot be told whether it changed")
  }

  private func joined(_ parents: [Int]) -> DataVersion {
    var text = ""
    for parent in parents {
      switch versions[parent] {
      case .known(let version): text += "\(graph.order[parent].rawValue) \(version)\n"
      case .unknown: return versions[parent]
      }
    }
    return .known(text.isEmpty ? "" : Digest.sha256(text))
  }
}

extension Node {
  /// What `always_run` says, if anything: whether the node is done by every run, or never merely because building it may
  /// give something else.
  public var alwaysRuns: Bool? { config.values["always_run"]?.boolValue }

  /// Whether what makes it unsteady counts.
  var heedsUnsteadiness: Bool { alwaysRuns != false }
}
