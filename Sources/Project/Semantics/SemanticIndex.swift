import Diagnostics
import Jinja

/// What the names of the semantic layer mean, as dbt looks them up: in the project, in the asker's package, anywhere.
struct SemanticIndex {
  /// Why a name means nothing that can be used.
  enum Absence: Error {
    case unknown, disabled
  }

  private let root: String
  private var metrics: [String: [Int]] = [:]
  private var measures: [String: [Int]] = [:]
  private let resources: [SemanticResource]
  private let disabled: [SemanticResource]

  init(_ project: Project) {
    root = project.settings.name
    resources = project.semantics
    disabled = project.disabledSemantics
    for (place, resource) in resources.enumerated() {
      switch resource.resourceType {
      case .metric: metrics[resource.name, default: []].append(place)
      case .semanticModel:
        for name in Self.measures(of: resource) { measures[name, default: []].append(place) }
      default: continue
      }
    }
  }

  /// Every metric's name.
  var metricNames: [String] { metrics.keys.sorted() }
  /// Every measure's name.
  var measureNames: [String] { measures.keys.sorted() }

  /// Where the project's list has the metric.
  func metric(_ name: String, of package: String? = nil, from asker: String) -> Result<Int, Absence> {
    let isWanted = { (resource: SemanticResource) in package.map { $0 == resource.package } ?? true }
    let found = (metrics[name] ?? []).filter { isWanted(resources[$0]) }
    if let place = nearest(found, asker) { return .success(place) }
    let isDisabled = disabled.contains { $0.resourceType == .metric && $0.name == name && isWanted($0) }
    return .failure(isDisabled ? .disabled : .unknown)
  }

  /// Where the project's list has the semantic model with the measure.
  func model(withMeasure name: String, from asker: String) -> Result<Int, Absence> {
    if let place = nearest(measures[name] ?? [], asker) { return .success(place) }
    let isDisabled = disabled.contains {
      $0.resourceType == .semanticModel && Self.measures(of: $0).contains(name)
    }
    return .failure(isDisabled ? .disabled : .unknown)
  }

  private func nearest(_ places: [Int], _ asker: String) -> Int? {
    for package in [root, asker] {
      if let place = places.first(where: { resources[$0].package == package }) { return place }
    }
    return places.first
  }

  private static func measures(of model: SemanticResource) -> [String] {
    (model.properties["measures"]?.items ?? []).compactMap { $0["name"]?.stringValue }
  }
}
