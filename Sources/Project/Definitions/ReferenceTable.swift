import Diagnostics

/// What names in `ref()` and `source()` mean.
struct ReferenceTable: Sendable {
  private var nodes: [String: [Int]] = [:]
  private var disabled: [String: Int] = [:]
  private var sources: [SourceReference: [Int]] = [:]

  /// Reads the names of nodes that can be referred to, of disabled ones, and of sources.
  init(nodes all: [Node], sources tables: [SourceTable], disabled switchedOff: [Node]) {
    for (index, node) in all.enumerated() where Self.isReferable(node) {
      nodes[node.name, default: []].append(index)
    }
    for (index, node) in switchedOff.enumerated() where Self.isReferable(node) { disabled[node.name] = index }
    for (index, table) in tables.enumerated() {
      sources[SourceReference(source: table.sourceName, table: table.name), default: []].append(index)
    }
  }

  private static func isReferable(_ node: Node) -> Bool {
    node.resourceType == .model || node.resourceType == .seed || node.resourceType == .snapshot
  }

  /// Which of the project's nodes a `ref()` means. As in dbt, the project's own come before those of the package that
  /// asks, and those before others.
  func resolve(
    _ reference: ModelReference, from package: String, in project: Project
  ) -> Result<Int, Diagnostic> {
    if reference.version != nil {
      return .failure(
        Diagnostic(
          .unsupported, "ref('\(reference.name)') asks for a version; versions are not supported yet"))
    }
    let named = nodes[reference.name] ?? []
    let owners = reference.package.map { [$0] } ?? [project.settings.name, package]
    for owner in owners {
      if let index = named.first(where: { project.nodes[$0].package == owner }) { return .success(index) }
    }
    if reference.package == nil, let index = named.first { return .success(index) }
    return .failure(missing(reference, in: project))
  }

  private func missing(_ reference: ModelReference, in project: Project) -> Diagnostic {
    if let index = disabled[reference.name] {
      let node = project.disabled[index]
      return Diagnostic(
        .disabledReference, "ref('\(reference.name)') names a \(node.resourceType.rawValue) that is disabled",
        notes: ["it is switched off in \(node.originalPath) or by the project's configuration"])
    }
    if let package = reference.package, nodes[reference.name] != nil {
      return Diagnostic(
        .missingReference, "there is no package '\(package)' with a model or seed '\(reference.name)'",
        hint: "leave out the package: ref('\(reference.name)')")
    }
    return Diagnostic(
      .missingReference, "ref('\(reference.name)') names no model or seed of the project",
      hint: Spelling.hint(for: reference.name, among: nodes.keys.sorted()))
  }

  /// The table that a `source()` means, by the same order.
  func resolve(
    _ reference: SourceReference, from package: String, in project: Project
  ) -> Result<SourceTable, Diagnostic> {
    let named = (sources[reference] ?? []).map { project.sources[$0] }
    let own = [project.settings.name, package].lazy.compactMap { owner in named.first { $0.package == owner }
    }
    guard let table = own.first ?? named.first else { return .failure(missing(reference)) }
    guard table.isEnabled else {
      return .failure(
        Diagnostic(
          .disabledReference, "source('\(reference.source)', '\(reference.table)') is disabled",
          notes: ["it is declared at \(table.span)"]))
    }
    return .success(table)
  }

  private func missing(_ reference: SourceReference) -> Diagnostic {
    let names = Set(sources.keys.map(\.source)).sorted()
    let tables = sources.keys.filter { $0.source == reference.source }.map(\.table).sorted()
    guard !tables.isEmpty else {
      return Diagnostic(
        .missingReference,
        "source('\(reference.source)', '\(reference.table)') names no source of the project",
        hint: Spelling.hint(for: reference.source, among: names)
          ?? "declare it under 'sources:' in a property file")
    }
    return Diagnostic(
      .missingReference, "the source '\(reference.source)' has no table '\(reference.table)'",
      notes: ["it has: " + tables.joined(separator: ", ")],
      hint: Spelling.hint(for: reference.table, among: tables))
  }
}
