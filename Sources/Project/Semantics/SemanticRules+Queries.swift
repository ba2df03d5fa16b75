import Diagnostics
import Jinja

extension SemanticRules {
  // MARK: - Filters

  /// Every filter of a metric, and where it stands.
  mutating func filters(of metric: SemanticResource) {
    check(filter: metric.properties["filter"], metric, ["filter"])
    let parameters = metric.properties["type_params"] ?? .none
    let path = ["type_params"]
    for key in ["measure", "numerator", "denominator"] {
      check(filter: parameters[key]?["filter"], metric, path + [key, "filter"])
    }
    for (position, input) in (parameters["metrics"]?.items ?? []).enumerated() {
      check(filter: input["filter"], metric, path + ["metrics", String(position), "filter"])
    }
    for key in ["base_measure", "conversion_measure"] {
      check(
        filter: parameters["conversion_type_params"]?[key]?["filter"], metric,
        path + ["conversion_type_params", key, "filter"])
    }
  }

  private mutating func check(filter: DataValue?, _ resource: SemanticResource, _ path: [String]) {
    for (position, condition) in (filter?["where_filters"]?.items ?? []).enumerated() {
      let text = condition["where_sql_template"]?.stringValue ?? ""
      let place = path + [String(position)]
      do {
        for item in try reader.items(in: text) {
          check(item, "a filter of \(title(resource))", resource, place)
        }
      } catch {
        complain(error, "a filter of \(title(resource)) cannot be read", text, resource, place)
      }
    }
  }

  private mutating func check(
    _ item: QueryItems.Item, _ what: String, _ resource: SemanticResource, _ path: [String]
  ) {
    let known = SemanticWords.granularities + ownGranularities
    guard item.kind == "TimeDimension", let granularity = item.granularity?.lowercased(),
      !known.contains(granularity)
    else { return }
    report(
      "'\(granularity)' in \(what) is no span of time", resource, path,
      hint: Spelling.hint(for: granularity, among: known) ?? "there are: " + known.joined(separator: ", "),
      severity: .warning)
  }

  private mutating func complain(
    _ error: any Error, _ message: String, _ text: String, _ resource: SemanticResource, _ path: [String]
  ) {
    let found = DiagnosticList.collecting(error, else: .badSemantics, message).first
    problems.append(
      Diagnostic(
        .badSemantics, message, at: resource.place(path), notes: ["it is: \(text)"], hint: found?.hint,
        cause: found?.message))
  }

  // MARK: - Saved queries

  mutating func check(query: SemanticResource) {
    let parameters = query.properties["query_params"] ?? .none
    check(filter: parameters["where"], query, ["query_params", "where"])
    var asked = Set(
      (parameters["metrics"]?.texts ?? []).map { QueryItems.Item(kind: "Metric", name: $0, rest: "") })
    let before = problems.count
    for (position, text) in (parameters["group_by"]?.texts ?? []).enumerated() {
      let path = ["query_params", "group_by", String(position)]
      guard let item = item(text, query, path) else { continue }
      asked.insert(item)
      guard !groupable.contains(item.element) else { continue }
      report(
        "\(title(query)) is grouped by \(text), which is not there", query, path,
        hint: Spelling.hint(for: item.element, among: groupable.sorted()))
    }
    if let limit = parameters["limit"]?.intValue, limit < 0 {
      report(
        "the limit of \(title(query)) must be 0 or more, not \(limit)", query, ["query_params", "limit"])
    }
    guard problems.count == before else { return }
    for (position, text) in (parameters["order_by"]?.texts ?? []).enumerated() {
      let path = ["query_params", "order_by", String(position)]
      guard var item = item(text, query, path) else { continue }
      item.isDescending = false
      if !asked.contains(item) {
        report("\(title(query)) is sorted by \(text), which is none of its metrics and groups", query, path)
      }
    }
  }

  private mutating func item(
    _ text: String, _ query: SemanticResource, _ path: [String]
  ) -> QueryItems.Item? {
    do {
      return try reader.item(text)
    } catch {
      complain(
        error, "'\(text)' of \(title(query)) is no dimension, entity or metric", text, query, path)
      return nil
    }
  }
}
