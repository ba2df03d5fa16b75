import Jinja

/// What an entry under `versions:` says beyond what its model says.
struct VersionProperties: Sendable {
  var version: ModelVersion
  /// The names that its file may have, without the extension, the first that is there counting.
  var fileNames: [String]
  /// The model's own entry.
  var model: YAMLNode
}

extension ResourceProperties {
  /// The name that tells it from other versions: `orders.v2`.
  var searchName: String { version.map { "\(name).v\($0.version.text)" } ?? name }

  /// The entries that configure it, the strongest first.
  var items: [YAMLNode] { [item] + (version.map { [$0.model] } ?? []) }
}
