import Diagnostics
import EngineCore
import Jinja

/// Makes a target of one rendered output.
struct TargetMaker {
  let profile: String
  let name: String
  let type: String
  let file: String
  let span: SourceSpan

  /// What `target` shows to templates, if the output says it; everything else may be secret.
  private static let visibleKeys = [
    "host", "hostname", "server", "port", "user", "account", "warehouse", "role", "project", "dataset",
    "location", "catalog", "http_path", "external_root",
  ]

  func make(_ output: YAMLNode, _ options: LoadOptions) throws -> Target {
    let threads = try options.threads ?? threads(output) ?? 1
    let path = output["path"]?.scalarText ?? ":memory:"
    let database = try database(output, path)
    let schema = output["schema"]?.scalarText ?? "main"
    var connection = ConnectionProfile(
      type: type, settings: [:], projectRoot: options.projectRoot, origin: file)
    for entry in output.entries ?? [] where entry.key != "type" {
      connection.settings[entry.key] = Self.setting(entry.value)
      connection.places[entry.key] = entry.span(in: file)
    }
    if type == "duckdb", connection.settings["path"] == nil { connection.settings["path"] = .text(path) }
    if type == "ducklake" { connection.settings["database"] = .text(database) }
    var visible: [(String, DataValue)] = [
      ("profile_name", .string(profile)), ("name", .string(name)), ("target_name", .string(name)),
      ("type", .string(adapter)), ("threads", .int(threads)), ("database", .string(database)),
      ("schema", .string(schema)),
    ]
    switch type {
    case "duckdb": visible.append(("path", .string(withoutQuery(path))))
    case "ducklake": visible.append(("path", .string(":memory:")))
    default: visible.append(("dbname", .string(database)))
    }
    for key in Self.visibleKeys where !(type == "ducklake" && key == "catalog") {
      if let value = output[key] { visible.append((key, value.data)) }
    }
    return Target(
      profileName: profile, name: name, type: adapter, database: database, schema: schema, threads: threads,
      profile: connection, visibleValues: .mapping(visible))
  }

  /// The type as templates know it: a lake is DuckDB to them, as it is to dbt's packages, which choose their SQL
  /// by it.
  private var adapter: String { type == "ducklake" ? "duckdb" : type }

  private func database(_ output: YAMLNode, _ path: String) throws -> String {
    let written = output["database"]?.scalarText ?? (type == "ducklake" ? nil : output["dbname"]?.scalarText)
    switch type {
    case "duckdb":
      if let written, attachedNames(output).contains(written) { return written }
      return try duckDBDatabase(path, written)
    case "ducklake": return written ?? lakeName(output["catalog"]?.scalarText ?? "")
    default: return written ?? ""
    }
  }

  /// A lake is called what its catalog's file is called; one whose catalog is on a server is called `lake`.
  private func lakeName(_ catalog: String) -> String {
    let file = catalog.split(separator: ":").last.map(String.init) ?? ""
    return catalog.isEmpty || catalog.hasPrefix("postgres") ? "lake" : Path.stem(of: file).stem
  }

  /// The databases that the target attaches under names of its own: `database` may choose one of them.
  private func attachedNames(_ output: YAMLNode) -> [String] {
    guard case .list(let items)? = output["attach"]?.content else { return [] }
    return items.compactMap { $0["alias"]?.scalarText }
  }

  private func threads(_ output: YAMLNode) throws -> Int? {
    guard let node = output["threads"], !node.isNull else { return nil }
    let count: Int? =
      switch node.content {
      case .int(let value): value
      case .string(let text): Int(text)
      default: nil
      }
    guard let count, count > 0 else {
      throw Diagnostic(.badProfile, "'threads' must be a number from 1", at: node.span(in: file))
    }
    return count
  }

  /// The name that DuckDB gives to the file's catalog: the file's name without its last extension.
  private func duckDBDatabase(_ path: String, _ written: String?) throws -> String {
    var derived = withoutQuery(path)
    if derived == ":memory:" || derived.isEmpty {
      derived = "memory"
    } else {
      for prefix in ["md:", "motherduck:", "ducklake:"] where derived.hasPrefix(prefix) {
        derived = String(derived.dropFirst(prefix.count))
      }
      derived = Path.stem(of: derived).stem
    }
    guard let written, written != derived, path != ":memory:" else { return derived }
    throw Diagnostic(
      .badProfile, "the target '\(name)' names the database '\(written)', but its file makes it '\(derived)'",
      at: span, hint: "remove 'database', or rename the file")
  }

  private func withoutQuery(_ path: String) -> String {
    String(path.prefix { $0 != "?" })
  }

  private static func setting(_ node: YAMLNode) -> ConnectionProfile.Setting {
    switch node.content {
    case .null: .text("")
    case .bool(let value): .boolean(value)
    case .int(let value): .integer(value)
    case .float(let value): .number(value)
    case .string(let text): .text(text)
    case .list(let items): .list(items.map(setting))
    case .map(let entries):
      .table(
        Dictionary(entries.map { ($0.key, setting($0.value)) }, uniquingKeysWith: { _, last in last }))
    }
  }
}
