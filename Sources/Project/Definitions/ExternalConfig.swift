/// How a model's rows are written to files, as dbt-duckdb's `external` materialization has it.
public struct ExternalConfig: Sendable, Codable {
  /// A form of files.
  public enum Format: String, Sendable, Codable, CaseIterable {
    case parquet, csv, json
  }

  /// A reader's option.
  public indirect enum Value: Sendable, Codable {
    /// Text, to be quoted.
    case text(String)
    /// What SQL takes as it stands: a number, true, false or NULL.
    case plain(String)
    case list([Value])
    case table([Option<Value>])
  }

  /// A named option.
  public struct Option<Content: Sendable & Codable>: Sendable, Codable {
    /// The name.
    public var name: String
    /// What it is set to.
    public var value: Content

    /// Makes an option.
    public init(_ name: String, _ value: Content) {
      self.name = name
      self.value = value
    }
  }

  /// The file, or the folder of what is written in parts, with Jinja if wanted; nil for the model's own name under
  /// the target's `external_root`.
  public var location: String?
  /// The form, if said.
  public var format: Format?
  /// COPY's options in order, their values as SQL has them.
  public var writeOptions: [Option<String>] = []
  /// The reader's options by form, where given.
  public var readOptions: [Format: [Option<Value>]] = [:]

  /// Nothing said.
  public init() {}
}
