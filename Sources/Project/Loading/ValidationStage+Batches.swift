import Diagnostics

extension ValidationStage {
  /// A model that is built in batches of time, and that reads nothing which can be divided so: every batch would read
  /// all of it.
  func undividedBatches(_ problems: inout [Diagnostic]) {
    for node in project.nodes where node.config.incremental.microbatch != nil {
      let isDivided = node.dependencies.contains { id in
        let value = project.node(id)?.config.values["event_time"] ?? project.source(id)?.config["event_time"]
        return value?.stringValue != nil
      }
      guard !isDivided else { continue }
      problems.append(
        Diagnostic(
          .missingKey, "'\(node.name)' is built in batches, and nothing that it reads has an event_time",
          at: node.span, severity: .warning,
          notes: ["each batch reads all of it, and keeps the rows of its own time"],
          hint: "configure event_time where the rows come from, or filter by model.batch in the model"))
    }
  }
}
