/// A node's last success on a target, as it is kept.
public struct PublicationRecord: Sendable, Hashable {
  /// The node's unique name.
  public var node: String
  /// The fingerprint of the node as it was.
  public var fingerprint: String
  /// Names what the success wrote.
  public var version: String
  /// Seconds since 1970.
  public var publishedAt: Double
  /// Stands for the versions of all that the node read; nil if one was not known.
  public var inputs: String?
  /// What rendering used that is no node's own.
  public var outside: [String]
  /// Stands for the values of `outside`.
  public var outsideDigest: String
  /// Why doing it again may give something else although nothing changed.
  public var unsteadiness: String?
  /// Stands for the files that hold its rows.
  public var files: String?

  /// Makes a record.
  public init(
    node: String, fingerprint: String, version: String, publishedAt: Double, inputs: String? = nil,
    outside: [String] = [], outsideDigest: String = "", unsteadiness: String? = nil, files: String? = nil
  ) {
    self.node = node
    self.fingerprint = fingerprint
    self.version = version
    self.publishedAt = publishedAt
    self.inputs = inputs
    self.outside = outside
    self.outsideDigest = outsideDigest
    self.unsteadiness = unsteadiness
    self.files = files
  }
}

/// What is known of a database of a target.
public struct DatabaseRecord: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Names the time since something else than a run of nodes may last have written to it.
  public var epoch: String
  /// Stands for its file as the last run left it; nil while a run is at work, and after one that was killed.
  public var mark: String?

  /// Makes a record.
  public init(name: String, epoch: String, mark: String?) {
    self.name = name
    self.epoch = epoch
    self.mark = mark
  }
}
