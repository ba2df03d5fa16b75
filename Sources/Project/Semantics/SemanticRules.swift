import Diagnostics
import Jinja

/// Whether the semantic layer holds together: the rules that dbt has for it.
struct SemanticRules {
  let models: [SemanticResource]
  let metrics: [SemanticResource]
  let queries: [SemanticResource]
  /// The spans of time that time spines of the project add.
  let ownGranularities: [String]
  /// The measures by name, and whose they are.
  let measures: [String: (model: SemanticResource, measure: DataValue)]
  /// What queries may be grouped by.
  let groupable: Set<String>
  let reader = QueryItems()
  var problems: [Diagnostic] = []

  /// Checks a project. Where `isSound` says no, what only follows from something missing is left out.
  init(_ project: Project, isSound: Bool) {
    models = project.semantics.filter { $0.resourceType == .semanticModel }
    metrics = project.semantics.filter { $0.resourceType == .metric }
    queries = project.semantics.filter { $0.resourceType == .savedQuery }
    var measures: [String: (model: SemanticResource, measure: DataValue)] = [:]
    for model in models {
      for measure in model.properties["measures"]?.items ?? [] {
        let name = measure["name"]?.stringValue ?? ""
        if measures[name] == nil { measures[name] = (model, measure) }
      }
    }
    self.measures = measures
    var groupable: Set<String> = ["metric_time"]
    groupable.formUnion(metrics.map(\.name))
    for model in models {
      for kind in ["dimensions", "entities"] {
        groupable.formUnion((model.properties[kind]?.items ?? []).compactMap { $0["name"]?.stringValue })
      }
    }
    self.groupable = groupable
    let spines = project.nodes.filter { $0.timeSpine != nil }
    ownGranularities = spines.flatMap { ($0.timeSpine?.granularities ?? []).map(\.name) }
    for metric in metrics { parts(of: metric) }
    if !models.isEmpty { timeSpines(spines, project) }
    // As in dbt, one without the other is asked nothing further.
    guard !models.isEmpty, !metrics.isEmpty else { return }
    names(spines)
    for model in models { check(model: model) }
    consistency()
    labels()
    for metric in metrics { check(metric: metric) }
    guard isSound else { return }
    aliases()
    for metric in metrics { checkMeasures(of: metric) }
    for query in queries { check(query: query) }
  }

  mutating func report(
    _ message: String, _ resource: SemanticResource, _ path: [String] = [], hint: String? = nil,
    severity: Severity = .error
  ) {
    problems.append(
      Diagnostic(.badSemantics, message, at: resource.place(path), severity: severity, hint: hint))
  }

  /// How messages call a resource.
  func title(_ resource: SemanticResource) -> String { "\(resource.resourceType.words) '\(resource.name)'" }

  /// A list of a semantic model.
  func elements(_ kind: String, of model: SemanticResource) -> [(place: [String], value: DataValue)] {
    (model.properties[kind]?.items ?? []).enumerated().map { ([kind, String($0.offset)], $0.element) }
  }

  // MARK: - Time spines

  private mutating func timeSpines(_ spines: [Node], _ project: Project) {
    let isOld = project.nodes.contains { $0.resourceType == .model && $0.name == "metricflow_time_spine" }
    var seen: [String: Node] = [:]
    for spine in spines {
      guard let granularity = granularity(of: spine) else { continue }
      guard let other = seen[granularity] else {
        seen[granularity] = spine
        continue
      }
      problems.append(
        Diagnostic(
          .badSemantics,
          "models '\(other.name)' and '\(spine.name)' are both time spines by \(granularity)",
          at: spine.propertiesSpan, severity: .warning, hint: "only one is used"))
    }
    let isFine = seen.keys.contains { !SemanticWords.isSmaller("day", than: $0) }
    guard !isFine, !isOld, let first = models.first else { return }
    report(
      "there are semantic models, and no model is a time spine by day or a smaller span of time", first,
      hint: "describe a model of days with time_spine: {standard_granularity_column: …}")
  }

  private func granularity(of spine: Node) -> String? {
    spine.columns.first { $0.name == spine.timeSpine?.column }?.granularity
  }

  // MARK: - Names

  /// What is wrong with a name; nil for a good one.
  static func wrong(_ name: String) -> String? {
    let bytes = Array(name.utf8)
    func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
    func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    let underscore = UInt8(ascii: "_")
    let isPlain =
      bytes.count > 1 && isLetter(bytes[0]) && bytes.last != underscore
      && bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == underscore }
      && !zip(bytes, bytes.dropFirst()).contains { $0 == underscore && $1 == underscore }
    guard isPlain else {
      return
        "it must have two characters or more: small letters, digits and single underscores, from a letter on,"
        + " and no underscore at its end"
    }
    if SemanticWords.granularities.contains(name) { return "it is a span of time" }
    return ["metric_time", "mf_internal_uuid"].contains(name) ? "MetricFlow uses it itself" : nil
  }

  private mutating func names(_ spines: [Node]) {
    for resource in models + metrics + queries {
      if let why = Self.wrong(resource.name) {
        report("\(title(resource)) cannot be called so: \(why)", resource, ["name"])
      }
    }
    var taken: [String: String] = [:]
    for resource in models + metrics { taken[resource.name] = resource.resourceType.words }
    for model in models {
      var seen: [String: String] = [:]
      for (kind, word) in [("measures", "measure"), ("entities", "entity"), ("dimensions", "dimension")] {
        for (place, element) in elements(kind, of: model) {
          let name = element["name"]?.stringValue ?? ""
          taken[name] = word
          if let why = Self.wrong(name) {
            report("\(word) '\(name)' of \(title(model)) cannot be called so: \(why)", model, place)
          } else if SemanticWords.reserved.contains(name.uppercased()) {
            report("\(word) '\(name)' of \(title(model)) cannot be called so: SQL has the word", model, place)
          }
          if let other = seen.updateValue(word, forKey: name) {
            report(
              "\(title(model)) has a \(other) and a \(word) called '\(name)'", model, place,
              hint: "rename one")
          }
        }
      }
    }
    granularityNames(spines, taken)
  }

  private mutating func granularityNames(_ spines: [Node], _ taken: [String: String]) {
    var seen: Set<String> = []
    for spine in spines {
      for granularity in spine.timeSpine?.granularities ?? [] {
        let name = granularity.name
        let why =
          Self.wrong(name) ?? taken[name].map { "a \($0) is called so" }
          ?? (seen.insert(name).inserted ? nil : "there is another one")
        guard let why else { continue }
        problems.append(
          Diagnostic(
            .badSemantics,
            "the span of time '\(name)' of model '\(spine.name)' cannot be called so: \(why)",
            at: spine.propertiesSpan))
      }
    }
  }

  // MARK: - Labels

  private mutating func labels() {
    for group in [models, metrics] {
      var seen: [String: SemanticResource] = [:]
      for resource in group {
        guard let label = resource.label else { continue }
        guard let other = seen[label] else {
          seen[label] = resource
          continue
        }
        report("\(title(resource)) and \(title(other)) have the same label '\(label)'", resource, ["label"])
      }
    }
    var entities: [String: String] = [:]
    for model in models {
      for kind in ["entities", "measures", "dimensions"] {
        var seen: Set<String> = []
        for (place, element) in elements(kind, of: model) {
          guard let label = element["label"]?.stringValue else { continue }
          let name = element["name"]?.stringValue ?? ""
          if !seen.insert(label).inserted {
            report("two \(kind) of \(title(model)) have the label '\(label)'", model, place + ["label"])
          }
          guard kind == "entities" else { continue }
          if let other = entities[name], other != label {
            report(
              "entity '\(name)' of \(title(model)) has the label '\(label)', and elsewhere '\(other)'", model,
              place + ["label"])
          }
          entities[name] = entities[name] ?? label
        }
      }
    }
  }
}
