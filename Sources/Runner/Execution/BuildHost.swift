import Diagnostics
import EngineCore
import Project
import Tabular

/// Carries out the statements of a macro that builds a model.
///
/// In a transaction of Weir's the macro's own BEGIN and COMMIT are left out: all of it is published at once, after its
/// checks.
final class BuildHost: MaterializationHost {
  private let statements: StatementRunner
  private let node: Node
  private let isInTransaction: Bool
  /// Whether nothing was done in the transaction yet.
  private var isUntouched = true
  /// Hooks that wait for the transaction's end.
  private(set) var deferred: [String] = []
  var mainRows: Int?

  init(_ statements: StatementRunner, _ node: Node, isInTransaction: Bool) {
    self.statements = statements
    self.node = node
    self.isInTransaction = isInTransaction
  }

  func run(_ sql: String) throws -> Int {
    guard isInTransaction else { return try statements.execute(sql, mayBeSeveral: true) }
    let (text, refused) = TransactionControl.withoutBounds(sql)
    if let refused {
      throw Diagnostic(
        .badValue, "the materialization of '\(node.name)' says \(refused) inside the model's transaction",
        at: node.span, notes: ["in: \(sql)"],
        hint: "remove it; `publish: always` in the model's config leaves transactions to the macro")
    }
    guard !SQLText.isEmpty(text) else { return 0 }
    isUntouched = false
    return try statements.execute(text, mayBeSeveral: true)
  }

  func query(_ sql: String) throws -> Table { try statements.query(sql, maximumRows: nil, isOwn: true) }

  func runOutside(_ sql: String) throws {
    guard isInTransaction else {
      try statements.execute(sql, mayBeSeveral: true)
      return
    }
    guard isUntouched else {
      deferred.append(sql)
      return
    }
    try statements.connection.execute("COMMIT")
    do {
      try statements.execute(sql, mayBeSeveral: true)
    } catch {
      // The transaction around expects to be there when it is rolled back.
      try statements.connection.execute("BEGIN TRANSACTION")
      throw error
    }
    try statements.connection.execute("BEGIN TRANSACTION")
  }
}
