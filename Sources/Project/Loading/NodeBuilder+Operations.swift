import Diagnostics
import Jinja

extension NodeBuilder {
  /// A hook of the whole run, and what it refers to.
  func operation(_ hook: Hook, _ kind: String, _ index: Int) -> ParsedNode {
    let settings = environment.settings
    let name = "\(settings.name)-\(kind)-\(index)"
    let span = environment.sections[kind]?.span(in: settings.file) ?? SourceSpan(file: settings.file)
    var node = Node(
      id: NodeID(.operation, settings.name, name), resourceType: .operation, name: name,
      package: settings.name, path: "hooks/\(name).sql", originalPath: "./\(settings.file)",
      fqn: [settings.name, "hooks", name], span: span,
      config: NodeConfig(materialization: .view, values: .emptyMapping), code: hook.sql,
      checksum: Digest.sha256(NativeMacros.trimmed(environment.fileText)))
    enter()
    configure(&node, trees.models, ConfigDefaults.operation, nil, .emptyMapping)
    node.config.tags = [kind] + (node.config.values["tags"]?.texts ?? [])
    do {
      try record(node) {
        _ = try context.interpreter.render(try Template(parsing: hook.sql, name: settings.file))
      }
    } catch {
      // It fails again when it runs, with its results and schemas at hand, and is told then if it still does.
    }
    var parsed = recorded(&node, context.frame)
    parsed.referenceSpans = parsed.referenceSpans.map { _ in span }
    parsed.sourceSpans = parsed.sourceSpans.map { _ in span }
    parsed.node = node
    return parsed
  }
}
