import Diagnostics

/// What names in `ref()` and `source()` mean.
struct ReferenceTable: Sendable {
  private var nodes: [String: [Int]] = [:]
  private var disabled: [String: Int] = [:]
  private var sources: [SourceReference: [Int]] = [:]
  private var functions: [String: [Int]] = [:]
  private var disabledFunctions: [String: Int] = [:]

  /// Reads the names of nodes that can be referred to, of disabled ones, and of sources.
  init(nodes all: [Node], sources tables: [SourceTable], disabled switchedOff: [Node]) {
    for (index, node) in all.enumerated() {
      if Self.isReferable(node) { nodes[node.name, default: []].append(index) }
      if node.resourceType == .function { functions[node.name, default: []].append(index) }
    }
    for (index, node) in switchedOff.enumerated() where node.resourceType == .function {
      disabledFunctions[node.name] = index
    }
    for (index, node) in switchedOff.enumerated() where Self.isReferable(node) {
      disabled[node.searchName] = index
      if node.version?.isLatest ?? false { disabled[node.name] = index }
    }
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
    let named = versions(reference, in: project)
    let owners = reference.package.map { [$0] } ?? [project.settings.name, package]
    for owner in owners {
      if let index = named.first(where: { project.nodes[$0].package == owner }) { return .success(index) }
    }
    if reference.package == nil, let index = named.first { return .success(index) }
    return .failure(missing(reference, in: project))
  }

  /// The nodes of the reference's name, of a model's versions the one that is meant.
  private func versions(_ reference: ModelReference, in project: Project) -> [Int] {
    var (name, version) = (reference.name, reference.version)
    if nodes[name] == nil, version == nil, let mark = name.ranges(of: ".v").last {
      (name, version) = (String(name[..<mark.lowerBound]), String(name[mark.upperBound...]))
    }
    return (nodes[name] ?? []).filter { index in
      let own = project.nodes[index].version
      return version.map { own?.text == $0 } ?? own?.isLatest ?? true
    }
  }

  /// The versions that a model has, in order.
  func versions(of name: String, in project: Project) -> [ModelVersion] {
    (nodes[name] ?? []).compactMap { project.nodes[$0].version }.sorted {
      ModelVersion.precedes($0.value, $1.value)
    }
  }

  private func missing(_ reference: ModelReference, in project: Project) -> Diagnostic {
    let searched = reference.name + (reference.version.map { ".v" + $0 } ?? "")
    if let index = disabled[searched] {
      let node = project.disabled[index]
      return Diagnostic(
        .disabledReference, "\(reference.call) names a \(node.resourceType.rawValue) that is disabled",
        notes: ["it is switched off in \(node.originalPath) or by the project's configuration"])
    }
    if let wrong = missingVersion(reference, in: project) { return wrong }
    if let package = reference.package, nodes[reference.name] != nil {
      return Diagnostic(
        .missingReference, "there is no package '\(package)' with a model or seed '\(reference.name)'",
        hint: "leave out the package: ref('\(reference.name)')")
    }
    return Diagnostic(
      .missingReference, "ref('\(reference.name)') names no model or seed of the project",
      hint: Spelling.hint(for: reference.name, among: nodes.keys.sorted()))
  }

  /// What is wrong with a reference to a model that has other versions, or none.
  private func missingVersion(_ reference: ModelReference, in project: Project) -> Diagnostic? {
    guard let named = nodes[reference.name], let first = named.first else { return nil }
    let known = versions(of: reference.name, in: project)
    let shown = known.map(\.text).joined(separator: ", ")
    guard let version = reference.version else {
      guard !known.isEmpty else { return nil }
      return Diagnostic(
        .missingReference, "\(reference.call) means version '\(known[0].latestText)', which is not there",
        notes: ["there is: \(shown)"], hint: "name one of them: ref('\(reference.name)', v=\(known[0].text))")
    }
    guard !known.isEmpty else {
      return Diagnostic(
        .missingReference, "\(reference.call) asks for a version, and '\(reference.name)' has none",
        notes: ["it is \(project.nodes[first].originalPath)"],
        hint: "leave the version out: ref('\(reference.name)')")
    }
    return Diagnostic(
      .missingReference, "the model '\(reference.name)' has no version '\(version)'",
      notes: ["it has: \(shown)"])
  }

  /// Which of the project's nodes a `function()` means, by the same order.
  func resolve(
    _ reference: FunctionReference, from package: String, in project: Project
  ) -> Result<Int, Diagnostic> {
    let named = functions[reference.name] ?? []
    let owners = reference.package.map { [$0] } ?? [project.settings.name, package]
    for owner in owners {
      if let index = named.first(where: { project.nodes[$0].package == owner }) { return .success(index) }
    }
    if reference.package == nil, let index = named.first { return .success(index) }
    return .failure(missing(reference, isElsewhere: !named.isEmpty, in: project))
  }

  private func missing(
    _ reference: FunctionReference, isElsewhere: Bool, in project: Project
  ) -> Diagnostic {
    if let index = disabledFunctions[reference.name] {
      let node = project.disabled[index]
      return Diagnostic(
        .disabledReference, "\(reference.call) names a function that is disabled",
        notes: ["it is switched off in \(node.originalPath) or by the project's configuration"])
    }
    if let package = reference.package, isElsewhere {
      return Diagnostic(
        .missingReference, "there is no package '\(package)' with a function '\(reference.name)'",
        hint: "leave out the package: function('\(reference.name)')")
    }
    return Diagnostic(
      .missingReference, "function('\(reference.name)') names no function of the project",
      hint: Spelling.hint(for: reference.name, among: functions.keys.sorted())
        ?? "functions are files of the folder 'functions', or of those that function-paths names")
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
