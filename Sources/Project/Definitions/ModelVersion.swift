import Jinja

/// One of a model's several versions.
public struct ModelVersion: Sendable, Codable, Hashable {
  /// The version as it is written: a number or text.
  public var value: DataValue
  /// The version that a reference without one means.
  public var latest: DataValue

  /// Makes a version.
  public init(value: DataValue, latest: DataValue) {
    self.value = value
    self.latest = latest
  }

  /// The version as text.
  public var text: String { value.scalarText ?? "" }

  /// The latest version as text.
  public var latestText: String { latest.scalarText ?? "" }

  /// Whether a reference without a version means this one.
  public var isLatest: Bool { text == latestText }

  /// Whether it comes after the latest: it is there to be tried.
  public var isPrerelease: Bool { Self.precedes(latest, value) }

  /// Whether it comes before the latest.
  public var isOld: Bool { Self.precedes(value, latest) }

  /// Whether a version comes before another: by number where both are numbers, else by text.
  static func precedes(_ left: DataValue, _ right: DataValue) -> Bool {
    let texts = (left.scalarText ?? "", right.scalarText ?? "")
    if let first = Double(texts.0), let second = Double(texts.1) { return first < second }
    return texts.0 < texts.1
  }
}

extension Node {
  /// Makes a model's node that of one of its versions.
  mutating func become(_ version: ModelVersion) {
    self.version = version
    id = NodeID(resourceType, package, searchName)
    fqn.append("v\(version.text)")
  }

  /// The name that tells it from other versions of its model: `orders.v2`, or `orders` where there are none.
  public var searchName: String { version.map { "\(name).v\($0.text)" } ?? name }

  /// The name that it has in the warehouse unless something else is said: `orders_v2`.
  public var standardAlias: String {
    guard let version else { return name }
    return name + "_v"
      + version.text.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "_")
  }
}
