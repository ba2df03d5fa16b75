import Project

/// Turns a selection into questions: how fresh is each of its sources that says how fresh it must be.
public enum FreshnessPlan {
  /// The plan, by the sources' names.
  public static func plan(_ selection: Selection, project: Project) -> Plan {
    let asked = project.sources.filter { source in
      source.isEnabled && source.freshness != nil && selection.nodes.contains(source.id)
    }
    return Plan(
      command: "freshness",
      steps: asked.map { Step(node: $0.id, action: .freshness, waitsFor: [], audits: []) })
  }
}
