import Diagnostics
import EngineCore
import Tabular

/// Does the steps of a database's upkeep, one after the other.
public struct Maintainer: Sendable {
  /// What became of one thing.
  public struct Outcome: Sendable, Hashable {
    /// The step.
    public var step: String
    /// What it touched; empty where it found nothing to do.
    public var object: String
    /// What it did there.
    public var effect: String
  }

  private let engine: any Engine

  /// Makes a maintainer of an engine's databases.
  public init(engine: any Engine) { self.engine = engine }

  /// Does what is asked for and hands on what each step did. Throws the first step's failure; what was done before it
  /// stays done.
  public func perform(
    _ request: MaintenanceRequest, each body: @escaping @Sendable (Outcome) -> Void
  ) async throws {
    let steps = engine.maintenance(request)
    let delay = engine.capabilities.retryDelay
    let session = try await engine.makeSession()
    do {
      for step in steps {
        let rows = try await session.run { connection in
          var rows: [[Scalar]] = []
          // Other processes may commit meanwhile.
          try Retry.perform(delay: delay) { _ in
            if let statement = step.statement { try connection.execute(statement) }
            // A query that rewrites tables must not end its own transaction: its rows are still to be fetched.
            try StatementRunner(connection).transaction {
              rows = try connection.query(step.query).rows
              return true
            }
          }
          return rows
        }
        if rows.isEmpty { body(Outcome(step: step.name, object: "", effect: "nothing to do")) }
        for row in rows where row.count == 2 {
          body(Outcome(step: step.name, object: row[0].shownText, effect: row[1].shownText))
        }
      }
      await session.close()
    } catch {
      await session.close()
      throw error
    }
  }
}

extension Scalar {
  /// A text as it is; nothing for what is none.
  fileprivate var shownText: String { if case .text(let text) = self { text } else { "" } }
}
