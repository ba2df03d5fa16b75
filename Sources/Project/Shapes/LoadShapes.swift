/// What a file of `loads/` may hold.
public enum LoadShapes {
  /// The whole file, whatever the kinds of its sources: for editors. Loading checks each load against its own kind.
  public static let file: Shape = .mapping([
    Field("version", .integer(1...1), "the version of the file's format"),
    Field("loads", .list(.mapping(anyLoad)), "the loads", isRequired: true),
  ])

  /// A load from that kind of source.
  public static func load(from type: ConnectionType) -> Shape { .mapping(fields(of: type)) }

  /// The keys of a load from that kind of source; nil gives those that every load has.
  static func fields(of type: ConnectionType?) -> [Field] {
    fields(table: type.map(tableFields) ?? commonTable) + (type.map(ownFields) ?? [])
  }

  private static func fields(table: [Field]) -> [Field] {
    [
      Field("name", .text, "the name: its tables are source('<name>', …)", isRequired: true),
      Field("from", .text, "a connection of connections.yml, a URL or a path", isRequired: true),
      Field("description", .text, "what it is, for people"),
      Field("schema", .text, "the schema of its tables; the load's name unless said"),
      Field("database", .text, "the database of its tables; the target's unless said"),
      Field(
        "naming", .choice(NamingRule.allCases.map(\.rawValue)),
        "whether names become snake_case (unless said) or are kept"),
      Field(
        "defaults", .mapping(table.filter { $0.key != "name" }.map(\.loosened)),
        "settings of all its tables"),
      Field("tags", .oneOrMore(.text), "the load's tags"),
      Field("meta", .dictionary(.anything), "anything else, for people and programs"),
      Field("enabled", .boolean, "whether it takes part at all"),
      Field("tables", .list(.mapping(table)), "what it loads", isRequired: true),
    ]
  }

  private static let contractWords = Contract.Rule.allCases.map(\.rawValue)

  /// What every table may say, whatever its source.
  static let commonTable: [Field] = [
    Field(
      "name", .text, "the table's name in the warehouse, or a pattern such as `sales_*`", isRequired: true),
    Field("from", .text, "what is read, in the source's own terms; the table's name unless said"),
    Field(
      "write", .choice(WriteDisposition.allCases.map(\.rawValue)),
      "append, replace (unless said), merge or scd2"),
    Field("key", .oneOrMore(.text), "the columns that identify a row"),
    Field("cursor", .text, "the column whose growing values tell what is new"),
    Field(
      "lookback", .either([.duration, .number]), "how far before the last position reading starts again"),
    Field("initial", .text, "where the first load starts"),
    Field(
      "contract",
      .either([
        .choice(contractWords),
        .mapping([
          Field("tables", .choice(["evolve", "freeze"]), "what becomes of new tables"),
          Field("columns", .choice(contractWords), "what becomes of new columns"),
          Field("types", .choice(contractWords), "what becomes of values that a column's type does not hold"),
        ]),
      ]), "what may happen when the source changes"),
    Field("select", .oneOrMore(.text), "the columns that are taken; all unless said"),
    Field("exclude", .oneOrMore(.text), "the columns, or tables of a pattern, that are left out"),
    Field("where", .text, "the rows that are taken, as a condition in SQL"),
    Field(
      "delete",
      .mapping([
        Field("when", .text, "a condition in SQL that is true of rows that are gone", isRequired: true),
        Field("mode", .choice(["hard", "soft"]), "whether the row is removed (unless said) or marked"),
        Field("column", .text, "the column that marks a row, `deleted_at` unless said"),
      ]), "which rows of the source mean that a row is gone"),
    Field(
      "nested", .choice(NestingRule.allCases.map(\.rawValue)),
      "whether structures and lists are kept (unless said), flattened or split into tables"),
    Field(
      "rejects", .mapping([Field("limit", .integer(0...Int.max), "how many are borne; 0 unless said")]),
      "what becomes of malformed rows"),
    Field(
      "validity",
      .mapping([
        Field("from", .text, "`valid_from` unless said"), Field("to", .text, "`valid_to` unless said"),
      ]), "the columns of scd2"),
    Field("description", .text, "what it is, for people"),
    Field("columns", .list(.anything), "the columns: name, data_type, description, checks"),
    Field("data_tests", .list(.anything), "checks on the table, run before it is published"),
    Field("tests", .list(.anything), "the same, as dbt once called them"),
    Field("checks", .list(.anything), "the same, as Weir calls them"),
    Field("freshness", .anything, "as dbt has it"),
    Field("loaded_at_field", .text, "as dbt has it"),
    Field("tags", .oneOrMore(.text), "the table's tags"),
    Field("meta", .dictionary(.anything), "anything else"),
    Field("config", .dictionary(.anything), "configuration, as of any source"),
  ]

  /// The keys of a table that is read from that kind of source.
  public static func tableFields(of type: ConnectionType) -> [Field] {
    commonTable + ownTableFields(of: type)
  }

  /// The keys of a load that only that kind of source knows.
  static func ownFields(of type: ConnectionType) -> [Field] {
    type.isDatabase
      ? [Field("snapshot", .boolean, "whether all tables are read as of one moment; true unless said")] : []
  }

  /// The keys of a table that only that kind of source knows.
  static func ownTableFields(of type: ConnectionType) -> [Field] {
    if type.isFiles { return FileShapes.table }
    if type.isDatabase { return DatabaseShapes.table }
    if type == .rest { return RESTShapes.table }
    return type == .command ? ProgramShapes.commandTable : []
  }

  /// The keys of tables of all kinds, each once.
  static var anyTable: [Field] { distinct(ConnectionType.allCases.flatMap(tableFields)) }

  /// The keys of loads of all kinds, each once.
  static var anyLoad: [Field] {
    fields(table: anyTable) + distinct(ConnectionType.allCases.flatMap(ownFields))
  }

  private static func distinct(_ fields: [Field]) -> [Field] {
    var seen: Set<String> = []
    return fields.filter { seen.insert($0.key).inserted }
  }
}

/// What a table that is read from files may say.
enum FileShapes {
  static let formats = ["csv", "tsv", "json", "ndjson", "parquet", "excel", "avro", "iceberg", "delta"]

  static let table: [Field] = [
    Field("format", .choice(formats), "the files' format; told by their names unless said"),
    Field(
      "files", .choice(["changed", "all"]), "only files that are new or changed (unless said), or all of them"
    ),
    Field("compression", .choice(["none", "gzip", "zstd", "auto"]), "how text files are compressed"),
    Field("delimiter", .text, "what parts the columns of CSV; found out unless said"),
    Field("quote", .text, "what quotes a value of CSV"),
    Field("escape", .text, "what escapes a quote in CSV"),
    Field("header", .boolean, "whether the first line of CSV names the columns"),
    Field("skip", .integer(0...Int.max), "lines of CSV, or rows of a sheet, before the header"),
    Field("comment", .text, "what starts a comment in CSV"),
    Field("null", .oneOrMore(.text), "texts of CSV that mean NULL"),
    Field("encoding", .text, "the encoding of CSV: utf-8 unless said"),
    Field("date_format", .text, "how dates are written (strftime)"),
    Field("timestamp_format", .text, "how timestamps are written (strftime)"),
    Field("decimal_separator", .choice([".", ","]), "what parts a number's fraction"),
    Field("sheet", .text, "the sheet of an Excel file; the first unless said"),
    Field("range", .text, "the cells of an Excel sheet, such as `A1:F100`"),
    Field(
      "hive_partitioning", .boolean, "whether folders such as `year=2026` are columns; found out unless said"),
    Field("union_by_name", .boolean, "whether files' columns are matched by name (unless said) or by place"),
    Field("filename", .either([.boolean, .text]), "a column with the file's name, `file_name` or called so"),
    Field("row_number", .either([.boolean, .text]), "a column with the row's number in its file"),
    Field("version", .either([.integer(0...Int.max), .text]), "the version of an Iceberg or Delta table"),
  ]
}

/// What a table that is read from a database may say.
enum DatabaseShapes {
  static let table: [Field] = [
    Field("query", .text, "a query in the source's own SQL, in place of a table")
  ]
}
