import Diagnostics

/// Everything needed to open an engine, as a profile's output says it. The engine checks its own keys.
public struct ConnectionProfile: Sendable, Hashable {
  /// One setting of a profile.
  public enum Setting: Sendable, Hashable {
    case text(String), integer(Int), number(Double), boolean(Bool), list([Setting]), table([String: Setting])
  }

  /// The engine's kind (`duckdb`, …).
  public var type: String
  /// The settings under the output, `type` aside. They may hold secrets: never print them.
  public var settings: [String: Setting]
  /// The project's folder; relative paths start here.
  public var projectRoot: String
  /// The file that the profile came from, for diagnostics.
  public var origin: String?
  /// Where the settings stand in that file, by name, for diagnostics.
  public var places: [String: SourceSpan] = [:]
  /// The moment of a lakehouse's past that is looked at; nil for now. Nothing can be written then.
  public var snapshot: SnapshotPoint?

  /// Makes a profile.
  public init(
    type: String, settings: [String: Setting], projectRoot: String, origin: String? = nil,
    snapshot: SnapshotPoint? = nil
  ) {
    self.type = type
    self.settings = settings
    self.projectRoot = projectRoot
    self.origin = origin
    self.snapshot = snapshot
  }
}

/// A moment in the history that a lakehouse keeps.
public enum SnapshotPoint: Sendable, Hashable {
  /// The snapshot of this number.
  case version(Int)
  /// The newest snapshot that is not younger than this time, as the engine's SQL writes times.
  case time(String)
}
