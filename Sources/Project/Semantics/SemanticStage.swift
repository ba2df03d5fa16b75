import Diagnostics
import Jinja

/// Follows what the semantic layer refers to: models, measures and metrics; and then looks whether it holds together.
struct SemanticStage {
  /// What is missing because its file could not be read, which has been complained about.
  let lost: LostDefinitions

  func run(_ project: inout Project, _ problems: inout [Diagnostic]) {
    let hasExposures = project.exposures.contains { !$0.metricReferences.isEmpty }
    guard !project.semantics.isEmpty || hasExposures else { return }
    let before = problems.count
    let groups = Set(project.groups.map(\.name))
    for place in project.semantics.indices {
      if let group = project.semantics[place].group, !groups.contains(group) {
        problems.append(unknown(group, of: project.semantics[place], groups))
      }
      guard project.semantics[place].resourceType == .semanticModel else { continue }
      problems += connect(model: place, &project)
    }
    let index = SemanticIndex(project)
    connectMetrics(&project, index, &problems)
    for place in project.semantics.indices where project.semantics[place].resourceType == .savedQuery {
      connect(query: place, &project, index, &problems)
    }
    for place in project.exposures.indices { connect(exposure: place, &project, index, &problems) }
    let isSound = !problems[before...].contains { $0.severity == .error } && lost.semantics.isEmpty
    problems += SemanticRules(project, isSound: isSound).problems
  }

  private func unknown(_ group: String, of resource: SemanticResource, _ groups: Set<String>) -> Diagnostic {
    Diagnostic(
      .missingReference,
      "the group '\(group)' of \(resource.resourceType.words) '\(resource.name)' does not exist",
      at: resource.place(["config", "group"]),
      hint: Spelling.hint(for: group, among: groups.sorted())
        ?? "declare it under 'groups:' in a property file")
  }

  // MARK: - Semantic models

  private func connect(model place: Int, _ project: inout Project) -> [Diagnostic] {
    let model = project.semantics[place]
    guard let reference = model.references.first else { return [] }
    switch project.references.resolve(reference, from: model.package, in: project) {
    case .success(let node): project.semantics[place].dependencies = [project.nodes[node].id]
    case .failure where lost.models.contains(reference.name): break
    case .failure(let problem): return [problem.located(at: model.place(["model"]))]
    }
    return []
  }

  // MARK: - Metrics

  /// Gives each metric what it reads, and the measures that it comes down to: those of other metrics once theirs are known.
  /// Metrics that read each other in a circle stay without, which the graph complains about.
  private func connectMetrics(
    _ project: inout Project, _ index: SemanticIndex, _ problems: inout [Diagnostic]
  ) {
    var inputs: [Int: [DataValue]] = [:]
    var waiting: [Int: Int] = [:]
    var readers: [Int: [Int]] = [:]
    var sources: [Int: [Int]] = [:]
    var ready: [Int] = []
    for place in project.semantics.indices where project.semantics[place].resourceType == .metric {
      let metric = project.semantics[place]
      let parts = MetricParts(metric)
      let models = parts.measures.compactMap { measure in
        model(withMeasure: measure, metric, index, &problems)
      }
      let metrics = parts.metrics.compactMap { part in
        self.metric(
          part.name, at: metric.place(part.path), "metric '\(metric.name)'", metric.package, index, &problems)
      }
      project.semantics[place].dependencies = Self.unique((models + metrics).map { project.semantics[$0].id })
      inputs[place] = Self.unique(parts.measures.map(\.value))
      sources[place] = metrics
      let others = Set(metrics)
      waiting[place] = others.count
      for other in others { readers[other, default: []].append(place) }
      if others.isEmpty { ready.append(place) }
    }
    while let place = ready.popLast() {
      let own = (inputs[place] ?? []) + (sources[place] ?? []).flatMap { inputs[$0] ?? [] }
      inputs[place] = Self.unique(own)
      for reader in readers[place] ?? [] {
        waiting[reader, default: 0] -= 1
        if waiting[reader] == 0 { ready.append(reader) }
      }
    }
    for (place, measures) in inputs {
      let metric = project.semantics[place]
      guard let parameters = metric.properties["type_params"] else { continue }
      project.semantics[place].properties = metric.properties.setting(
        "type_params", to: parameters.setting("input_measures", to: .list(measures)))
    }
  }

  private func model(
    withMeasure part: MetricParts.Measure, _ metric: SemanticResource, _ index: SemanticIndex,
    _ problems: inout [Diagnostic]
  ) -> Int? {
    switch index.model(withMeasure: part.name, from: metric.package) {
    case .success(let place): return place
    case .failure where lost.mayHold(semantic: part.name): return nil
    case .failure(.disabled):
      problems.append(
        Diagnostic(
          .disabledReference,
          "metric '\(metric.name)' reads the measure '\(part.name)' of a semantic model that is disabled",
          at: metric.place(part.path)))
    case .failure(.unknown):
      problems.append(
        Diagnostic(
          .missingReference,
          "metric '\(metric.name)' reads the measure '\(part.name)', and no semantic model has it",
          at: metric.place(part.path), hint: Spelling.hint(for: part.name, among: index.measureNames)))
    }
    return nil
  }

  private func metric(
    _ name: String, of package: String? = nil, at span: SourceSpan, _ subject: String, _ asker: String,
    _ index: SemanticIndex, _ problems: inout [Diagnostic]
  ) -> Int? {
    switch index.metric(name, of: package, from: asker) {
    case .success(let place): return place
    case .failure where lost.mayHold(semantic: name): return nil
    case .failure(.disabled):
      problems.append(
        Diagnostic(.disabledReference, "\(subject) reads the metric '\(name)', which is disabled", at: span))
    case .failure(.unknown):
      problems.append(
        Diagnostic(
          .missingReference, "\(subject) reads the metric '\(name)', which does not exist", at: span,
          hint: Spelling.hint(for: name, among: index.metricNames)))
    }
    return nil
  }

  // MARK: - Saved queries and exposures

  private func connect(
    query place: Int, _ project: inout Project, _ index: SemanticIndex, _ problems: inout [Diagnostic]
  ) {
    let query = project.semantics[place]
    let names = query.properties["query_params"]?["metrics"]?.texts ?? []
    let found = names.enumerated().compactMap { position, name in
      metric(
        name, at: query.place(["query_params", "metrics", String(position)]), "saved query '\(query.name)'",
        query.package, index, &problems)
    }
    project.semantics[place].dependencies = Self.unique(found.map { project.semantics[$0].id })
  }

  private func connect(
    exposure place: Int, _ project: inout Project, _ index: SemanticIndex, _ problems: inout [Diagnostic]
  ) {
    let exposure = project.exposures[place]
    let found = exposure.metricReferences.compactMap { reference in
      metric(
        reference.name, of: reference.package, at: reference.span ?? exposure.span,
        "exposure '\(exposure.name)'", exposure.package, index, &problems)
    }
    let ids = found.map { project.semantics[$0].id }
    project.exposures[place].dependencies = Self.unique(exposure.dependencies + ids)
  }

  static func unique<Item: Hashable>(_ items: [Item]) -> [Item] {
    var seen: Set<Item> = []
    return items.filter { seen.insert($0).inserted }
  }
}

/// The measures and metrics that a metric's definition names, and where.
struct MetricParts {
  /// A measure as the manifest shows it.
  struct Measure {
    var name: String
    var value: DataValue
    var path: [String]
  }

  private(set) var measures: [Measure] = []
  private(set) var metrics: [(name: String, path: [String])] = []

  /// What is written of what the metric's type asks for.
  init(_ metric: SemanticResource) {
    let parameters = metric.properties["type_params"] ?? .none
    switch metric.properties["type"]?.stringValue {
    case "simple", "cumulative": add(measure: parameters["measure"], ["type_params", "measure"])
    case "conversion":
      for key in ["base_measure", "conversion_measure"] {
        add(
          measure: parameters["conversion_type_params"]?[key], ["type_params", "conversion_type_params", key])
      }
    case "ratio":
      for key in ["numerator", "denominator"] {
        add(metric: parameters[key], ["type_params", key])
      }
    default:
      for (position, input) in (parameters["metrics"]?.items ?? []).enumerated() {
        add(metric: input, ["type_params", "metrics", String(position)])
      }
    }
  }

  private mutating func add(measure value: DataValue?, _ path: [String]) {
    guard let value, let name = value["name"]?.stringValue else { return }
    measures.append(Measure(name: name, value: value, path: path))
  }

  private mutating func add(metric value: DataValue?, _ path: [String]) {
    guard let name = value?["name"]?.stringValue else { return }
    metrics.append((name, path))
  }
}
