import Diagnostics
import EngineCore
import Jinja

extension Compiler {
  /// Asks when a source's newest row came: by the project's `collect_freshness` macros, or dbt's. Throws `Diagnostic`s
  /// with places in the project's files.
  public func freshness(of source: SourceTable) throws -> FreshnessReading {
    do {
      return try reading(of: source)
    } catch {
      let problems = DiagnosticList.collecting(
        error, else: .templateRuntime, "the freshness of '\(source.sourceName).\(source.name)' is not known")
      throw DiagnosticList(
        problems.map { SnippetNames.relocated($0.located(at: source.span), to: source.span) })
    }
  }

  private func reading(of source: SourceTable) throws -> FreshnessReading {
    enter(source)
    let relation: Value = .object(RelationObject(source.relation, context.dialect))
    let name: String
    let arguments: [(name: String, value: Value)]
    if let query = source.loadedAtQuery {
      let template = try Template(parsing: query, name: SnippetNames.argument)
      let sql = try context.interpreter.render(template)
      name = "collect_freshness_custom_sql"
      arguments = [("source", relation), ("loaded_at_query", .string(sql))]
    } else {
      name = "collect_freshness"
      let filter = source.freshness?.filter
      arguments = [
        ("source", relation), ("loaded_at_field", .string(source.loadedAtField ?? "")),
        ("filter", filter.map { .string($0) } ?? .none),
      ]
    }
    guard let macro = context.lookup(name) else {
      throw Diagnostic(.missingReference, "there is no macro '\(name)'")
    }
    let result = try context.interpreter.call(macro, Arguments([], keyword: arguments))
    guard let row = Self.table(result)?.rows.first, row.count == 2 else {
      throw Diagnostic(
        .badValue, "the macro '\(name)' gave no row of max_loaded_at and snapshotted_at",
        hint: "end it with {{ return(load_result('collect_freshness')) }}")
    }
    guard let askedAt = try Self.moment(row[1], "snapshotted_at", source) else {
      throw Diagnostic(.badValue, "the macro '\(name)' gave no snapshotted_at")
    }
    let field = source.loadedAtQuery == nil ? source.loadedAtField ?? "" : "loaded_at_query"
    return FreshnessReading(loadedAt: try Self.moment(row[0], field, source), askedAt: askedAt)
  }

  /// A result of `load_result`, or the table itself.
  private static func table(_ value: Value) -> ResultTable? {
    let value = value.dictValue?["table"] ?? value
    guard case .object(let object) = value else { return nil }
    return object as? ResultTable
  }

  /// Microseconds since 1970. A time without a zone is UTC's; a day is none, as in dbt.
  private static func moment(_ value: Value, _ what: String, _ source: SourceTable) throws -> Int? {
    if value.isNone { return nil }
    if case .object(let object) = value, let time = object as? DateTimeObject, !time.isDate {
      return time.microseconds
    }
    let kind = if case .object(let object) = value { object.typeName } else { try value.data().typeName }
    throw Diagnostic(
      .badValue,
      "'\(what)' of source '\(source.sourceName).\(source.name)' gives a \(kind), not a timestamp",
      at: source.span, hint: "cast it: cast(\(what) as timestamp)")
  }

  private func enter(_ source: SourceTable) {
    context.frame = RenderFrame(package: source.package)
    context.frame.this = source.relation
    context.base.currentNode = source.id
  }
}
