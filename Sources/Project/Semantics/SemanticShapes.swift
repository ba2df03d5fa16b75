/// The keys of the semantic layer's sections, and what may stand under them.
enum SemanticShapes {
  /// What an entry of that kind must look like.
  static func shape(of kind: ResourceType) -> Shape {
    switch kind {
    case .metric: .mapping(metric)
    case .semanticModel: .mapping(semanticModel)
    default: .mapping(savedQuery)
    }
  }

  /// Keys whose words are taken in any case.
  static let words: Set<String> = [
    "type", "agg", "window_choice", "time_granularity", "grain_to_date", "calculation", "period_agg",
    "export_as",
  ]

  private static let name = Field("name", .text, "the name", isRequired: true)
  private static let description = Field("description", .text, "what it is, for people")
  private static let label = Field("label", .text, "the name for people")
  private static let config = Field("config", .dictionary(.anything), "its configuration")
  private static let filter = Field("filter", .oneOrMore(.text), "which rows count, as conditions of SQL")
  private static let granularity: Shape = .choice(SemanticWords.granularities)

  // MARK: - Metrics

  private static let measure: Shape = .either([
    .text,
    .mapping([
      name, filter, Field("alias", .text, "what it is called here"),
      Field("join_to_timespine", .boolean, "whether times without rows are there too"),
      Field("fill_nulls_with", .integer(.min ... .max), "what stands where there are no rows"),
    ]),
  ])
  private static let input: Shape = .either([
    .text,
    .mapping([
      name, filter, Field("alias", .text, "what it is called in the expression"),
      Field("offset_window", .text, "how long before: 1 month"),
      Field("offset_to_grain", .text, "the span of time to whose beginning it is taken"),
    ]),
  ])
  private static let conversion: Shape = .mapping([
    Field("base_measure", measure, "the measure of what is converted", isRequired: true),
    Field("conversion_measure", measure, "the measure of conversions", isRequired: true),
    Field("entity", .text, "the entity that both have", isRequired: true),
    Field("calculation", .choice(["conversions", "conversion_rate"]), "conversions or their rate"),
    Field("window", .text, "within what time: 7 days"),
    Field(
      "constant_properties",
      .list(
        .mapping([
          Field("base_property", .text, "the dimension or entity of the base", isRequired: true),
          Field("conversion_property", .text, "that of the conversion", isRequired: true),
        ])), "what must be the same of both"),
  ])
  private static let cumulative: Shape = .mapping([
    Field("window", .text, "over what time: 7 days"),
    Field("grain_to_date", .text, "from the beginning of which span of time"),
    Field("period_agg", .choice(["first", "last", "average"]), "what a longer span of time shows"),
  ])
  private static let metric: [Field] = [
    name, description, config, filter,
    Field("label", .text, "the name for people", isRequired: true),
    Field("type", .choice(SemanticWords.metrics), "what it is computed of", isRequired: true),
    Field(
      "type_params",
      .mapping([
        Field("measure", measure, "the measure"),
        Field("numerator", input, "the metric above"), Field("denominator", input, "the metric below"),
        Field("expr", .text, "the expression"), Field("window", .text, "over what time: 7 days"),
        Field("grain_to_date", granularity, "from the beginning of which span of time"),
        Field("metrics", .list(input), "the metrics of the expression"),
        Field("conversion_type_params", conversion, "what is converted into what"),
        Field("cumulative_type_params", cumulative, "over what time"),
      ]), "what it is computed of", isRequired: true),
    Field("time_granularity", .text, "the span of time that it is shown by"),
    Field("meta", .dictionary(.anything), "anything else"), Field("tags", .list(.text), "the tags"),
  ]

  // MARK: - Semantic models

  private static let dimension: Shape = .mapping([
    name, description, label, config, Field("expr", .text, "the column, or an expression"),
    Field("type", .choice(SemanticWords.dimensions), "categorical or time", isRequired: true),
    Field("is_partition", .boolean, "whether the table is stored by it"),
    Field(
      "type_params",
      .mapping([
        Field("time_granularity", granularity, "how exact the times are", isRequired: true),
        Field(
          "validity_params",
          .mapping([
            Field("is_start", .boolean, "whether rows are valid from it on"),
            Field("is_end", .boolean, "whether rows are valid up to it"),
          ]), "how long rows are valid"),
      ]), "how exact the times are"),
  ])
  private static let entity: Shape = .mapping([
    name, description, label, config, Field("expr", .text, "the column, or an expression"),
    Field("type", .choice(SemanticWords.entities), "what its values are in the table", isRequired: true),
    Field("role", .text, "its role"),
  ])
  private static let measures: Shape = .mapping([
    name, description, label, config, Field("expr", .text, "the column, or an expression"),
    Field("agg", .choice(SemanticWords.aggregations), "how it is aggregated", isRequired: true),
    Field(
      "agg_params",
      .mapping([
        Field("percentile", .number, "which percentile, between 0 and 1"),
        Field("use_discrete_percentile", .boolean, "whether it is one of the values"),
        Field("use_approximate_percentile", .boolean, "whether an estimate will do"),
      ]), "which percentile"),
    Field(
      "non_additive_dimension",
      .mapping([
        name, Field("window_choice", .choice(SemanticWords.aggregations), "min or max", isRequired: true),
        Field("window_groupings", .list(.text), "the entities to group by"),
      ]), "the time over which it must not be added up"),
    Field("agg_time_dimension", .text, "the time that it is aggregated by"),
    Field("create_metric", .boolean, "whether a metric is made of it"),
  ])
  private static let semanticModel: [Field] = [
    name, description, label, config,
    Field("model", .text, "the model: ref('orders')", isRequired: true),
    Field(
      "defaults", .mapping([Field("agg_time_dimension", .text, "the time that measures are aggregated by")]),
      "what its measures share"),
    Field("entities", .list(entity), "what its rows are about"),
    Field("measures", .list(measures), "what is aggregated"),
    Field("dimensions", .list(dimension), "what it is grouped by"),
    Field("primary_entity", .text, "what a row is, where no entity says so"),
  ]

  // MARK: - Saved queries

  private static let savedQuery: [Field] = [
    name, description, label, config, Field("tags", .oneOrMore(.text), "the tags"),
    Field(
      "query_params",
      .mapping([
        Field("metrics", .list(.text), "the metrics"),
        Field("group_by", .list(.text), "what it is grouped by"),
        Field("where", .oneOrMore(.text), "which rows count"),
        Field("order_by", .list(.text), "what it is sorted by"),
        Field("limit", .integer(.min ... .max), "how many rows it gives"),
      ]), "what is asked", isRequired: true),
    Field("exports", .list(.mapping([name, config])), "where its result is kept"),
  ]
}
