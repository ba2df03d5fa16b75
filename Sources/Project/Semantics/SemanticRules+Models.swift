import Diagnostics
import Jinja

extension SemanticRules {
  /// A semantic model by itself.
  mutating func check(model: SemanticResource) {
    primaryEntity(model)
    validity(model)
    let times = timeDimensions(model)
    let standard = model.properties["defaults"]?["agg_time_dimension"]?.stringValue
    if let standard, times[standard] == nil {
      report(
        "\(title(model)) aggregates by '\(standard)', which is none of its time dimensions", model,
        ["defaults", "agg_time_dimension"], hint: Spelling.hint(for: standard, among: times.keys.sorted()))
    }
    for (place, dimension) in elements("dimensions", of: model)
    where dimension["type"] == "time" && dimension["type_params"]?.isNone != false {
      report(
        "time dimension '\(dimension["name"]?.stringValue ?? "")' of \(title(model)) says no time_granularity",
        model, place, hint: "it counts as exact to the day: write type_params: {time_granularity: day}",
        severity: .warning)
    }
    for (place, measure) in elements("measures", of: model) {
      let name = "measure '\(measure["name"]?.stringValue ?? "")' of \(title(model))"
      percentile(measure, name, model, place)
      count(measure, name, model, place)
      let time = measure["agg_time_dimension"]?.stringValue ?? standard
      if let time {
        if times[time] == nil, measure["agg_time_dimension"]?.stringValue != nil {
          report(
            "\(name) is aggregated by '\(time)', which is no time dimension there", model,
            place + ["agg_time_dimension"], hint: Spelling.hint(for: time, among: times.keys.sorted()))
        }
      } else {
        report(
          "\(name) is aggregated by no time", model, place,
          hint: "give it an agg_time_dimension, or the semantic model a default one")
      }
      nonAdditive(measure, name, time.flatMap { times[$0] }, model, place)
    }
  }

  /// The time dimensions of a semantic model, and how exact they are.
  func timeDimensions(_ model: SemanticResource) -> [String: String] {
    var times: [String: String] = [:]
    for (_, dimension) in elements("dimensions", of: model) where dimension["type"] == "time" {
      times[dimension["name"]?.stringValue ?? ""] =
        dimension["type_params"]?["time_granularity"]?.stringValue ?? "day"
    }
    return times
  }

  // MARK: - Entities

  private mutating func primaryEntity(_ model: SemanticResource) {
    let primary = elements("entities", of: model).filter { $0.value["type"] == "primary" }
    let named = model.properties["primary_entity"]?.stringValue
    if primary.count > 1 {
      report("\(title(model)) has \(primary.count) primary entities", model, primary[1].place)
    } else if primary.count == 1, let named {
      report(
        "\(title(model)) has both a primary entity and primary_entity: \(named)", model, ["primary_entity"],
        hint: "keep one of them")
    } else if primary.isEmpty, named == nil, !elements("dimensions", of: model).isEmpty {
      report(
        "\(title(model)) has dimensions and no primary entity", model,
        hint: "add an entity of type primary, or say its name with primary_entity")
    }
  }

  private mutating func validity(_ model: SemanticResource) {
    let bounds = elements("dimensions", of: model).compactMap { dimension in
      dimension.value["type_params"]?["validity_params"].flatMap { $0.isNone ? nil : (dimension.place, $0) }
    }
    let entities = elements("entities", of: model)
    let natural = entities.filter { $0.value["type"] == "natural" }
    if natural.count > 1 {
      report("\(title(model)) has \(natural.count) natural entities", model, natural[1].place)
    }
    guard let first = bounds.first else {
      if let entity = natural.first {
        report(
          "\(title(model)) has a natural entity, and no dimensions say how long its rows are valid", model,
          entity.place, hint: "give two time dimensions validity_params: {is_start: true} and {is_end: true}")
      }
      return
    }
    let starts = bounds.count { $0.1["is_start"] == true }
    let ends = bounds.count { $0.1["is_end"] == true }
    if bounds.count != 2 || starts != 1 || ends != 1 {
      report(
        "\(title(model)) must say with exactly two dimensions from when to when its rows are valid", model,
        first.0)
    }
    if natural.isEmpty {
      report("\(title(model)) has rows that are valid for a time, and no natural entity", model, first.0)
    }
    if let other = entities.first(where: { ["primary", "unique"].contains($0.value["type"]?.stringValue) }) {
      report(
        "\(title(model)) has rows that are valid for a time, and a primary or unique entity", model,
        other.place)
    }
    if let measure = elements("measures", of: model).first {
      report("\(title(model)) has rows that are valid for a time, and measures", model, measure.place)
    }
  }

  // MARK: - Measures

  private mutating func percentile(
    _ measure: DataValue, _ name: String, _ model: SemanticResource, _ place: [String]
  ) {
    let parameters = measure["agg_params"] ?? .none
    let percentile = parameters["percentile"]?.doubleValue
    let isDiscrete = parameters["use_discrete_percentile"] == true
    let isApproximate = parameters["use_approximate_percentile"] == true
    let path = place + ["agg_params"]
    switch measure["agg"]?.stringValue {
    case "percentile":
      guard let percentile else {
        return report(
          "\(name) does not say which percentile", model, path, hint: "write agg_params: {percentile: 0.95}")
      }
      if percentile <= 0 || percentile >= 1 {
        report("the percentile of \(name) must lie between 0 and 1, not at \(percentile)", model, path)
      }
    case "median":
      if percentile.map({ $0 != 0.5 }) ?? false || isDiscrete {
        report("\(name) is a median, and its agg_params say something else", model, path)
      }
    default:
      if percentile ?? 0 != 0 || isDiscrete || isApproximate {
        report("\(name) is no percentile and has agg_params", model, path)
      }
    }
  }

  private mutating func count(
    _ measure: DataValue, _ name: String, _ model: SemanticResource, _ place: [String]
  ) {
    guard measure["agg"] == "count" else { return }
    guard let expression = measure["expr"]?.stringValue else {
      return report("\(name) counts, and has no expr", model, place, hint: "write expr: 1 to count all rows")
    }
    if expression.lowercased().hasPrefix("distinct ") {
      report("\(name) counts distinct values", model, place + ["expr"], hint: "write agg: count_distinct")
    }
  }

  private mutating func nonAdditive(
    _ measure: DataValue, _ name: String, _ granularity: String?, _ model: SemanticResource, _ place: [String]
  ) {
    guard let over = measure["non_additive_dimension"], !over.isNone else { return }
    let path = place + ["non_additive_dimension"]
    let wanted = over["name"]?.stringValue ?? ""
    let dimensions = elements("dimensions", of: model).map(\.value)
    if let dimension = dimensions.first(where: { $0["name"]?.stringValue == wanted }) {
      let own = timeDimensions(model)[wanted]
      if dimension["type"] != "time" {
        report("\(name) is not added up over '\(wanted)', which is no time dimension", model, path)
      } else if let granularity, let own, own != granularity {
        report(
          "\(name) is not added up over '\(wanted)', which is exact to the \(own), and is aggregated by the \(granularity)",
          model, path)
      }
    } else {
      report(
        "\(name) is not added up over '\(wanted)', which is no dimension there", model, path,
        hint: Spelling.hint(for: wanted, among: dimensions.compactMap { $0["name"]?.stringValue }))
    }
    if let choice = over["window_choice"]?.stringValue, !["min", "max"].contains(choice) {
      report(
        "the window_choice of \(name) must be min or max, not '\(choice)'", model, path + ["window_choice"])
    }
    let entities = elements("entities", of: model).compactMap { $0.value["name"]?.stringValue }
    for grouping in over["window_groupings"]?.texts ?? [] where !entities.contains(grouping) {
      report(
        "\(name) is grouped by '\(grouping)', which is no entity there", model, path + ["window_groupings"],
        hint: Spelling.hint(for: grouping, among: entities))
    }
  }

  // MARK: - Between semantic models

  /// What has one name in several semantic models must be the same there.
  mutating func consistency() {
    var measures: [String: SemanticResource] = [:]
    var kinds: [String: (kind: String, model: SemanticResource)] = [:]
    var dimensions: [String: DataValue] = [:]
    var pairs: [String: SemanticResource] = [:]
    for model in models {
      for (place, measure) in elements("measures", of: model) {
        let name = measure["name"]?.stringValue ?? ""
        if let other = measures[name], other.id != model.id {
          report(
            "measure '\(name)' is in \(title(model)) and in \(title(other))", model, place,
            hint: "measures need names of their own")
        }
        measures[name] = model
      }
      for (kind, word) in [("measures", "measure"), ("entities", "entity"), ("dimensions", "dimension")] {
        for (place, element) in elements(kind, of: model) {
          let name = element["name"]?.stringValue ?? ""
          if let other = kinds[name], other.kind != word, other.model.id != model.id {
            report(
              "'\(name)' is a \(word) in \(title(model)) and a \(other.kind) in \(title(other.model))", model,
              place)
          }
          if kinds[name] == nil { kinds[name] = (word, model) }
        }
      }
      let primary =
        model.properties["primary_entity"]?.stringValue
        ?? elements("entities", of: model).first { $0.value["type"] == "primary" }?.value["name"]?.stringValue
      for (place, dimension) in elements("dimensions", of: model) {
        let name = dimension["name"]?.stringValue ?? ""
        if let other = dimensions[name] {
          for key in ["type", "is_partition"] where other[key] != dimension[key] {
            report("dimension '\(name)' has another \(key) in \(title(model)) than elsewhere", model, place)
          }
        } else {
          dimensions[name] = dimension
        }
        guard let primary else { continue }
        if let other = pairs[primary + "__" + name], other.id != model.id {
          report(
            "\(title(model)) and \(title(other)) both have the dimension '\(name)' of the entity '\(primary)'",
            model, place)
        }
        pairs[primary + "__" + name] = model
      }
    }
  }
}
