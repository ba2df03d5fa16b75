import Diagnostics
import Jinja

/// Brings entries of the semantic layer into the form that dbt's manifest has for them, and collects what cannot be.
struct SemanticForm {
  let file: String
  let subject: String
  private(set) var problems: [Diagnostic] = []

  init(file: String, subject: String) {
    self.file = file
    self.subject = subject
  }

  /// What is particular to an entry of that kind, which has the shape that it must have.
  mutating func properties(of node: YAMLNode, _ kind: ResourceType) -> DataValue {
    switch kind {
    case .metric: metric(node)
    case .semanticModel: semanticModel(node)
    default: savedQuery(node)
    }
  }

  // MARK: - Metrics

  private mutating func metric(_ node: YAMLNode) -> DataValue {
    let type = node["type"]?.scalarText ?? ""
    return .mapping([
      ("type", .string(type)), ("type_params", parameters(node["type_params"], type)),
      ("filter", Self.filter(node["filter"])), ("time_granularity", Self.text(node["time_granularity"])),
    ])
  }

  private mutating func parameters(_ node: YAMLNode?, _ type: String) -> DataValue {
    .mapping([
      ("measure", Self.measure(node?["measure"])), ("input_measures", .list([])),
      ("numerator", input(node?["numerator"])), ("denominator", input(node?["denominator"])),
      ("expr", Self.text(node?["expr"])), ("window", window(node?["window"])),
      ("grain_to_date", Self.text(node?["grain_to_date"])), ("metrics", inputs(node?["metrics"])),
      ("conversion_type_params", conversion(node?["conversion_type_params"])),
      ("cumulative_type_params", type == "cumulative" ? cumulative(node) : .none),
      ("metric_aggregation_params", .none),
    ])
  }

  private static func measure(_ node: YAMLNode?) -> DataValue {
    guard let node, !node.isNull else { return .none }
    return .mapping([
      ("name", text(node.entries == nil ? node : node["name"])), ("filter", filter(node["filter"])),
      ("alias", text(node["alias"])), ("join_to_timespine", flag(node["join_to_timespine"])),
      ("fill_nulls_with", node["fill_nulls_with"]?.data ?? .none),
    ])
  }

  private mutating func input(_ node: YAMLNode?) -> DataValue {
    guard let node, !node.isNull else { return .none }
    return .mapping([
      ("name", Self.text(node.entries == nil ? node : node["name"])), ("filter", Self.filter(node["filter"])),
      ("alias", Self.text(node["alias"])), ("offset_window", window(node["offset_window"])),
      ("offset_to_grain", Self.text(node["offset_to_grain"])),
    ])
  }

  private mutating func inputs(_ node: YAMLNode?) -> DataValue {
    var items: [DataValue] = []
    for item in node?.items ?? [] { items.append(input(item)) }
    return .list(items)
  }

  private mutating func conversion(_ node: YAMLNode?) -> DataValue {
    guard let node, !node.isNull else { return .none }
    var properties: DataValue = .none
    if let items = node["constant_properties"]?.items {
      properties = .list(items.map { Self.texts(["base_property", "conversion_property"], of: $0) })
    }
    return .mapping([
      ("base_measure", Self.measure(node["base_measure"])),
      ("conversion_measure", Self.measure(node["conversion_measure"])), ("entity", Self.text(node["entity"])),
      ("calculation", .string(node["calculation"]?.scalarText ?? "conversion_rate")),
      ("window", window(node["window"])), ("constant_properties", properties),
    ])
  }

  /// Older projects say beside `cumulative_type_params` what belongs into it.
  private mutating func cumulative(_ node: YAMLNode?) -> DataValue {
    let nested = node?["cumulative_type_params"]
    func written(_ key: String) -> YAMLNode? {
      if let value = nested?[key], !value.isNull { return value }
      return node?[key]
    }
    return .mapping([
      ("window", window(written("window"))), ("grain_to_date", Self.text(written("grain_to_date"))),
      ("period_agg", .string(nested?["period_agg"]?.scalarText ?? "first")), ("metric", .none),
    ])
  }

  /// `7 days` as a number and a span of time.
  private mutating func window(_ node: YAMLNode?) -> DataValue {
    guard let node, let text = node.scalarText else { return .none }
    let parts = text.lowercased().split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let count = Int(parts[0]), count >= 0, !parts[0].hasPrefix("+") else {
      let problem = Diagnostic(
        .badSemantics, "'\(text)' of \(subject) is no span of time", at: node.span(in: file),
        hint: "write a number and a unit, for example: 7 days")
      if !problems.contains(problem) { problems.append(problem) }
      return .none
    }
    let singular = parts[1].hasSuffix("s") ? String(parts[1].dropLast()) : parts[1]
    let unit = SemanticWords.granularities.contains(singular) ? singular : parts[1]
    return .mapping([("count", .int(count)), ("granularity", .string(unit))])
  }

  // MARK: - Semantic models

  private func semanticModel(_ node: YAMLNode) -> DataValue {
    let defaults = node["defaults"].flatMap { $0.isNull ? nil : $0 }
    return .mapping([
      ("model", Self.text(node["model"])),
      ("defaults", defaults.map { Self.texts(["agg_time_dimension"], of: $0) } ?? .none),
      ("entities", Self.list(node["entities"], Self.entity)),
      ("measures", Self.list(node["measures"], Self.measureOfModel)),
      ("dimensions", Self.list(node["dimensions"], Self.dimension)),
      ("primary_entity", Self.text(node["primary_entity"])),
    ])
  }

  private static func list(_ node: YAMLNode?, _ form: (YAMLNode) -> [(String, DataValue)]) -> DataValue {
    .list((node?.items ?? []).map { .mapping(form($0)) })
  }

  private static func entity(_ node: YAMLNode) -> [(String, DataValue)] {
    ["name", "type", "description", "label", "role", "expr"].map { ($0, text(node[$0])) } + [config(node)]
  }

  private static func measureOfModel(_ node: YAMLNode) -> [(String, DataValue)] {
    var entries = ["name", "agg", "description", "label"].map { ($0, text(node[$0])) }
    entries.append(("create_metric", .bool(false)))
    entries.append(("expr", text(node["expr"])))
    entries.append(("agg_params", percentile(node["agg_params"])))
    entries.append(("non_additive_dimension", nonAdditive(node["non_additive_dimension"])))
    entries.append(("agg_time_dimension", text(node["agg_time_dimension"])))
    return entries + [config(node)]
  }

  private static func nonAdditive(_ node: YAMLNode?) -> DataValue {
    guard let node, !node.isNull else { return .none }
    let groupings = (node["window_groupings"]?.items ?? []).map { text($0) }
    return .mapping([
      ("name", text(node["name"])), ("window_choice", text(node["window_choice"])),
      ("window_groupings", .list(groupings)),
    ])
  }

  private static func percentile(_ node: YAMLNode?) -> DataValue {
    guard let node, !node.isNull else { return .none }
    let percentile = node["percentile"]?.data.doubleValue
    return .mapping([
      ("percentile", percentile.map { .float($0) } ?? .none),
      ("use_discrete_percentile", flag(node["use_discrete_percentile"])),
      ("use_approximate_percentile", flag(node["use_approximate_percentile"])),
    ])
  }

  private static func dimension(_ node: YAMLNode) -> [(String, DataValue)] {
    var entries = ["name", "type", "description", "label"].map { ($0, text(node[$0])) }
    entries.append(("is_partition", flag(node["is_partition"])))
    entries.append(("type_params", dimensionParameters(node["type_params"])))
    entries.append(("expr", text(node["expr"])))
    entries.append(("metadata", .none))
    return entries + [config(node)]
  }

  private static func dimensionParameters(_ node: YAMLNode?) -> DataValue {
    guard let node, !node.isNull else { return .none }
    var validity: DataValue = .none
    if let written = node["validity_params"], !written.isNull {
      validity = .mapping(["is_start", "is_end"].map { ($0, flag(written[$0])) })
    }
    return .mapping([("time_granularity", text(node["time_granularity"])), ("validity_params", validity)])
  }

  private static func config(_ node: YAMLNode) -> (String, DataValue) {
    ("config", .mapping([("meta", node["config"]?["meta"]?.data ?? .emptyMapping)]))
  }

  // MARK: - Saved queries

  private func savedQuery(_ node: YAMLNode) -> DataValue {
    let query = node["query_params"]
    func names(_ key: String) -> DataValue { .list((query?[key]?.items ?? []).map { Self.text($0) }) }
    let parameters: DataValue = .mapping([
      ("metrics", names("metrics")), ("group_by", names("group_by")),
      ("where", Self.filter(query?["where"])), ("order_by", names("order_by")),
      ("limit", query?["limit"]?.data ?? .none),
    ])
    let exports = (node["exports"]?.items ?? []).map { export -> DataValue in
      let config = export["config"].flatMap { $0.isNull ? nil : $0.data } ?? .emptyMapping
      return .mapping([
        ("name", Self.text(export["name"])), ("config", .emptyMapping), ("unrendered_config", config),
      ])
    }
    return .mapping([("query_params", parameters), ("exports", .list(exports))])
  }

  // MARK: - Values

  /// Conditions of SQL.
  private static func filter(_ node: YAMLNode?) -> DataValue {
    guard let node, !node.isNull else { return .none }
    let texts = node.items ?? [node]
    let filters = texts.map { item -> DataValue in .mapping([("where_sql_template", text(item))]) }
    return .mapping([("where_filters", .list(filters))])
  }

  private static func texts(_ keys: [String], of node: YAMLNode) -> DataValue {
    .mapping(keys.map { ($0, text(node[$0])) })
  }

  /// A text; numbers and truth values as Python prints them.
  private static func text(_ node: YAMLNode?) -> DataValue {
    guard let node, node.scalarText != nil else { return .none }
    return .string(node.data.pythonText)
  }

  private static func flag(_ node: YAMLNode?) -> DataValue { .bool(node?.bool ?? false) }
}
