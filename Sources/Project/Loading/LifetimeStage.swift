import Diagnostics

/// Says what is known of models' coming and going: newer versions to be tried, and models that are to go.
struct LifetimeStage {
  let recorded: [NodeID: RecordedReferences]
  /// Seconds since 1970.
  let now: Double

  func run(_ project: Project, _ problems: inout [Diagnostic]) {
    let isConcerned = project.nodes.contains { $0.version != nil || $0.deprecationDate != nil }
    guard isConcerned else { return }
    for node in project.nodes {
      if let date = node.deprecationDate, date.moment < now {
        problems.append(
          Diagnostic(
            .deprecatedModel, "the model '\(node.searchName)' was to go on \(date.text)", at: node.span,
            severity: .warning, hint: "remove or disable it"))
      }
      for (index, reference) in node.references.enumerated()
      where node.references.firstIndex(of: reference) == index {
        guard
          case .success(let position) = project.references.resolve(reference, from: node.package, in: project)
        else { continue }
        let places = recorded[node.id]?.references ?? []
        let place = (places.indices.contains(index) ? places[index] : nil) ?? node.span
        let target = project.nodes[position]
        problems += prerelease(reference, target, place, project)
        if node.resourceType == .model { problems += deprecation(of: target, readBy: node, place) }
      }
    }
  }

  /// A reference without a version, to a model that has one to be tried.
  private func prerelease(
    _ reference: ModelReference, _ target: Node, _ place: SourceSpan, _ project: Project
  ) -> [Diagnostic] {
    guard reference.version == nil, let version = target.version,
      let newest = project.references.versions(of: target.name, in: project).last, newest.isPrerelease
    else { return [] }
    return [
      Diagnostic(
        .prerelease,
        "\(reference.call) means version '\(version.text)'; there is a version '\(newest.text)' to be tried",
        at: place, severity: .note,
        notes: ["once it is the latest, the reference means that one"],
        hint: "try ref('\(target.name)', v=\(newest.text)), or stay: ref('\(target.name)', v=\(version.text))"
      )
    ]
  }

  private func deprecation(of target: Node, readBy node: Node, _ place: SourceSpan) -> [Diagnostic] {
    guard let date = target.deprecationDate else { return [] }
    let isPast = date.moment < now
    let newer = target.version.flatMap { $0.isOld ? $0.latestText : nil }
    return [
      Diagnostic(
        .deprecatedModel,
        "'\(node.searchName)' reads '\(target.searchName)', which \(isPast ? "was" : "is") to go on \(date.text)",
        at: place, severity: .warning,
        hint: newer.map { "read the latest version: ref('\(target.name)', v=\($0))" })
    ]
  }
}
