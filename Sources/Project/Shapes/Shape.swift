/// What a value of one of Weir's own YAML files must look like. One description serves both for checking a file and
/// for the JSON Schema that editors complete and check it with.
public indirect enum Shape: Sendable {
  /// Text; numbers and truth values are taken as they are written.
  case text
  /// One of these words.
  case choice([String])
  /// A whole number of this range.
  case integer(ClosedRange<Int>)
  /// A number.
  case number
  /// `true` or `false`.
  case boolean
  /// A span of time: `30s`, `2 hours`, `1h 30m`, or a number of seconds.
  case duration
  /// An amount of bytes: `64 MB`, `1 GiB`, or a number of bytes.
  case size
  /// A place in JSON values: see `JSONPath`.
  case path
  /// A list of such values.
  case list(Shape)
  /// One such value, or a list of them.
  case oneOrMore(Shape)
  /// A mapping with these keys and no others.
  case mapping([Field])
  /// A mapping whose other keys depend on what stands under `key`.
  case tagged(key: String, cases: [Case])
  /// A mapping with any keys and such values.
  case dictionary(Shape)
  /// A value that fits one of these. The first that has the value's kind says what is wrong with it.
  case either([Shape])
  /// Anything at all.
  case anything

  /// One kind of a `tagged` mapping.
  public struct Case: Sendable {
    /// What stands under the key.
    public var name: String
    /// The keys that it brings, the telling key aside.
    public var fields: [Field]

    /// Makes a case.
    public init(_ name: String, _ fields: [Field]) {
      self.name = name
      self.fields = fields
    }
  }
}

/// A key of a mapping.
public struct Field: Sendable {
  /// The key.
  public var key: String
  /// What stands under it.
  public var shape: Shape
  /// Whether it must be there.
  public var isRequired: Bool
  /// Whether its value must come from `env_var()` or `secret()`.
  public var isSecret: Bool
  /// What it is for, in one sentence: editors show it.
  public var summary: String

  /// Makes a key.
  public init(
    _ key: String, _ shape: Shape, _ summary: String, isRequired: Bool = false, isSecret: Bool = false
  ) {
    self.key = key
    self.shape = shape
    self.summary = summary
    self.isRequired = isRequired
    self.isSecret = isSecret
  }
}
