/// Where a template is stopped that would not end by itself.
public struct Limits: Sendable {
  /// How deep macros and recursive loops may call each other. A small stack stops them earlier.
  public var maxDepth: Int
  /// How many loop iterations and calls one rendering may take.
  public var maxSteps: Int
  /// How large the output, or any one value, may grow.
  public var maxOutputBytes: Int

  /// Makes limits.
  public init(maxDepth: Int = 500, maxSteps: Int = 10_000_000, maxOutputBytes: Int = 128 << 20) {
    self.maxDepth = maxDepth
    self.maxSteps = maxSteps
    self.maxOutputBytes = maxOutputBytes
  }

  /// Limits that no sensible template reaches.
  public static let `default` = Limits()
}
