import Diagnostics
import Jinja

extension SemanticRules {
  /// What a metric of its type cannot be without.
  mutating func parts(of metric: SemanticResource) {
    let parameters = metric.properties["type_params"] ?? .none
    func lacks(_ key: String) -> Bool { parameters[key].map(\.isNone) ?? true }
    let type = metric.properties["type"]?.stringValue ?? ""
    let missing: String? =
      switch type {
      case "simple", "cumulative": lacks("measure") ? "measure" : nil
      case "ratio": ["numerator", "denominator"].first(where: lacks)
      case "conversion": lacks("conversion_type_params") ? "conversion_type_params" : nil
      default: parameters["metrics"]?.items?.isEmpty != false ? "metrics" : nil
      }
    guard let missing else { return }
    report(
      "\(title(metric)) is of type \(type) and has no \(missing)", metric, ["type_params"],
      hint: "add '\(missing)' under type_params")
  }

  /// A metric by itself.
  mutating func check(metric: SemanticResource) {
    let parameters = metric.properties["type_params"] ?? .none
    switch metric.properties["type"]?.stringValue {
    case "cumulative": cumulative(metric, parameters)
    case "derived": derived(metric, parameters)
    case "conversion":
      window(
        parameters["conversion_type_params"]?["window"], metric,
        ["type_params", "conversion_type_params", "window"], allowsOwn: false)
    default: break
    }
    filters(of: metric)
  }

  private mutating func cumulative(_ metric: SemanticResource, _ parameters: DataValue) {
    let nested = parameters["cumulative_type_params"] ?? .none
    let path = ["type_params", "cumulative_type_params"]
    let (old, new) = (parameters["window"] ?? .none, nested["window"] ?? .none)
    if !old.isNone, old != new {
      report(
        "\(title(metric)) has two windows", metric, ["type_params", "window"],
        hint: "keep the one of cumulative_type_params")
    }
    for key in ["window", "grain_to_date"] where parameters[key]?.isNone == false {
      report(
        "\(title(metric)) says '\(key)' beside cumulative_type_params", metric, ["type_params", key],
        hint: "write it under cumulative_type_params: its old place is deprecated", severity: .warning)
    }
    let isSet = nested["grain_to_date"]?.isNone == false
    if !new.isNone, isSet {
      report("\(title(metric)) has both a window and grain_to_date", metric, path, hint: "keep one of them")
    }
    if let grain = nested["grain_to_date"]?.stringValue, !SemanticWords.granularities.contains(grain) {
      report(
        "the grain_to_date of \(title(metric)) is '\(grain)'", metric, path + ["grain_to_date"],
        hint: Spelling.hint(for: grain, among: SemanticWords.granularities)
          ?? "it is one of: " + SemanticWords.granularities.joined(separator: ", "))
    }
    window(new, metric, path + ["window"], allowsOwn: false)
  }

  /// The unit of a window must be a span of time.
  private mutating func window(
    _ window: DataValue?, _ metric: SemanticResource, _ path: [String], allowsOwn: Bool
  ) {
    guard let unit = window?["granularity"]?.stringValue else { return }
    let known = SemanticWords.granularities + (allowsOwn ? ownGranularities : [])
    let singular = unit.hasSuffix("s") ? String(unit.dropLast()) : unit
    guard !known.contains(unit), !known.contains(singular) else { return }
    report(
      "'\(unit)' in a window of \(title(metric)) is no span of time", metric, path,
      hint: Spelling.hint(for: singular, among: known) ?? "there are: " + known.joined(separator: ", "))
  }

  private mutating func derived(_ metric: SemanticResource, _ parameters: DataValue) {
    let inputs = parameters["metrics"]?.items ?? []
    var taken = Set(inputs.compactMap { $0["name"]?.stringValue })
    let expression = parameters["expr"]?.stringValue
    if expression == nil {
      report(
        "\(title(metric)) is derived and has no expr", metric, ["type_params"],
        hint: "write an expression of its metrics", severity: .warning)
    }
    for (position, input) in inputs.enumerated() {
      let path = ["type_params", "metrics", String(position)]
      let name = input["name"]?.stringValue ?? ""
      if let alias = input["alias"]?.stringValue {
        if let why = Self.wrong(alias) {
          report("'\(name)' of \(title(metric)) cannot be called '\(alias)': \(why)", metric, path)
        } else if !taken.insert(alias).inserted {
          report(
            "'\(alias)' in \(title(metric)) stands for two metrics", metric, path,
            hint: "choose another alias")
        }
      }
      let shown = input["alias"]?.stringValue ?? name
      if let expression, !expression.contains(shown) {
        report(
          "'\(shown)' is not in the expression of \(title(metric))", metric, path, severity: .warning)
      }
      window(input["offset_window"], metric, path + ["offset_window"], allowsOwn: true)
      guard let grain = input["offset_to_grain"]?.stringValue else { continue }
      if !SemanticWords.granularities.contains(grain) {
        report(
          "the offset_to_grain of '\(name)' in \(title(metric)) is '\(grain)'", metric,
          path + ["offset_to_grain"],
          hint: Spelling.hint(for: grain, among: SemanticWords.granularities))
      }
      if input["offset_window"]?.isNone == false {
        report(
          "'\(name)' of \(title(metric)) has both offset_window and offset_to_grain", metric, path,
          hint: "keep one")
      }
    }
  }

  // MARK: - With what a metric measures

  mutating func checkMeasures(of metric: SemanticResource) {
    let inputs = metric.properties["type_params"]?["input_measures"]?.items ?? []
    let found = inputs.compactMap { measures[$0["name"]?.stringValue ?? ""] }
    granularity(metric, found)
    if metric.properties["type"] == "conversion" { conversion(metric) }
  }

  private mutating func granularity(
    _ metric: SemanticResource, _ found: [(model: SemanticResource, measure: DataValue)]
  ) {
    guard let wanted = metric.properties["time_granularity"]?.stringValue else { return }
    var least = "nanosecond"
    for (model, measure) in found {
      let time =
        measure["agg_time_dimension"]?.stringValue
        ?? model.properties["defaults"]?["agg_time_dimension"]?.stringValue ?? ""
      let own = timeDimensions(model)[time] ?? "nanosecond"
      if SemanticWords.isSmaller(least, than: own) { least = own }
    }
    let known = SemanticWords.granularities.filter { !SemanticWords.isSmaller($0, than: least) }
    guard !known.contains(wanted) else { return }
    report(
      "\(title(metric)) cannot be shown by '\(wanted)'", metric, ["time_granularity"],
      hint: "what it measures is known by: " + known.joined(separator: ", "))
  }

  private mutating func conversion(_ metric: SemanticResource) {
    let parameters = metric.properties["type_params"]?["conversion_type_params"] ?? .none
    let path = ["type_params", "conversion_type_params"]
    for (key, property) in [
      ("base_measure", "base_property"), ("conversion_measure", "conversion_property"),
    ] {
      guard let (model, measure) = measures[parameters[key]?["name"]?.stringValue ?? ""] else { continue }
      let entities = elements("entities", of: model).compactMap { $0.value["name"]?.stringValue }
      let dimensions = elements("dimensions", of: model).compactMap { $0.value["name"]?.stringValue }
      let entity = parameters["entity"]?.stringValue ?? ""
      if !entities.contains(entity) {
        report(
          "\(title(metric)) is about '\(entity)', which is no entity of \(title(model))", metric,
          path + ["entity"], hint: Spelling.hint(for: entity, among: entities))
      }
      let agg = measure["agg"]?.stringValue ?? ""
      if !["count", "count_distinct"].contains(agg), agg != "sum" || measure["expr"] != "1" {
        report(
          "the measure '\(measure["name"]?.stringValue ?? "")' of \(title(metric)) must count, and is a \(agg)",
          metric, path + [key], hint: "there are count, count_distinct, and sum of 1")
      }
      if key == "conversion_measure", parameters[key]?["filter"]?.isNone == false {
        report(
          "the filter of the conversion measure of \(title(metric)) is not wholly supported by dbt", metric,
          path + [key], severity: .warning)
      }
      for pair in parameters["constant_properties"]?.items ?? [] {
        let name = pair[property]?.stringValue ?? ""
        guard !entities.contains(name), !dimensions.contains(name) else { continue }
        report(
          "\(title(metric)) holds '\(name)' constant, which \(title(model)) does not have", metric,
          path + ["constant_properties"], hint: Spelling.hint(for: name, among: entities + dimensions))
      }
    }
  }

  // MARK: - Aliases

  /// A measure that a metric reads with different filters needs names for them; and those must be nobody else's.
  mutating func aliases() {
    var taken: [String: SemanticResource] = [:]
    for metric in metrics {
      let inputs = metric.properties["type_params"]?["input_measures"]?.items ?? []
      var groups: [String: [DataValue]] = [:]
      for input in inputs { groups[input["name"]?.stringValue ?? "", default: []].append(input) }
      for (name, same) in groups.sorted(by: { $0.key < $1.key }) where same.count > 1 {
        let bare = same.contains { $0["filter"]?.isNone == false && $0["alias"]?.isNone != false }
        guard bare else { continue }
        report(
          "\(title(metric)) reads the measure '\(name)' with different filters, one of them without an alias",
          metric,
          ["type_params"], hint: "give each filtered measure an alias")
      }
      for input in MetricParts(metric).measures.map(\.value) {
        guard let alias = input["alias"]?.stringValue else { continue }
        let why =
          Self.wrong(alias) ?? (measures[alias] == nil ? nil : "a measure is called so")
          ?? taken[alias].map { "\(title($0)) has it too" }
        if let why {
          report("the alias '\(alias)' in \(title(metric)) cannot be: \(why)", metric, ["type_params"])
        }
        taken[alias] = metric
      }
    }
  }
}
