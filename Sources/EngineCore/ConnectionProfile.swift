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

  /// Makes a profile.
  public init(type: String, settings: [String: Setting], projectRoot: String, origin: String? = nil) {
    self.type = type
    self.settings = settings
    self.projectRoot = projectRoot
    self.origin = origin
  }
}
