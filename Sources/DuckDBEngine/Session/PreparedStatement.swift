internal import CDuckDB
import Diagnostics
import EngineCore
import Tabular

/// A statement prepared once and run with values as often as wanted, on the connection that prepared it. It
/// must not outlive the call of `withConnection` that it was made in.
public final class PreparedStatement {
  private let connection: DuckDBConnection
  private let statement: PreparedHandle

  init(_ connection: DuckDBConnection, _ statement: PreparedHandle) {
    self.connection = connection
    self.statement = statement
  }

  /// How many parameters the statement has.
  public var parameterCount: Int { Int(duckdb_nparams(statement.raw)) }

  /// The columns that running it would give, once every parameter's type is known.
  public func fields() throws -> [Field] { try statement.fields() }

  /// Binds a value to the parameter at `position`, from 1. Throws a `Diagnostic` if there is none.
  public func bind(_ value: Scalar, at position: Int) throws { try statement.bind(value, at: position) }

  /// Binds a value to the parameter `$name`. Throws a `Diagnostic` if there is none.
  public func bind(_ value: Scalar, named name: String) throws {
    var position: idx_t = 0
    guard duckdb_bind_parameter_index(statement.raw, &position, name) == DuckDBSuccess else {
      throw Diagnostic(.sqlBinding, "the statement has no parameter $\(name)")
    }
    try statement.bind(value, at: Int(position))
  }

  /// Forgets every bound value.
  public func clearBindings() { duckdb_clear_bindings(statement.raw) }

  /// Runs the statement; gives how many rows it changed. Throws a `Diagnostic`.
  @discardableResult
  public func execute() throws -> Int {
    try connection.exclusively {
      try connection.checkCancellation()
      return try connection.run(statement).rowsChanged()
    }
  }

  /// Runs the statement and holds its result. Throws a `Diagnostic`.
  public func query() throws -> Table {
    var batches: [Batch] = []
    let schema = try rows { batches.append($0) }
    return Table(schema: schema, batches: batches)
  }

  /// Runs the statement and hands its batches on as they come. Throws a `Diagnostic`, or what `body` throws.
  public func stream(_ body: (Batch) throws -> Void) throws { _ = try rows(body) }

  private func rows(_ body: (Batch) throws -> Void) throws -> Schema {
    try connection.exclusively {
      try connection.checkCancellation()
      return try connection.rows(of: statement) { batch in
        try body(batch)
        return true
      }
    }
  }
}

extension DuckDBConnection {
  /// Prepares one statement. Throws a `Diagnostic`.
  public func prepare(_ sql: String) throws -> PreparedStatement {
    try exclusively { PreparedStatement(self, try PreparedHandle(handle, sql)) }
  }
}
