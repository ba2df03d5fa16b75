import Diagnostics
import EngineCore

/// Finds the tables that plain SQL reads, all texts in one call of the engine's parser.
enum PlainSQLStage {
  static func run(
    _ project: inout Project, _ parser: StatementParser, _ patterns: PatternSources,
    _ problems: inout [Diagnostic]
  ) async {
    let plain = project.nodes.indices.filter {
      project.nodes[$0].isPlainSQL && project.nodes[$0].resourceType != .seed
    }
    guard !plain.isEmpty else { return }
    let statements = plain.map { project.nodes[$0].code }
    let results: [Result<[TableReference], Diagnostic>]
    do {
      results = try await parser(statements)
    } catch {
      problems += DiagnosticList.collecting(
        error, else: .engineFailure, "the SQL of the project cannot be parsed")
      return
    }
    adopt(results, patterns, &project)
    for (index, result) in zip(plain, results) {
      let node = project.nodes[index]
      switch result {
      case .success(let tables):
        let references = project.plainNames.references(in: node.code, tables, own: node.id)
        project.nodes[index].plainReferences = references
        project.nodes[index].dependencies = Array(Set(references.map(\.node))).sorted()
      // An analysis is never run: it may hold anything.
      case .failure where node.resourceType == .analysis: continue
      case .failure(var problem):
        let place = problem.span
        let (line, column) = node.codeOffset.inFile(line: place?.line ?? 0, column: place?.column ?? 0)
        problem.span = SourceSpan(file: node.span.file, line: line, column: column)
        if project.settings.file == ProjectFile.dbtName {
          // As in dbt, a query that nobody asks for may hold anything.
          problem.severity = .warning
          problem.notes.append("'\(node.name)' will fail when it is run")
        }
        problems.append(problem)
      }
    }
  }
}

extension PlainSQLStage {
  /// Makes sources of the tables that texts name and that only a load's pattern brings.
  private static func adopt(
    _ results: [Result<[TableReference], Diagnostic>], _ patterns: PatternSources, _ project: inout Project
  ) {
    guard !patterns.isEmpty else { return }
    var found: [NodeID: SourceTable] = [:]
    for case .success(let tables) in results {
      for reference in tables where project.plainNames.node(reference, own: nil) == nil {
        if let table = patterns.table(reference) { found[table.id] = table }
      }
    }
    guard !found.isEmpty else { return }
    project.sources += found.values.sorted { $0.id < $1.id }
    project.index()
  }
}

/// Follows every recorded reference to what it means.
struct ReferenceStage {
  let recorded: [NodeID: RecordedReferences]
  /// What is missing because its file could not be read, which has been complained about.
  let lost: LostDefinitions

  func run(_ project: inout Project, _ problems: inout [Diagnostic]) {
    var off: Set<NodeID> = []
    for index in project.nodes.indices {
      let references = project.nodes[index].references
      let sources = project.nodes[index].sourceReferences
      let functions = project.nodes[index].functionReferences
      guard !references.isEmpty || !sources.isEmpty || !functions.isEmpty else { continue }
      var found: [NodeID] = []
      let trouble = follow(
        references, sources, functions, of: project.nodes[index].id, package: project.nodes[index].package,
        in: project, &found)
      if project.nodes[index].resourceType == .seed, let first = found.first {
        problems.append(Self.dependent(project.nodes[index], on: first))
      }
      // What plain SQL names stays: its references are those of hooks and foreign keys.
      let named = project.nodes[index].isPlainSQL ? project.nodes[index].dependencies : []
      project.nodes[index].dependencies = named + found.filter { !named.contains($0) }
      guard !trouble.isEmpty else { continue }
      let node = project.nodes[index]
      // As in dbt, a check of something that is switched off is switched off with it.
      if node.resourceType == .check, trouble.allSatisfy({ $0.code == .disabledReference }) {
        off.insert(node.id)
        problems += trouble.map { problem in
          var problem = problem
          problem.severity = .warning
          problem.notes.append("the check '\(node.name)' is left out")
          return problem
        }
      } else {
        problems += trouble.map { $0.located(at: node.span) }
      }
    }
    for index in project.exposures.indices {
      let exposure = project.exposures[index]
      var found: [NodeID] = []
      problems += follow(
        exposure.references, exposure.sourceReferences, of: exposure.id, package: exposure.package,
        in: project, &found
      ).map { $0.located(at: exposure.span) }
      project.exposures[index].dependencies = found
    }
    for index in project.operations.indices {
      let operation = project.operations[index]
      var found: [NodeID] = []
      problems += follow(
        operation.references, operation.sourceReferences, operation.functionReferences, of: operation.id,
        package: operation.package,
        in: project, &found
      ).map { $0.located(at: operation.span) }
      project.operations[index].dependencies = found
    }
    if !off.isEmpty { project.switchOff(off) }
  }

  private static func dependent(_ seed: Node, on other: NodeID) -> Diagnostic {
    Diagnostic(
      .badValue, "Seeds cannot depend on other nodes: a hook of seed '\(seed.name)' refers to '\(other)'",
      at: seed.span,
      hint:
        "let a model have the hook, which is built after both; or name the table without ref() and source()")
  }

  /// What the references mean, as dbt orders it: sources before nodes, and functions last.
  private func follow(
    _ references: [ModelReference], _ sources: [SourceReference], _ functions: [FunctionReference] = [],
    of id: NodeID, package: String, in project: Project, _ found: inout [NodeID]
  ) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let spans = recorded[id]
    for (index, reference) in sources.enumerated() {
      switch project.references.resolve(reference, from: package, in: project) {
      case .success(let table): found.append(table.id)
      case .failure(let problem) where problem.code == .missingReference && lost.mayHold(reference): continue
      case .failure(let problem):
        let places = spans?.sources ?? []
        problems.append(problem.located(at: places.indices.contains(index) ? places[index] : nil))
      }
    }
    for (index, reference) in references.enumerated() {
      switch project.references.resolve(reference, from: package, in: project) {
      case .success(let position): found.append(project.nodes[position].id)
      case .failure where lost.models.contains(reference.name): continue
      case .failure(let problem):
        let places = spans?.references ?? []
        problems.append(problem.located(at: places.indices.contains(index) ? places[index] : nil))
      }
    }
    for (index, reference) in functions.enumerated() {
      switch project.references.resolve(reference, from: package, in: project) {
      case .success(let position): found.append(project.nodes[position].id)
      case .failure(let problem):
        let places = spans?.functions ?? []
        problems.append(problem.located(at: places.indices.contains(index) ? places[index] : nil))
      }
    }
    var seen: Set<NodeID> = []
    found = found.filter { seen.insert($0).inserted }
    return problems
  }
}

extension Project {
  /// Moves nodes to those that are disabled.
  mutating func switchOff(_ ids: Set<NodeID>) {
    let moved = nodes.filter { ids.contains($0.id) }
    nodes.removeAll { ids.contains($0.id) }
    disabled += moved
    index()
  }

  /// Sorts everything and looks up names anew, after nodes or sources were added or moved.
  mutating func index() {
    let before = self
    self = Project(
      settings: settings, target: target, nodes: nodes, sources: sources, exposures: exposures,
      macros: macros, docs: docs, disabled: disabled, vars: vars, connections: connections)
    (groups, operations, packageVars) = (before.groups, before.operations, before.packageVars)
    packageVersions = before.packageVersions
    (semantics, disabledSemantics) = (before.semantics, before.disabledSemantics)
    selectors = before.selectors
  }
}
