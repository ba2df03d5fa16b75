import Diagnostics
import EngineCore
import Jinja

/// Looks over the whole project for what no single file shows.
struct ValidationStage {
  let project: Project
  let file: ProjectFile
  let properties: [ResourceProperties]

  func run(_ parsed: ParsedProject, _ problems: inout [Diagnostic]) {
    ambiguousRelations(&problems)
    loadedRelations(&problems)
    unusedConfiguration(parsed, &problems)
    orphanProperties(&problems)
    uncalledMacros(&problems)
    undividedBatches(&problems)
    unknownAges(&problems)
    spacedNames(&problems)
  }

  /// As in dbt, the names of a dbt project's nodes hold no spaces; a flag makes that a warning.
  private func spacedNames(_ problems: inout [Diagnostic]) {
    let isAllowed =
      project.settings.values["flags"]?["require_resource_names_without_spaces"]?.boolValue == false
    guard project.settings.file == ProjectFile.dbtName else { return }
    for node in project.nodes
    where node.name.utf8.contains(0x20) && node.unitTest == nil && node.resourceType != .load {
      problems.append(
        Diagnostic(
          isAllowed ? .deprecatedSpelling : .badValue,
          "the name of \(node.resourceType.rawValue) '\(node.name)' has a space", at: node.span,
          severity: isAllowed ? .warning : .error,
          hint: "rename its file; or set require_resource_names_without_spaces: false under 'flags'"))
    }
  }

  /// As in dbt, a warning: only who asks for freshness is stopped by it.
  private func unknownAges(_ problems: inout [Diagnostic]) {
    for source in project.sources where source.isEnabled && source.freshness != nil {
      guard source.loadedAtField == nil, source.loadedAtQuery == nil, source.loadedBy == nil else { continue }
      problems.append(
        Diagnostic(
          .missingKey,
          "source '\(source.sourceName).\(source.name)' says how fresh it must be and not when its rows were loaded",
          at: source.span, severity: .warning,
          hint: "name a column under 'config': loaded_at_field: updated_at; or give a loaded_at_query"))
    }
  }

  /// dbt's macros that a project may replace and that nothing here calls: to take one over in silence would be wrong.
  private static let uncalled: Set<String> = [
    "snapshot_staging_table", "build_snapshot_table", "build_snapshot_staging_table", "snapshot_merge_sql",
    "post_snapshot", "snapshot_check_all_get_existing_columns",
    "load_csv_rows", "create_csv_table", "reset_csv_table", "get_test_sql", "run_hooks", "make_temp_relation",
    "drop_relation", "rename_relation", "truncate_relation", "persist_docs", "list_relations_without_caching",
    "get_limit_subquery_sql",
  ]

  private func uncalledMacros(_ problems: inout [Diagnostic]) {
    for macro in project.macros {
      if materialization(macro, &problems) { continue }
      var name = macro.name
      for prefix in [project.target.type + "__", "default__"] where name.hasPrefix(prefix) {
        name = String(name.dropFirst(prefix.count))
      }
      guard Self.uncalled.contains(name) else { continue }
      problems.append(
        Diagnostic(
          .unsupported, "the macro '\(macro.name)' replaces one of dbt's that is not called here",
          at: macro.span, severity: .warning))
    }
  }

  /// Whether a macro is a materialization; one that never comes into play is told of.
  private func materialization(_ macro: MacroDefinition, _ problems: inout [Diagnostic]) -> Bool {
    let definition = macro.template.definitions[macro.definitionIndex]
    guard case .materialization(let adapter) = definition.kind else { return false }
    let name = definition.name
    guard macro.package == project.settings.name, adapter == "default" || adapter == project.target.type
    else {
      return true
    }
    if ["seed", "snapshot", "test", "unit", "clone"].contains(name) {
      problems.append(
        Diagnostic(
          .unsupported, "the materialization '\(name)' cannot be replaced; this one is left out",
          at: macro.span,
          severity: .warning))
      return true
    }
    let lookup = MaterializationLookup(macros: project.macroTable, adapter: project.target.type)
    if lookup.macro(for: name) == nil {
      problems.append(
        Diagnostic(
          .unsupported,
          "the materialization '\(name)' is not used: \(project.target.type)'s own is more specific",
          at: macro.span,
          severity: .warning,
          hint: "write it as {% materialization \(name), adapter='\(project.target.type)' %}"))
    }
    return true
  }

  /// Two nodes under one name in the warehouse would overwrite each other.
  private func ambiguousRelations(_ problems: inout [Diagnostic]) {
    var first: [[String]: Node] = [:]
    for node in project.nodes {
      guard let relation = node.relation else { continue }
      // Functions have names of their own in a warehouse.
      let kind = node.resourceType == .function ? ["function"] : []
      let key = kind + relation.path.map { $0.lowercased() }
      guard let other = first[key] else {
        first[key] = node
        continue
      }
      // Two of one name have been complained about already.
      guard other.searchName != node.searchName else { continue }
      problems.append(
        Diagnostic(
          .ambiguousRelation,
          "'\(node.searchName)' and '\(other.searchName)' would both be stored as \(relation.path.joined(separator: "."))",
          at: node.span, notes: ["the other is at \(other.span)"],
          hint: "give one of them another alias or schema"))
    }
  }

  /// A load must be the only one that writes to its tables.
  private func loadedRelations(_ problems: inout [Diagnostic]) {
    var first: [[String]: (id: NodeID?, what: String, span: SourceSpan)] = [:]
    for node in project.nodes {
      guard let relation = node.relation else { continue }
      first[relation.path.map { $0.lowercased() }] = (
        node.id, "the \(node.resourceType.rawValue) '\(node.name)'", node.span
      )
    }
    for table in project.sources where table.loadedBy != nil {
      let key = table.relation.path.map { $0.lowercased() }
      let what = "the load '\(table.sourceName)'"
      guard let other = first[key] else {
        first[key] = (table.loadedBy, what, table.span)
        continue
      }
      // Two tables of one load have been complained about already.
      guard other.id != table.loadedBy else { continue }
      problems.append(
        Diagnostic(
          .ambiguousRelation,
          "\(what) and \(other.what) both write to \(table.relation.path.joined(separator: "."))",
          at: table.span, notes: ["the other is at \(other.span)"],
          hint: "give the load another schema, or one of them another name"))
    }
  }

  private func unusedConfiguration(_ parsed: ParsedProject, _ problems: inout [Diagnostic]) {
    var models: [[String]] = []
    var seeds: [[String]] = []
    var snapshots: [[String]] = []
    var checks: [[String]] = []
    var unitTests: [[String]] = []
    var functions: [[String]] = []
    func collect(_ nodes: [Node]) {
      for index in nodes.indices {
        switch nodes[index].resourceType {
        case .model, .analysis: models.append(nodes[index].fqn)
        case .seed: seeds.append(nodes[index].fqn)
        case .snapshot: snapshots.append(nodes[index].fqn)
        case .unitTest: unitTests.append(nodes[index].fqn)
        case .function: functions.append(nodes[index].fqn)
        default: checks.append(nodes[index].fqn)
        }
      }
    }
    collect(parsed.nodes)
    collect(parsed.disabled)
    let sections: [(String, [[String]])] = [
      ("models", models), ("seeds", seeds), ("snapshots", snapshots), ("tests", checks),
      ("data_tests", checks),
      ("checks", checks),
      ("sources", parsed.sources.map(\.fqn)), ("unit_tests", unitTests),
      ("functions", functions),
    ]
    for (section, fqns) in sections {
      guard let value = project.settings.values[section] else { continue }
      for path in ConfigTree(value).unusedPaths(among: fqns) {
        let shown = ([section] + path).joined(separator: ".")
        problems.append(
          Diagnostic(
            .unusedConfiguration, "the configuration path '\(shown)' matches nothing",
            at: span(of: [section] + path), severity: .warning,
            hint: path.count == 1 && path[0] != project.settings.name
              ? "the first name under '\(section)' is the project's: '\(project.settings.name)'"
              : "a key that is no folder needs a plus before it: +\(path.last ?? "")"))
      }
    }
  }

  private func span(of path: [String]) -> SourceSpan {
    var node = file.root
    var span = SourceSpan(file: file.name)
    for key in path {
      guard let entry = node.entries?.first(where: { $0.key == key }) else { break }
      span = entry.span(in: file.name)
      node = entry.value
    }
    return span
  }

  private func orphanProperties(_ problems: inout [Diagnostic]) {
    var known: [String: Set<String>] = [:]
    func note(_ node: Node) {
      let section =
        switch node.resourceType {
        case .seed: "seeds"
        case .snapshot: "snapshots"
        case .check: "data_tests"
        case .analysis: "analyses"
        case .function: "functions"
        default: "models"
        }
      known[section, default: []].insert(node.name)
      if node.version != nil { known[section, default: []].insert(node.searchName) }
    }
    for node in project.nodes { note(node) }
    for node in project.disabled { note(node) }
    for resource in properties {
      let section = ["tests", "checks"].contains(resource.section) ? "data_tests" : resource.section
      guard known[section]?.contains(resource.searchName) != true else { continue }
      if let version = resource.version {
        problems.append(
          Diagnostic(
            .orphanProperties,
            "version '\(version.version.text)' of model '\(resource.name)' has no file", at: resource.span,
            severity: .warning,
            hint: "it would be called \(version.fileNames[0]).sql; 'defined_in' names another"))
        continue
      }
      let isElsewhere = known.first { $0.value.contains(resource.name) }
      problems.append(
        Diagnostic(
          .orphanProperties, "'\(resource.section)' describes '\(resource.name)', which does not exist",
          at: resource.span, severity: .warning,
          hint: isElsewhere.map { "it is one of the \($0.key)" }
            ?? Spelling.hint(for: resource.name, among: (known[section] ?? []).sorted())))
    }
  }

}
