import Diagnostics
import Jinja

/// A test of a model's SQL on given rows: nothing of it is stored, and it reads no table.
public struct UnitTestDefinition: Sendable, Codable {
  /// How rows are written.
  public enum Format: String, Sendable, Codable, Hashable, CaseIterable {
    case dict, csv, sql
  }

  /// What takes the place of what the model reads.
  public enum Input: Sendable, Codable, Hashable {
    case model(ModelReference)
    case source(SourceReference)
    /// The model's own table, as it was before.
    case this
  }

  /// Rows, or SQL that gives them.
  public enum Rows: Sendable, Codable, Hashable {
    /// A list of mappings.
    case list([DataValue])
    case sql(String)
    /// Those of the seed that is meant.
    case seed
  }

  /// Rows as they are given or expected.
  public struct Fixture: Sendable, Codable, Hashable {
    /// How they are written.
    public var format: Format
    /// The rows.
    public var rows: Rows
    /// The file that they are from, by its name without extension.
    public var file: String?
    /// Where they are declared.
    public var span: SourceSpan
  }

  /// What takes the place of one of the model's inputs.
  public struct Given: Sendable, Codable, Hashable {
    /// The input, as written.
    public var text: String
    /// The input.
    public var input: Input
    /// Its rows.
    public var fixture: Fixture
  }

  /// Which of a model's versions are tested.
  public struct Versions: Sendable, Codable, Hashable {
    /// These alone; all if nil.
    public var include: [DataValue]?
    /// All but these; none is left out if nil.
    public var exclude: [DataValue]?
  }

  /// The model's name, as written.
  public var model: String
  /// The tested model's node; it may be switched off.
  public var modelNode: NodeID
  /// Which of the model's versions is tested, if it has some.
  public var version: DataValue?
  /// Which of the model's versions are to be, if that is said.
  public var versions: Versions?
  /// What takes the place of what the model reads.
  public var given: [Given]
  /// What must come out.
  public var expect: Fixture
  /// Whether anything is overridden.
  public var hasOverrides = false
  /// What macros give instead of what they would.
  public var macros: DataValue = .emptyMapping
  /// Values of `var()`.
  public var vars: DataValue = .emptyMapping
  /// Values of `env_var()`.
  public var environment: DataValue = .emptyMapping

  /// Whether `is_incremental()` is said to be true, or false; nil if nothing is said.
  public var isIncremental: Bool? {
    if case .bool(let value)? = macros["is_incremental"] { return value }
    return nil
  }
}

extension Node {
  /// The name as `ls` has it: of a version `orders.v2`, of a version's unit test `adds_up_v2`.
  public var versionedName: String {
    unitTest.map { name + ($0.version.map { "_v\($0.scalarText ?? "")" } ?? "") } ?? searchName
  }

  /// The name that people see: of a unit test the model's with it.
  public var title: String {
    guard let unitTest else { return searchName }
    return "\(unitTest.model)::\(name)" + (unitTest.version.map { "_v\($0.scalarText ?? "")" } ?? "")
  }
}
