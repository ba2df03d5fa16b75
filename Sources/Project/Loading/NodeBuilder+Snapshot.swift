import Diagnostics
import EngineCore
import Jinja

extension NodeBuilder {
  /// A snapshot. One whose text has mistakes is a node all the same: others refer to it.
  func snapshot(_ declared: DeclaredSnapshot) -> NodeOutcome {
    outcome {
      let entry = properties["snapshots", declared.name]
      var node = snapshotNode(declared)
      enter()
      var isWhole = true
      if !node.isPlainSQL {
        isWhole = attempt { node.template = try snapshotTemplate(of: node, declared.relationSpan) }
      }
      let configSpan = context.frame.configSpan
      configure(&node, trees.snapshots, ConfigDefaults.snapshot, entry, context.frame.config)
      let span = configSpan ?? entry?.configSpan ?? node.span
      decodeSnapshot(&node, span, origins(of: node, entry), isWhole: isWhole)
      isWhole = attempt { try recordHooks(node, span) } && isWhole
      var parsed = recorded(&node, context.frame)
      if let place = declared.relationSpan {
        parsed.referenceSpans = parsed.referenceSpans.map { $0 == node.span ? place : $0 }
        parsed.sourceSpans = parsed.sourceSpans.map { $0 == node.span ? place : $0 }
      }
      describe(&node, entry)
      // What is not known whole may be stored elsewhere.
      if isWhole { nameRelation(of: &node, kind: .table) }
      parsed.node = node
      return parsed
    }
  }

  private func snapshotNode(_ declared: DeclaredSnapshot) -> Node {
    let place = declared.place
    var checksum = declared.checksum ?? ""
    if declared.isEntry {
      _ = attempt {
        let path = Path.joined(environment.settings.root, place.path)
        checksum = Digest.sha256(
          NativeMacros.trimmed(try FileSystem.text(of: path, shownAs: place.path)))
      }
    }
    // As in dbt, the name of a file of blocks is a folder in the snapshot's path of names, and that of a property
    // file is one in its path.
    let file = declared.isEntry ? [] : [Path.stem(of: place.path).stem]
    let package = environment.settings.name
    var node = Node(
      id: NodeID(.snapshot, package, declared.name), resourceType: .snapshot, name: declared.name,
      package: package,
      path: declared.isEntry ? "\(place.inner)/\(declared.name).sql" : place.inner,
      originalPath: place.original, fqn: [package] + place.folders + file + [declared.name],
      span: declared.span, config: NodeConfig(materialization: .snapshot, values: .emptyMapping),
      code: declared.code, checksum: checksum)
    node.codeOffset = declared.offset
    node.isPlainSQL = !YAMLRenderer.holdsJinja(declared.code)
    return node
  }

  /// `place` is where the relation is named of which the text is made, if it is.
  private func snapshotTemplate(of node: Node, _ place: SourceSpan?) throws -> Template {
    let file = node.span.file
    return try SnippetNames.relocating(to: place ?? node.span) {
      let template = try Template.parse(
        node.codeOffset.placed(node.code), name: place == nil ? file : SnippetNames.hook(of: file))
      try record(node) { _ = try context.interpreter.render(template) }
      return template
    }
  }

  private func decodeSnapshot(
    _ node: inout Node, _ span: SourceSpan, _ origins: ConfigOrigins, isWhole: Bool
  ) {
    var decoder = ConfigDecoder(subject: "snapshot '\(node.name)'", span: span, origins: origins)
    let flags = environment.settings.values["flags"]
    node.config = decoder.snapshot(
      node.config.values, matchesNullKeys: flags?["enable_truthy_nulls_equals_macro"] == .bool(true))
    // What is missing may stand where the file was not read.
    problems += decoder.problems.filter { isWhole || $0.code != .missingKey }
  }
}
