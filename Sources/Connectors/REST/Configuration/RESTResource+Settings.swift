import Diagnostics
import Jinja
import Project

extension RESTResource {
  /// Reads the settings of a table of a load from a connection of type `rest`. Throws a diagnostic if a value cannot be
  /// used; paths of files start from `root`.
  public init(_ table: LoadTable, root: String) throws {
    let settings = RESTSettings(table.settings, of: "table '\(table.name)'")
    do {
      self.init(name: table.name, path: TemplateText(table.from))
      method = settings.text("method") ?? "GET"
      parameters = try Self.parameters(settings)
      headers = try settings.texts("headers").map { ($0, TemplateText($1)) }
      body = settings["json"]
      dataSelector = try settings.path("data_selector")
      isDataOptional = try settings.bool("data_optional") ?? false
      paging = try Paging(settings)
      incremental = try Self.incremental(settings, table.cursor?.initial)
      includeFromParent = try (settings["include_from_parent"]?.listValue ?? []).map { field in
        guard let path = field.scalarText.flatMap(JSONPath.init), !path.hasWildcard else {
          throw settings.problem("include_from_parent", "has an item that is no field: \(field.json())")
        }
        return path
      }
      responseActions = try (settings["response_actions"]?.listValue ?? []).map { item in
        let rule = RESTSettings(item, of: "'response_actions' of \(settings.subject)")
        let action = rule.text("action").flatMap(ResponseAction.Action.init)
        guard let action else { throw rule.problem("action", "must be ignore, retry or fail") }
        return ResponseAction(
          status: try rule.integer("status_code"), content: rule.text("content"), action: action)
      }
      let exact = ["DECIMAL", "NUMERIC", "HUGEINT", "UHUGEINT", "BIGNUM", "VARCHAR", "TEXT"]
      exactFields = Set(
        table.columnTypes.filter { column in exact.contains { column.type.uppercased().hasPrefix($0) } }
          .map { Self.plainName($0.column) })
      rawFolder = settings.text("raw").map { $0.hasPrefix("/") ? $0 : "\(root)/\($0)" }
      if body != nil, method == "GET" {
        throw settings.problem("json", "needs 'method: POST': a GET request has no body")
      }
    } catch let diagnostic as Diagnostic {
      throw diagnostic.located(at: table.span)
    }
  }

  private static func parameters(_ settings: RESTSettings) throws -> [(name: String, value: TemplateText)] {
    var parameters: [(name: String, value: TemplateText)] = []
    for (name, value) in settings["params"]?.dictValue ?? DataMap() {
      for item in value.listValue ?? [value] where !item.isNone {
        guard let text = item.scalarText else {
          throw settings.problem("params", "has no text under '\(name)'")
        }
        parameters.append((name, TemplateText(text)))
      }
    }
    return parameters
  }

  private static func incremental(_ settings: RESTSettings, _ initial: String?) throws
    -> IncrementalParameters?
  {
    guard let part = settings.part("incremental") else {
      return initial.map { IncrementalParameters(initialValue: $0) }
    }
    var format = CursorFormat.plain
    if let text = part.text("format") {
      guard let known = CursorFormat(text) else {
        throw part.problem(
          "format", "is no format: \(text)",
          hint: "it is iso8601, date, epoch, epoch_ms, epoch_us or a pattern such as '%Y-%m-%d'")
      }
      format = known
    }
    // The first load starts at the table's own `initial`, written as all others.
    let start = try initial.map { try format.text(of: .text($0), as: .start) }
    return IncrementalParameters(
      startParameter: part.text("start_param"), endParameter: part.text("end_param"), format: format,
      initialValue: start)
  }
}
