import Catalog
import Diagnostics
import EngineCore
import Jinja
import Planner
import Project

/// Writes what documents a project: the catalog, the manifest and the site.
struct DocumentationOperation: Sendable {
  var workspace: Workspace
  let isCompiling: Bool
  let hasEmptyCatalog: Bool
  let isStatic: Bool
  /// What of an earlier command is compiled again, in place of all that is selected.
  var retried: RetriedNodes?

  /// What the warehouse said.
  private struct Findings: Sendable {
    var compilation = Compilation()
    /// Nil if it was not asked.
    var relations: [RelationDescription]?
    var failures: [Diagnostic] = []
  }

  func perform(_ selection: SelectionOptions, _ project: ProjectOptions) async throws -> ExitStatus {
    let writer = workspace.artifacts
    try writer.verifyFolder()
    let selected = try workspace.select(selection, nil)
    var operation = self
    operation.workspace.invocation.selected = selected.nodes.sorted()
    operation.workspace.invocation.deferral = try StateReader(workspace: workspace, flags: selection.state)
      .deferral()
    let findings = try await operation.find(selected, isWhole: retried == nil && selection.isWhole)
    if isCompiling {
      let compiling = CompileOperation(workspace: operation.workspace, retried: retried)
      try compiling.write(
        findings.compilation, of: compiled(selected),
        RunArguments(session: workspace.session, project: project, selection: selection, kinds: nil))
      try findings.compilation.throwProblems()
    }
    let catalog = CatalogArtifact(
      project: workspace.project, selected: selected.nodes, found: findings.relations,
      errors: findings.failures.map { workspace.redactor.redact($0).message },
      invocation: workspace.invocation,
      generatedAt: workspace.session.program.now())
    try writer.write(catalog.encoded(redactor: workspace.redactor), as: "catalog.json")
    try writeManifest(findings.compilation.compiled)
    try writeSite(findings, catalog, writer)
    workspace.session.printer.report(findings.failures)
    report(catalog)
    return findings.failures.isEmpty ? .success : .failure
  }

  /// What is compiled of what is selected.
  private func compiled(_ selected: Selection) -> Selection {
    guard let retried else { return selected }
    return Selection(nodes: selected.nodes.intersection(retried.selection(in: workspace).nodes))
  }

  /// Without compiling, the manifest stays as the last command left it.
  private func writeManifest(_ compiled: [NodeID: CompiledNode]) throws(Diagnostic) {
    if isCompiling || !LocalFiles.exists(workspace.targetFolder + "/manifest.json") {
      try workspace.writeManifest(compiled: compiled)
    }
  }

  private func writeSite(
    _ findings: Findings, _ catalog: CatalogArtifact, _ writer: ArtifactWriter
  ) throws(Diagnostic) {
    let site = DocumentationSite(
      project: workspace.project, graph: workspace.graph,
      compiled: isCompiling ? findings.compilation.compiled.mapValues(\.sql) : compiledBefore(writer),
      catalog: catalog,
      outcomes: SiteOutcomes(runResults: artifact("run_results.json"), sources: artifact("sources.json")),
      generatedAt: workspace.session.program.now())
    let page = site.encoded(redactor: workspace.redactor)
    try writer.write(page, as: "index.html")
    if isStatic { try writer.write(page, as: "static_index.html") }
  }

  /// The SQL that earlier commands left.
  private func compiledBefore(_ writer: ArtifactWriter) -> [NodeID: String] {
    var compiled: [NodeID: String] = [:]
    for node in workspace.project.nodes where node.resourceType != .seed {
      compiled[node.id] = LocalFiles.text(of: "\(writer.folder)/compiled/\(ArtifactWriter.path(of: node))")
    }
    return compiled
  }

  /// An artifact of an earlier command, if there is one that can be read.
  private func artifact(_ name: String) -> DataValue? {
    guard let text = LocalFiles.text(of: "\(workspace.targetFolder)/\(name)") else { return nil }
    // What is not JSON is no artifact, and says nothing of nodes.
    return try? DataValue.parse(json: text)  // See above.
  }

  /// Compiles and asks, with one engine; opens none if there is nothing to ask.
  private func find(_ selected: Selection, isWhole: Bool) async throws -> Findings {
    guard isCompiling || !hasEmptyCatalog else { return Findings() }
    let engine = try await workspace.openEngine()
    do {
      let findings = try await find(selected, isWhole, engine)
      await engine.close()
      return findings
    } catch {
      await engine.close()
      throw error
    }
  }

  private func find(
    _ selected: Selection, _ isWhole: Bool, _ engine: any Engine
  ) async throws -> Findings {
    var findings = Findings()
    if isCompiling {
      let compiling = CompileOperation(workspace: workspace)
      findings.compilation = try await compiling.compile(workspace.compilable(compiled(selected)), engine)
      if isWhole { findings.compilation.add(try await compiling.compileHooks(engine)) }
    }
    if hasEmptyCatalog || !findings.compilation.problems.isEmpty { return findings }
    var relations: [RelationDescription] = []
    let places = CatalogArtifact.places(of: workspace.project, selected.nodes)
    let session = try await engine.makeSession()
    for place in places {
      do {
        relations += try await session.run { connection in
          try connection.describe(database: place.database, schemas: place.schemas)
        }
      } catch is CancellationError {
        await session.close()
        throw CancellationError()
      } catch {
        findings.failures += DiagnosticList.collecting(
          error, else: .engineFailure, "the database '\(place.database)' cannot be described")
      }
    }
    await session.close()
    findings.relations = relations
    return findings
  }

  private func report(_ catalog: CatalogArtifact) {
    let session = workspace.session
    let elapsed = Quantities.duration(.seconds(session.program.now() - session.startedAt))
    let known = Quantities.count(catalog.nodes.count + catalog.sources.count, "relation")
    let asked = hasEmptyCatalog ? "" : ", with \(known) of the warehouse,"
    let path = LocalFiles.relative(workspace.targetFolder, to: workspace.root) + "/index.html"
    let text = "Documented \(Inventory.text(workspace.project.counts))\(asked) in \(elapsed): \(path)"
    session.printer.log(text, LogRecord(.info, "CatalogWritten", "E042", text) { $0.member("path", path) })
  }
}
