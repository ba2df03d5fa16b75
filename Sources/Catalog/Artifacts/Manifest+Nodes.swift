import Diagnostics
import EngineCore
import Jinja
import Project

extension Manifest {
  /// A model, seed or check.
  func write(_ node: Node, to writer: inout JSONWriter) {
    writer.object { writer in
      writeMembers(of: node, to: &writer)
      if node.resourceType == .load { writer.member("index", nil as Int?) }
      if node.resourceType == .model { writeModelMembers(of: node, to: &writer) }
      if let function = node.function { writeMembers(of: function, to: &writer) }
      if case .generic(let check)? = node.check { writeCheckMembers(check, to: &writer) }
    }
  }

  /// What every kind of node has.
  func writeMembers(of node: Node, to writer: inout JSONWriter) {
    writeIdentity(of: node, to: &writer)
    writer.member("config", orEmpty: node.config.values)
    writer.member("tags", node.config.tags)
    writer.member("description", node.description)
    writeColumns(node.columns, to: &writer)
    writer.member("meta", orEmpty: node.config.values["meta"])
    writer.member("group", group(of: node))
    writeDocs(node.config.values["docs"], to: &writer)
    writer.member("patch_path", node.propertiesPath.flatMap { patchPath($0, of: node) })
    writer.member("build_path", buildPath(of: node))
    writer.member("unrendered_config", orEmpty: node.unrenderedConfig)
    writer.key("created_at")
    writer.number(generatedAt)
    writer.member("relation_name", node.function == nil ? node.relation.map(dialect.rendered) : nil)
    writer.member("raw_code", rawCode(of: node))
    writer.member("doc_blocks", node.docsBlocks.map(\.rawValue))
    if node.resourceType == .seed {
      writeSeedMembers(to: &writer)
    } else {
      writeCodeMembers(of: node, to: &writer)
    }
  }

  private func rawCode(of node: Node) -> String {
    switch node.resourceType {
    case .seed: ""
    // As in dbt, all that stands between the two tags.
    case .snapshot: node.code
    default: Self.stripped(node.code)
    }
  }

  /// dbt reads files without the space around their text.
  static func stripped(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  private func writeIdentity(of node: Node, to writer: inout JSONWriter) {
    let target = project.target
    let customSchema = node.config.schema.map { "\(target.schema)_\($0)" }
    writer.member("database", node.relation?.database ?? node.config.database ?? target.database)
    writer.member("schema", node.relation?.schema ?? customSchema ?? target.schema)
    writer.member("name", node.name)
    writer.member("resource_type", node.artifactType.rawValue)
    writer.member("package_name", node.package)
    writer.member("path", node.path)
    writer.member("original_file_path", node.originalPath)
    writer.member("unique_id", node.artifactID.rawValue)
    writer.member("fqn", node.fqn)
    writer.member("alias", alias(of: node))
    writer.member(
      "checksum",
      object: { writer in
        let isGeneric = if case .generic? = node.check { true } else { false }
        // A large seed's contents are not looked at.
        let isPath = node.resourceType == .seed && node.checksum == node.originalPath
        writer.member("name", isGeneric ? "none" : isPath ? "path" : "sha256")
        writer.member("checksum", isGeneric ? "" : node.checksum)
      })
  }

  /// A check's alias is its file's name, which dbt shortens where the check's own is too long.
  private func alias(of node: Node) -> String {
    if let alias = node.relation?.identifier ?? node.config.alias { return alias }
    guard node.check != nil, node.path.hasSuffix(".sql") else { return node.standardAlias }
    let stem = node.path.dropLast(4)
    return String(stem[(stem.lastIndex(of: "/").map(stem.index(after:)) ?? stem.startIndex)...])
  }

  /// A check that is attached to a node belongs to that node's group.
  func group(of node: Node) -> String? {
    if case .generic(let check)? = node.check, let attached = project.node(check.attachedNode) {
      return attached.config.values["group"]?.stringValue
    }
    return node.config.values["group"]?.stringValue
  }

  /// dbt names the property file of models and seeds only.
  private func patchPath(_ path: String, of node: Node) -> String? {
    node.check == nil ? "\(node.package)://\(path)" : nil
  }

  private func buildPath(of node: Node) -> String? {
    compiled[node.id] == nil || node.function != nil || node.resourceType == .operation
      ? nil : "\(project.settings.targetPath)/run/\(ArtifactWriter.path(of: node))"
  }

  private func writeSeedMembers(to writer: inout JSONWriter) {
    writer.member("root_path", project.settings.root)
    writer.member("depends_on", object: { $0.member("macros", []) })
  }

  private func writeCodeMembers(of node: Node, to writer: inout JSONWriter) {
    writer.member("language", node.isPython ? "python" : "sql")
    writeReferences(node.references, node.sourceReferences, to: &writer)
    writer.member("metrics", [])
    writeFunctionReferences(node.functionReferences, to: &writer)
    writeDependencies(macros: node.calledMacros, nodes: node.dependencies, to: &writer)
    if let compiled = compiled[node.id] {
      // A hook's is written as dbt has it: through the folder of the project file.
      let inner =
        node.resourceType == .operation
        ? "\(node.package)/\(node.originalPath)/\(node.path)" : ArtifactWriter.path(of: node)
      let path = "\(project.settings.targetPath)/compiled/\(inner)"
      writer.member("compiled_path", path)
      writer.member("compiled", true)
      writer.member("compiled_code", compiled.sql)
      writer.member("extra_ctes_injected", true)
      writer.member(
        "extra_ctes",
        array: { writer in
          for parent in compiled.ephemeralParents {
            writer.object {
              $0.member("id", parent.id.rawValue)
              $0.member("sql", parent.sql)
            }
          }
        })
    } else {
      writer.member("compiled_path", nil as String?)
    }
    writer.member(
      "contract",
      object: { writer in
        let contract = node.config.values["contract"]
        writer.member("enforced", contract?["enforced"] ?? .bool(false))
        writer.member("alias_types", contract?["alias_types"] ?? .bool(true))
        writer.member("checksum", node.contractChecksum)
      })
  }

  private func writeModelMembers(of node: Node, to writer: inout JSONWriter) {
    writer.member("access", node.config.values["access"] ?? .string("protected"))
    writeConstraints(node.constraints, ofModel: true, to: &writer)
    writer.member("version", node.version?.value)
    writer.member("latest_version", node.version?.latest)
    writer.member("deprecation_date", node.deprecationDate?.artifactText)
    writer.member("primary_key", primaryKeys[node.id] ?? [])
    writeTimeSpine(node.timeSpine, to: &writer)
  }

  private func writeCheckMembers(_ check: GenericCheck, to writer: inout JSONWriter) {
    let attached = project.node(check.attachedNode)
    let source = project.source(check.attachedNode)
    writer.member("column_name", check.column)
    let key =
      source.map { "sources.\($0.sourceName)" } ?? attached.map { "\($0.resourceType.rawValue)s.\($0.name)" }
    writer.member("file_key_name", key)
    writer.member("attached_node", attached?.id.rawValue)
    let reference =
      source.map { "source('\($0.sourceName)', '\($0.name)')" }
      ?? attached.map { node in
        "ref('\(node.name)'\(node.version.map { ", version='\($0.text)'" } ?? ""))"
      }
    writer.member(
      "test_metadata",
      object: { writer in
        writer.member("name", check.name)
        writer.member(
          "kwargs",
          object: { writer in
            if case .dict(let arguments) = check.arguments {
              for (name, value) in arguments
              where name != "model" && (name != "column_name" || check.column == nil) {
                writer.member(name, value)
              }
            }
            if let column = check.column { writer.member("column_name", column) }
            if let reference { writer.member("model", "{{ get_where_subquery(\(reference)) }}") }
          })
        writer.member("namespace", check.namespace)
      })
  }
}

extension Manifest {
  func writeReferences(
    _ references: [ModelReference], _ sources: [SourceReference], to writer: inout JSONWriter
  ) {
    writeReferences(references, to: &writer)
    writer.member(
      "sources",
      array: { writer in
        for source in sources {
          writer.array {
            $0.string(source.source)
            $0.string(source.table)
          }
        }
      })
  }

  func writeReferences(_ references: [ModelReference], to writer: inout JSONWriter) {
    writer.member(
      "refs",
      array: { writer in
        for reference in references {
          writer.object {
            $0.member("name", reference.name)
            $0.member("package", reference.package)
            $0.member("version", Self.version(of: reference))
          }
        }
      })
  }

  private static func version(of reference: ModelReference) -> DataValue? {
    guard let version = reference.version else { return nil }
    guard reference.hasNumericVersion else { return .string(version) }
    return Int(version).map { .int($0) } ?? Double(version).map { .float($0) } ?? .string(version)
  }

  func writeDependencies(macros: [NodeID], nodes: [NodeID], to writer: inout JSONWriter) {
    writer.member(
      "depends_on",
      object: {
        $0.member("macros", macros.lazy.map(\.rawValue))
        $0.member("nodes", nodes.lazy.map(\.rawValue))
      })
  }

  func writeColumns(_ columns: [ColumnDefinition], to writer: inout JSONWriter) {
    writer.member(
      "columns",
      object: { writer in
        for column in columns {
          writer.member(column.name, object: { write(column, to: &$0) })
        }
      })
  }

  private func write(_ column: ColumnDefinition, to writer: inout JSONWriter) {
    writer.member("name", column.name)
    writer.member("description", column.description)
    writer.member("meta", orEmpty: column.meta)
    writer.member("data_type", column.dataType)
    writeConstraints(column.constraints, ofModel: false, to: &writer)
    writer.member("quote", column.quote.map { .bool($0) } ?? DataValue.none)
    writer.member(
      "config",
      object: {
        $0.member("meta", orEmpty: column.meta)
        $0.member("tags", column.tags)
      })
    writer.member("tags", column.tags)
    writer.member("granularity", column.granularity)
    writer.member("doc_blocks", column.docsBlocks.map(\.rawValue))
  }

  func writeDocs(_ docs: DataValue?, to writer: inout JSONWriter) {
    writer.member(
      "docs",
      object: {
        $0.member("show", docs?["show"] ?? .bool(true))
        $0.member("node_color", docs?["node_color"])
      })
  }
}
