import EngineCore
import Jinja

/// What templates see of the build that they are part of.
extension NodeContext {
  /// The span of time of what is read: the batch that is built, the sample that is asked for, or what both share.
  private var readSpan: EventBatch? {
    guard let sample = base.invocation.sample, [.model, .snapshot].contains(frame.model?.resourceType) else {
      return frame.batch
    }
    guard var batch = frame.batch else {
      return EventBatch(start: sample.start, end: sample.end, size: .day)
    }
    batch.start = max(batch.start, sample.start)
    batch.end = min(batch.end, sample.end)
    return batch
  }

  /// The rows of what a node reads that belong to its batch or the sample, as a condition; nil for all of them.
  func eventFilter(_ id: NodeID) -> String? {
    guard let batch = readSpan, let project else { return nil }
    let columns: [ColumnDefinition]
    let written: DataValue?
    if let node = project.node(id) {
      (columns, written) = (node.columns, node.config.values["event_time"])
    } else {
      let table = project.source(id)
      (columns, written) = (table?.columns ?? [], table?.config["event_time"])
    }
    guard let column = written?.stringValue, !column.isEmpty else { return nil }
    let isQuoted = columns.first { $0.name == column }?.quote ?? false
    return StrategySQL.condition(isQuoted ? dialect.quoted(column) : column, batch, dialect)
  }

  /// `model`: the node as the manifest has it, with the batch that is built.
  func modelValue(_ node: Node) -> Value {
    let value = GraphValues.node(node)
    guard let entries = value.dictValue else { return value }
    if let batch = frame.batch {
      let start: Value = .object(DateTimeObject(microseconds: batch.start, isAware: true))
      let end: Value = .object(DateTimeObject(microseconds: batch.end, isAware: true))
      entries["batch"] = Value([
        ("id", .string(batch.id)), ("event_time_start", start), ("event_time_end", end),
      ])
      entries["config"]?.dictValue?["__dbt_internal_microbatch_event_time_start"] = start
      entries["config"]?.dictValue?["__dbt_internal_microbatch_event_time_end"] = end
    }
    if let sql = frame.compiledSQL {
      entries["compiled_code"] = .string(sql)
      entries["compiled"] = true
    }
    return value
  }

  /// `pre_hooks` and `post_hooks` of the model that a macro builds.
  func hooks(_ name: String) -> Value {
    guard frame.host != nil, let config = frame.model?.config else { return Value([Value]()) }
    let hooks = name == "pre_hooks" ? config.preHooks : config.postHooks
    return Value(
      hooks.enumerated().map { index, hook in
        Value([
          ("sql", .string(hook.sql)), ("transaction", .bool(hook.isTransactional)),
          ("index", .int(index + 1)),
        ])
      })
  }

  /// `render(text)`.
  var renderFunction: Value {
    .function("render") { [unowned self] arguments, interpreter in
      let text = arguments.value(0, "string")?.description ?? ""
      guard YAMLRenderer.holdsJinja(text) else { return .string(text) }
      let file = frame.model?.span.file ?? "render"
      return .string(
        try interpreter.render(try Template(parsing: text, name: SnippetNames.hook(of: file))))
    }
  }

  /// Runs what a template wants done; gives the rows that the last statement changed.
  func execute(_ sql: String) throws -> Int {
    guard !SQLText.isEmpty(sql) else { return 0 }
    if let host = frame.host { return try host.run(sql) }
    return try connection?.execute(sql) ?? 0
  }
}
