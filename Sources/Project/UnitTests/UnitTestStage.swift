import Diagnostics

/// Looks whether everything is there that unit tests name.
enum UnitTestStage {
  static func run(_ project: Project, _ problems: inout [Diagnostic]) {
    for node in project.nodes {
      guard let test = node.unitTest else { continue }
      var seen: Set<NodeID> = []
      for given in test.given { check(given, test, node, project, &seen, &problems) }
    }
  }

  private static func check(
    _ given: UnitTestDefinition.Given, _ test: UnitTestDefinition, _ node: Node, _ project: Project,
    _ seen: inout Set<NodeID>, _ problems: inout [Diagnostic]
  ) {
    let span = given.fixture.span
    guard let id = project.id(of: given.input, in: test, node.package) else {
      let why: Diagnostic? =
        switch given.input {
        case .model(let reference):
          project.references.resolve(reference, from: node.package, in: project).problem
        case .source(let reference):
          project.references.resolve(reference, from: node.package, in: project).problem
        case .this: nil
        }
      problems.append(
        Diagnostic(
          .badUnitTest, "unit test '\(node.name)' gives rows to \(given.text), which is not there", at: span,
          notes: why.map { [$0.message] } ?? [], hint: why?.hint))
      return
    }
    if !seen.insert(id).inserted {
      problems.append(
        Diagnostic(.badUnitTest, "unit test '\(node.name)' gives rows to \(given.text) twice", at: span))
    }
    if given.fixture.rows == .seed, project.node(id)?.resourceType != .seed {
      problems.append(
        Diagnostic(
          .badUnitTest, "\(given.text) of unit test '\(node.name)' has no rows", at: span,
          hint: "only a seed has rows of its own: write 'rows: []' for none"))
    }
  }
}

extension Result where Failure == Diagnostic {
  /// What went wrong, if something did.
  fileprivate var problem: Diagnostic? {
    if case .failure(let problem) = self { return problem }
    return nil
  }
}
