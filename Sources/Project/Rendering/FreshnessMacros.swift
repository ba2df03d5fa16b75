import Diagnostics
import Jinja

/// dbt's macros that ask how fresh a source is.
enum FreshnessMacros {
  static let bodies: [String: NativeMacros.Body] = [
    "collect_freshness": { context, arguments in
      let names = ["source", "loaded_at_field", "filter"]
      let bound = try arguments.bind(names, required: 3, function: "collect_freshness")
      let filter = bound[2].flatMap { $0.isTruthy ? "\nWHERE \($0.description)" : nil } ?? ""
      return try asked(
        """
        SELECT max(\(bound[1]?.description ?? "")) AS max_loaded_at, \(try now(context)) AS snapshotted_at
        FROM \(bound[0]?.description ?? "")\(filter)
        """, context)
    },
    "collect_freshness_custom_sql": { context, arguments in
      let names = ["source", "loaded_at_query"]
      let bound = try arguments.bind(names, required: 2, function: "collect_freshness_custom_sql")
      return try asked(
        """
        WITH weir_loaded AS (
        \(bound[1]?.description ?? "")
        )
        SELECT (SELECT * FROM weir_loaded) AS max_loaded_at, \(try now(context)) AS snapshotted_at
        """, context)
    },
  ]

  private static func now(_ context: NodeContext) throws -> String {
    try SnapshotMacros.call(context, "current_timestamp")
  }

  private static func asked(_ sql: String, _ context: NodeContext) throws -> Value {
    let table = try context.table(of: sql, "collect_freshness")
    return Value([("table", .object(table))])
  }
}
