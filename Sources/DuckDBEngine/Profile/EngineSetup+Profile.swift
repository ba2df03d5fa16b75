import Diagnostics
import EngineCore

extension EngineSetup {
  /// The keys of dbt-duckdb's profiles, `type` aside.
  static let keys: Set<String> = [
    "path", "database", "schema", "threads", "config_options", "extensions", "settings", "secrets", "attach",
    "external_root", "use_credential_provider", "filesystems", "remote", "plugins", "disable_transactions",
    "keep_open", "module_paths", "retries", "is_ducklake",
  ]

  /// Those of them that only Python can do.
  private static let unsupported: [String: String] = [
    "filesystems": "use a secret with DuckDB's httpfs or azure extension instead",
    "remote": "attach the remote database under `attach` instead",
    "plugins": "read and write through DuckDB's own extensions instead",
  ]

  /// Checks a profile and says what opening it takes. Extensions come from the profile's own folder or from
  /// `extensionDirectory`, whichever exists first. Throws a `DiagnosticList` of all that is wrong.
  init(profile: ConnectionProfile, extensionDirectory: String?) throws {
    let isLake = profile.type == "ducklake"
    var reader = ProfileReader(
      profile.settings, place: isLake ? "the DuckLake target" : "the DuckDB target",
      at: profile.origin.map { SourceSpan(file: $0) }, places: profile.places,
      known: isLake ? Self.lakeKeys : Self.keys)
    for (key, hint) in Self.unsupported.sorted(by: { $0.key < $1.key }) where reader[key] != nil {
      if reader[key] == .list([]) { continue }
      reader.complain("\(reader.place): \(key) is not supported", key: key, hint: hint)
    }
    let path = isLake ? ":memory:" : reader.text("path") ?? ":memory:"
    self.init(path: Self.resolved(path, in: profile.projectRoot))
    searchFolder = profile.projectRoot
    let attachments = Self.attachments(&reader, profile)
    let lake = isLake ? Self.lake(&reader, profile) : nil
    lakes = Set(attachments.filter(\.isLake).map { $0.alias ?? "" })
    if isLake { lakes.insert(reader.text("database") ?? "") }
    if path.hasPrefix("ducklake:") { lakes.insert(Self.databaseName(of: path)) }
    if !isLake { Self.checkDatabase(&reader, path: path, aliases: attachments.compactMap(\.alias)) }
    Self.checkSnapshot(&reader, profile, attachments)
    if isLake, !profile.projectRoot.isEmpty, let name = reader.text("database") {
      // DuckDB spills beside its file. There is none, and it would be the folder in which the command was called.
      configuration["temp_directory"] = Self.resolved("\(name).tmp", in: profile.projectRoot)
    }
    for key in reader.table("config_options").sorted(by: { $0.key < $1.key }) {
      configuration[key.key] = key.value.scalarText ?? key.value.literal
    }
    let settings = reader.table("settings")
    chooseExtensionDirectory(settings, extensionDirectory, root: profile.projectRoot)
    sessionStatements = (lake.map { [$0.use] } ?? []) + Self.settingStatements(settings)
    databaseStatements =
      Self.extensionStatements(&reader, folder: configuration["extension_directory"])
      + Self.secretStatements(&reader) + (lake?.statements ?? []) + attachments.map(\.statement)
    _ = reader.flag("disable_transactions")
    if !reader.problems.isEmpty { throw DiagnosticList(reader.problems) }
  }

  /// A path from the project's folder; addresses and what is absolute stay as they are.
  static func resolved(_ path: String, in root: String) -> String {
    if path.hasPrefix("/") || path.hasPrefix(":memory:") || root.isEmpty { return path }
    for prefix in ["ducklake:sqlite:", "ducklake:duckdb:", "ducklake:"] where path.hasPrefix(prefix) {
      let rest = String(path.dropFirst(prefix.count))
      return rest.contains(":") ? path : prefix + resolved(rest, in: root)
    }
    // "s3://…", "md:…", "ducklake:…": a scheme is two letters or more before the first slash.
    if let colon = path.firstIndex(of: ":"), path[..<colon].count > 1, !path[..<colon].contains("/") {
      return path
    }
    return root.hasSuffix("/") ? root + path : "\(root)/\(path)"
  }

  /// The name under which DuckDB knows the database of a file.
  static func databaseName(of path: String) -> String {
    if path.hasPrefix(":memory:") { return "memory" }
    let file = path.split(separator: "/").last ?? ""
    let name = file.split(separator: ":").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return String(name) }
    return String(name[..<dot])
  }

  /// `database` may only say what the path says already, or name an attached database.
  private static func checkDatabase(_ reader: inout ProfileReader, path: String, aliases: [String]) {
    guard let database = reader.text("database") else { return }
    let name = databaseName(of: path)
    guard database != name, !aliases.contains(database) else { return }
    reader.complain(
      "\(reader.place): the database is \(database), but the file \(path) holds the database \(name)",
      hint: "write `database: \(name)`, leave it out, or give an attached database the alias \(database)")
  }

  private mutating func chooseExtensionDirectory(
    _ settings: [String: ConnectionProfile.Setting], _ installed: String?, root: String
  ) {
    let named = settings["extension_directory"]?.scalarText ?? configuration["extension_directory"]
    let own = named.map { Self.resolved($0, in: root) }
    // A folder that the profile names may still be made; one that was only offered is not worth an error.
    configuration["extension_directory"] = [own, installed].compactMap { $0 }.first(where: isFolder) ?? own
  }

  private static func settingStatements(_ settings: [String: ConnectionProfile.Setting]) -> [Statement] {
    settings.sorted { $0.key < $1.key }.filter { $0.key != "extension_directory" }.map { name, value in
      let literal =
        if case .text = value { value.literal } else { value.scalarText.map { "'\($0)'" } ?? value.literal }
      return Statement(
        purpose: "the setting \(name)", sql: "SET \(DuckDBDialect().quoted(name)) = \(literal)",
        secrets: Self.looksSecret(name) ? value.texts : [])
    }
  }

  /// Whether a setting's value must not be shown, by its name.
  private static func looksSecret(_ name: String) -> Bool {
    ["secret", "password", "token", "key"].contains { name.lowercased().range(of: $0) != nil }
  }

  private static func extensionStatements(_ reader: inout ProfileReader, folder: String?) -> [Statement] {
    var statements: [Statement] = []
    for (index, entry) in reader.list("extensions").enumerated() {
      var name: String?
      if case .text(let text) = entry { name = text }
      if case .table(let table) = entry, case .text(let text) = table["name"] { name = text }
      guard let name, isExtensionName(name) else {
        reader.complain("\(reader.place): extensions[\(index + 1)] does not name an extension")
        continue
      }
      statements.append(Statement(purpose: "the extension \(name)", sql: "LOAD \(name)"))
    }
    return statements
  }
}

/// Whether a text can be the name of an extension and nothing else.
func isExtensionName(_ name: String) -> Bool {
  !name.isEmpty
    && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F }
}
