import Diagnostics
import EngineCore
import Jinja

/// What of the adapter's methods macros seldom call.
extension AdapterObject {
  /// Methods of dbt's that mean nothing here, or not yet.
  static let unsupported: Set<String> = [
    "get_catalog_integration", "get_partitions_metadata", "get_seed_file_path", "get_temp_relation_path",
    "render_raw_columns_constraints", "render_raw_model_constraints", "run_sql_for_tests",
    "standardize_grants_dict", "store_relation",
  ]

  static let furtherMethods: [String: Method] = [
    "add_query": { try $0.execute($1) },
    "already_exists": { adapter, arguments in
      let bound = try arguments.bind(["schema", "name"], required: 2, function: "already_exists")
      let relation = Relation(
        database: adapter.context.target.database, schema: bound[0]?.description,
        identifier: bound[1]?.description ?? "")
      return .bool(try adapter.connection("already_exists")?.find(relation) != nil)
    },
    "get_columns_in_table": { adapter, arguments in
      let bound = try arguments.bind(["schema", "identifier"], required: 2, function: "get_columns_in_table")
      let relation = Relation(
        database: adapter.context.target.database, schema: bound[0]?.description,
        identifier: bound[1]?.description ?? "")
      return adapter.objects(try adapter.connection("get_columns_in_table")?.columns(of: relation) ?? [])
    },
    "get_column_schema_from_query": { adapter, arguments in
      let sql = arguments.value(0, "sql")?.description ?? ""
      let connection = try adapter.connection("get_column_schema_from_query")
      return adapter.objects(try connection?.columns(ofQuery: sql) ?? [])
    },
    "get_binding_char": { _, _ in "?" },
    "location_exists": { adapter, arguments in
      let location = arguments.value(0, "location")?.description ?? ""
      return .bool(try adapter.hasFile(location))
    },
    "parse_index": { adapter, arguments in
      let index = arguments.value(0, "raw_index") ?? Value.none
      guard !index.isNone else { return .none }
      return .object(IndexObject(try IndexDefinition(index.data()), adapter.context.dialect))
    },
    "convert_datetimes_to_strs": { _, arguments in arguments.value(0, "table") ?? Value.none },
    "use_ducklake_table_workarounds": { _, _ in false },
    "warn_once": { adapter, arguments in
      let message = arguments.value(0, "msg")?.description ?? ""
      let node = adapter.context.frame.model?.id
      adapter.context.base.log(LogLine(level: .warning, message: message, node: node))
      return ""
    },
    "batch_id_for_model": { adapter, _ in
      adapter.context.frame.batch.map { .string($0.id) } ?? Value.none
    },
    "external_read_location": { _, arguments in
      let location = arguments.value(0, "write_location")?.description ?? ""
      let options = arguments.value(1, "rendered_options")?.dictValue
      guard let columns = options?["partition_by"], !columns.isNone else { return .string(location) }
      let folders = columns.description.split(separator: ",").map { _ in "*" }
      let format = options?["format"]?.description ?? "parquet"
      return .string(([location] + folders + ["*.\(format)"]).joined(separator: "/"))
    },
    "external_write_options": { _, arguments in
      let location = arguments.value(0, "write_location")?.description ?? ""
      return .string(writeOptions(location, arguments.value(1, "rendered_options")?.dictValue))
    },
  ]

  private func objects(_ columns: [ColumnDescription]) -> Value {
    Value(columns.map { .object(ColumnObject($0, context.dialect)) })
  }

  /// Whether a file is there: the engine knows best, as it reaches places that the system does not.
  private func hasFile(_ location: String) throws -> Bool {
    guard let connection = try connection("location_exists") else { return false }
    let literal = context.dialect.literal(location)
    return try connection.query("SELECT count(*) > 0 FROM glob(\(literal))").rows.first?.first
      == .boolean(true)
  }

  /// The options of COPY: the format that the file's name says, if none is given.
  private static func writeOptions(_ location: String, _ given: DictObject?) -> String {
    var options: [(String, String)] = []
    for key in given?.keys ?? [] {
      options.append((key.description, given?[key]?.description ?? ""))
    }
    if !options.contains(where: { $0.0 == "format" }) {
      let name = location.split(separator: "/").last ?? ""
      let ending = name.split(separator: ".").dropFirst().last.map(String.init) ?? "parquet"
      options.append(("format", ending))
    }
    let format = options.first { $0.0 == "format" }?.1
    if format == "csv", !options.contains(where: { $0.0 == "header" }) { options.append(("header", "1")) }
    return options.map { $0.0 == "partition_by" ? "\($0.0) (\($0.1))" : "\($0.0) \($0.1)" }
      .joined(separator: ", ")
  }
}
