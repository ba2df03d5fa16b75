import Diagnostics

/// Looks whether every group is there, and whether every model may be read from where it is.
struct AccessStage {
  let recorded: [NodeID: RecordedReferences]
  /// The packages whose protected models only they themselves may read.
  let restricted: Set<String>

  func run(_ project: Project, _ problems: inout [Diagnostic]) {
    let groups = Set(project.groups.map(\.name))
    var isGuarded = !restricted.isEmpty
    for node in project.nodes {
      if let group = node.config.group, !groups.contains(group) {
        problems.append(unknown(group, of: node, groups))
      }
      isGuarded = isGuarded || node.config.access == .private && node.resourceType == .model
    }
    guard isGuarded else { return }
    for node in project.nodes + project.operations {
      follow(node.references, Reader(node, in: project), in: project, &problems)
    }
    for exposure in project.exposures {
      follow(exposure.references, Reader(exposure), in: project, &problems)
    }
  }

  /// Who refers to a model.
  private struct Reader {
    var id: NodeID
    var name: String
    var package: String
    var group: String?
    var span: SourceSpan

    init(_ node: Node, in project: Project) {
      (id, package, group, span) = (node.id, node.package, node.config.group, node.span)
      name = "\(node.resourceType == .check ? "check" : node.resourceType.rawValue) '\(node.searchName)'"
      // As in dbt, a check belongs to the group of what it is declared on.
      if case .generic(let check)? = node.check { group = project.node(check.attachedNode)?.config.group }
    }

    init(_ exposure: Exposure) {
      (id, package, span) = (exposure.id, exposure.package, exposure.span)
      name = "exposure '\(exposure.name)'"
    }
  }

  private func unknown(_ group: String, of node: Node, _ groups: Set<String>) -> Diagnostic {
    Diagnostic(
      .missingReference,
      "the group '\(group)' of \(node.resourceType.rawValue) '\(node.searchName)' does not exist",
      at: recorded[node.id]?.group ?? node.span,
      hint: Spelling.hint(for: group, among: groups.sorted())
        ?? "declare it under 'groups:' in a property file")
  }

  private func follow(
    _ references: [ModelReference], _ reader: Reader, in project: Project, _ problems: inout [Diagnostic]
  ) {
    for (index, reference) in references.enumerated() where references.firstIndex(of: reference) == index {
      guard
        case .success(let position) = project.references.resolve(reference, from: reader.package, in: project)
      else { continue }
      let target = project.nodes[position]
      guard target.resourceType == .model, let reason = reason(against: reader, target) else { continue }
      let places = recorded[reader.id]?.references ?? []
      let place = (places.indices.contains(index) ? places[index] : nil) ?? reader.span
      problems.append(
        Diagnostic(
          .inaccessible, "the \(reader.name) may not read '\(target.searchName)': \(reason.why)", at: place,
          notes: ["'\(target.searchName)' is \(target.originalPath)"], hint: reason.hint))
    }
  }

  /// Why the model may not be read; nil if it may.
  private func reason(against reader: Reader, _ target: Node) -> (why: String, hint: String)? {
    let isRestricted = target.package != reader.package && restricted.contains(target.package)
    switch target.config.access {
    case .public: return nil
    case .protected:
      guard isRestricted else { return nil }
      return (
        "it is protected, and the package '\(target.package)' restricts access to itself",
        "read one of the package's public models"
      )
    case .private:
      let group = target.config.group
      if let group, reader.group == group, !isRestricted { return nil }
      let owner = group.map { "it is private to the group '\($0)'" } ?? "it is private and has no group"
      return (owner, "put both into one group, or give '\(target.searchName)' the access 'protected'")
    }
  }
}
