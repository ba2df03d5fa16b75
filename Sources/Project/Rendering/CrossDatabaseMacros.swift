import Diagnostics
import Jinja

/// dbt's macros for SQL that databases spell differently, as DuckDB spells it.
enum CrossDatabaseMacros {
  /// A macro that fills its arguments' text into SQL.
  private struct Form: Sendable {
    let names: [String]
    let required: Int
    let defaults: [String]
    let sql: @Sendable ([String]) -> String

    init(
      _ names: [String], defaults: [String] = [], _ sql: @escaping @Sendable ([String]) -> String
    ) {
      self.names = names
      self.defaults = defaults
      required = names.count - defaults.count
      self.sql = sql
    }

    func rendered(_ function: String, _ arguments: Arguments) throws -> String {
      let bound = try arguments.bind(names, required: required, function: function)
      return sql(
        bound.enumerated().map { index, value in
          if index >= required, value?.isNone ?? true { return defaults[index - required] }
          return value?.description ?? ""
        })
    }
  }

  static let bodies: [String: NativeMacros.Body] = {
    var bodies: [String: NativeMacros.Body] = [:]
    for (name, form) in types.merging(dates, uniquingKeysWith: { $1 }).merging(
      texts, uniquingKeysWith: { $1 })
    {
      bodies[name] = { _, arguments in .string(try form.rendered(name, arguments)) }
    }
    bodies["concat"] = { context, arguments in
      let fields =
        try DataFunctions.elements(arguments.value(0, "fields") ?? Value.none, context.interpreter) ?? []
      return .string(fields.map(\.description).joined(separator: " || "))
    }
    bodies["array_construct"] = { context, arguments in
      let inputs =
        try DataFunctions.elements(arguments.value(0, "inputs") ?? .none, context.interpreter) ?? []
      return .string("array[ \(inputs.map(\.description).joined(separator: " , ")) ]")
    }
    bodies["get_powers_of_two"] = { _, arguments in .int(try powersOfTwo(arguments)) }
    bodies["date_spine"] = { _, arguments in .string(try dateSpine(arguments)) }
    return bodies
  }()

  private static let types: [String: Form] = [
    "type_string": Form([]) { _ in "TEXT" },
    "type_timestamp": Form([]) { _ in "timestamp" },
    "type_float": Form([]) { _ in "float" },
    "type_numeric": Form([]) { _ in "numeric(28,6)" },
    "type_bigint": Form([]) { _ in "bigint" },
    "type_int": Form([]) { _ in "integer" },
    "type_boolean": Form([]) { _ in "boolean" },
    "cast": Form(["expression", "data_type"]) { "cast(\($0[0]) as \($0[1]))" },
    "safe_cast": Form(["field", "type"]) { "cast(\($0[0]) as \($0[1]))" },
    "cast_bool_to_text": Form(["field"]) { "cast(\($0[0]) as TEXT)" },
    "except": Form([]) { _ in "except" },
    "intersect": Form([]) { _ in "intersect" },
    "any_value": Form(["expression"]) { "arbitrary(\($0[0]))" },
    "bool_or": Form(["expression"]) { "bool_or(\($0[0]))" },
    "array_append": Form(["array", "new_element"]) { "array_append(\($0[0]), \($0[1]))" },
    "array_concat": Form(["array_1", "array_2"]) { "array_cat(\($0[0]), \($0[1]))" },
  ]

  private static let dates: [String: Form] = [
    "current_timestamp": Form([]) { _ in "now()" },
    "current_timestamp_in_utc_backcompat": Form([]) { _ in "current_timestamp::timestamp" },
    "current_timestamp_backcompat": Form([]) { _ in "current_timestamp::timestamp" },
    "date": Form(["year", "month", "day"]) { "make_date(\($0[0]), \($0[1]), \($0[2]))" },
    "date_trunc": Form(["datepart", "date"]) { "date_trunc('\($0[0])', \($0[1]))" },
    "dateadd": Form(["datepart", "interval", "from_date_or_timestamp"]) { parts in
      switch parts[0].lowercased() {
      case "quarter": "(\(parts[2]) + (cast(\(parts[1]) as bigint) * 3) * interval 1 month)"
      case "week": "(\(parts[2]) + (cast(\(parts[1]) as bigint) * 7) * interval 1 day)"
      default: "(\(parts[2]) + cast(\(parts[1]) as bigint) * interval 1 \(parts[0].lowercased()))"
      }
    },
    "datediff": Form(["first_date", "second_date", "datepart"]) { parts in
      parts[2].lowercased() == "week"
        ? weeks(parts[0], parts[1])
        : "(date_diff('\(parts[2])', \(parts[0])::timestamp, \(parts[1])::timestamp))"
    },
    "last_day": Form(["date", "datepart"]) { parts in
      let (count, unit) = parts[1].lowercased() == "quarter" ? (3, "month") : (1, parts[1].lowercased())
      let next = "(date_trunc('\(parts[1])', \(parts[0])) + cast(\(count) as bigint) * interval 1 \(unit))"
      return "cast((\(next) + cast(-1 as bigint) * interval 1 day) as date)"
    },
  ]

  /// Weeks begin on Sunday, as in dbt; `date_diff` would begin them on Monday.
  private static func weeks(_ first: String, _ second: String) -> String {
    """
    ((date_diff('day', \(first)::timestamp, \(second)::timestamp)) // 7 + case
      when date_part('dow', (\(first))::timestamp) <= date_part('dow', (\(second))::timestamp) then
        case when \(first) <= \(second) then 0 else -1 end
      else
        case when \(first) <= \(second) then 1 else 0 end
    end)
    """
  }

  private static let texts: [String: Form] = [
    "escape_single_quotes": Form(["expression"]) { doubled($0[0]) },
    "string_literal": Form(["value"]) { "'\($0[0])'" },
    "hash": Form(["field"]) { "md5(cast(\($0[0]) as TEXT))" },
    "length": Form(["expression"]) { "length(\($0[0]))" },
    "position": Form(["substring_text", "string_text"]) { "position(\($0[0]) in \($0[1]))" },
    "replace": Form(["field", "old_chars", "new_chars"]) { "replace(\($0[0]), \($0[1]), \($0[2]))" },
    "right": Form(["string_text", "length_expression"]) { "right(\($0[0]), \($0[1]))" },
    "split_part": Form(["string_text", "delimiter_text", "part_number"]) {
      "string_split(\($0[0]), \($0[1]))[ \($0[2]) ]"
    },
    "listagg": Form(
      ["measure", "delimiter_text", "order_by_clause", "limit_num"], defaults: ["','", "", ""]
    ) { parts in
      guard !parts[3].isEmpty else { return "string_agg(\(parts[0]), \(parts[1]) \(parts[2]))" }
      return "list_aggr((array_agg(\(parts[0]) \(parts[2])))[1:\(parts[3])], 'string_agg', \(parts[1]))"
    },
    "generate_series": Form(["upper_bound"]) {
      "select generate_series as generated_number from generate_series(1, \($0[0]))"
    },
  ]

  private static func doubled(_ text: String) -> String {
    text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
  }

  /// How many times two must be doubled up to reach a number: once at least.
  private static func powersOfTwo(_ arguments: Arguments) throws -> Int {
    let bound = try arguments.bind(["upper_bound"], required: 1, function: "get_powers_of_two")
    guard case .int(let upper)? = bound[0], upper > 0 else {
      throw Diagnostic(.raised, "get_powers_of_two() takes a whole number above zero")
    }
    return max(1, Int.bitWidth - (upper - 1).leadingZeroBitCount)
  }

  /// One row for each step from a start up to an end, the end left out.
  private static func dateSpine(_ arguments: Arguments) throws -> String {
    let bound = try arguments.bind(
      ["datepart", "start_date", "end_date"], required: 3, function: "date_spine")
    let parts = bound.map { $0?.description ?? "" }
    return """
      select unnest(generate_series(\(parts[1])::timestamp, \(parts[2])::timestamp - interval 1 microsecond, \
      interval 1 \(parts[0]))) as date_\(parts[0])
      """
  }
}
