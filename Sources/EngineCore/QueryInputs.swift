/// What a SELECT's result depends on, as the engine's parser sees it.
public struct QueryInputs: Sendable, Hashable {
  /// The tables that it reads, in the order of the text, without the names of its own CTEs.
  public var tables: [TableReference]
  /// What in it may give something else each time although no table changed (`now()`, `random()`, a file reader, …), sorted.
  public var changing: [String]

  /// Makes a value.
  public init(tables: [TableReference], changing: [String]) {
    self.tables = tables
    self.changing = changing
  }
}

extension Connection {
  /// Takes everything as changing: an engine that knows its functions says more.
  public func inputs(ofQuery sql: String) throws -> QueryInputs {
    QueryInputs(
      tables: try tableReferences(in: sql), changing: ["functions that the engine tells nothing of"])
  }
}
