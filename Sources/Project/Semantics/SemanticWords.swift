/// The words that the semantic layer has for what there are several of.
enum SemanticWords {
  /// From small to large.
  static let granularities = [
    "nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter",
    "year",
  ]
  static let aggregations = [
    "sum", "min", "max", "count_distinct", "sum_boolean", "average", "percentile", "median", "count",
  ]
  static let metrics = ["simple", "ratio", "cumulative", "derived", "conversion"]
  static let entities = ["foreign", "natural", "primary", "unique"]
  static let dimensions = ["categorical", "time"]
  /// Words of SQL that no column of a semantic model can be called.
  static let reserved: Set<String> = [
    "AND", "AS", "CREATE", "DISTINCT", "FOR", "FROM", "FULL", "HAVING", "IN", "INNER", "INTO", "IS", "JOIN",
    "LEFT", "LIKE", "NATURAL", "NOT", "NULL", "ON", "OR", "RIGHT", "SELECT", "UNION", "USING", "WHERE",
    "WITH",
  ]
  /// The kinds of the semantic layer by the sections of property files.
  static let kinds: [String: ResourceType] = [
    "semantic_models": .semanticModel, "metrics": .metric, "saved_queries": .savedQuery,
  ]

  /// Whether a span of time is smaller than another.
  static func isSmaller(_ one: String, than other: String) -> Bool {
    (granularities.firstIndex(of: one) ?? 0) < (granularities.firstIndex(of: other) ?? 0)
  }
}
