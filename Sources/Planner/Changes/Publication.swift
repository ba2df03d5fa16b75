import Project

/// What is kept of a node's last success on a target: as long as all of it holds, doing the node again would give what is
/// there.
public struct Publication: Sendable, Hashable {
  /// Of the node as it was.
  public var fingerprint: Fingerprint
  /// Names what the success wrote: no other success of the node has the same.
  public var version: String
  /// Seconds since 1970.
  public var publishedAt: Double
  /// Stands for the versions of all that the node read; nil if one of them was not known.
  public var inputs: String?
  /// What rendering used that is no node's own, as `OutsideReads` names it, sorted.
  public var outside: [String] = []
  /// Stands for the values of `outside`.
  public var outsideDigest = ""
  /// Why doing it again may give something else although nothing changed (`it uses now()`); nil if nothing speaks for that.
  public var unsteadiness: String?
  /// Stands for the files that hold its rows; nil where none do.
  public var files: String?

  /// Makes a record.
  public init(fingerprint: Fingerprint, version: String, publishedAt: Double, inputs: String?) {
    self.fingerprint = fingerprint
    self.version = version
    self.publishedAt = publishedAt
    self.inputs = inputs
  }
}

/// A version of the data that something holds, or why it cannot be told.
public enum DataVersion: Sendable, Hashable {
  case known(String)
  /// A reason that follows "it reads ".
  case unknown(String)

  /// The version, if it is known.
  public var text: String? {
    if case .known(let text) = self { text } else { nil }
  }
}
