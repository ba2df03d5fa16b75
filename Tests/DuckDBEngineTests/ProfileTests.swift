import Diagnostics
import EngineCore
import Foundation
import Tabular
import Testing

@testable import DuckDBEngine

@Suite struct ProfileTests {
  private func setup(
    _ settings: [String: ConnectionProfile.Setting], root: String = "/p", extensions: String? = nil
  ) throws -> EngineSetup {
    try EngineSetup(
      profile: ConnectionProfile(
        type: "duckdb", settings: settings, projectRoot: root, origin: "profiles.yml"),
      extensionDirectory: extensions)
  }

  private func problems(_ settings: [String: ConnectionProfile.Setting]) throws -> [String] {
    let error = #expect(throws: DiagnosticList.self) { try setup(settings) }
    return error?.items.map { "\($0.message)\($0.hint.map { " (\($0))" } ?? "")" } ?? []
  }

  @Test("A problem points at its setting, or at the one that holds it")
  func places() throws {
    var profile = ConnectionProfile(
      type: "duckdb", settings: ["threds": .integer(1), "attach": .list([.table(["alias": .text("x")])])],
      projectRoot: "/p", origin: "profiles.yml")
    profile.places = [
      "threds": SourceSpan(file: "profiles.yml", line: 5, column: 7),
      "attach": SourceSpan(file: "profiles.yml", line: 6, column: 7),
    ]
    let error = #expect(throws: DiagnosticList.self) {
      try EngineSetup(profile: profile, extensionDirectory: nil)
    }
    #expect(error?.items.compactMap(\.span?.line) == [5, 6])
  }

  @Test("An empty profile is a database in memory")
  func defaults() throws {
    let setup = try setup([:])
    #expect(setup.path == ":memory:")
    #expect(setup.databaseStatements.isEmpty)
    #expect(
      setup.openingConfiguration == [
        "autoinstall_known_extensions": "false", "errors_as_json": "true",
        "auto_checkpoint_skip_wal_threshold": "18446744073709551615",
      ])
  }

  @Test("A path starts in the project's folder unless it is absolute or an address")
  func paths() {
    let paths = ["a.duckdb", "/x/a.duckdb", ":memory:", "md:db", "s3://b/a.duckdb", "x/y:z.db"]
    #expect(
      paths.map { EngineSetup.resolved($0, in: "/p") } == [
        "/p/a.duckdb", "/x/a.duckdb", ":memory:", "md:db", "s3://b/a.duckdb", "/p/x/y:z.db",
      ])
    #expect(
      ["a.duckdb", "/x/my.db.duckdb", ":memory:", "noending", "md:db"].map(EngineSetup.databaseName) == [
        "a", "my.db", "memory", "noending", "db",
      ])
  }

  @Test("All problems of a profile are told at once, with the nearest known key")
  func allProblems() throws {
    try #expect(
      problems([
        "pth": .text("x"), "zzzzzz": .integer(1), "filesystems": .list([.table([:])]), "path": .list([]),
        "attach": .list([.table(["alis": .text("x")])]), "secrets": .list([.table(["key_id": .text("k")])]),
        "extensions": .list([.text("x; DROP TABLE t")]), "settings": .text("threads"),
      ]) == [
        "the DuckDB target has an unknown key pth (did you mean path?)",
        "the DuckDB target has an unknown key zzzzzz (the keys are attach, config_options, database, "
          + "disable_transactions, extensions, external_root, filesystems, is_ducklake, keep_open, module_paths, "
          + "path, plugins, remote, retries, schema, secrets, settings, threads, use_credential_provider)",
        "the DuckDB target: filesystems is not supported (use a secret with DuckDB's httpfs or azure extension "
          + "instead)",
        "the DuckDB target: path is not a text",
        "the DuckDB target: attach[1] has an unknown key alis (did you mean alias?)",
        "the DuckDB target: attach[1] has no path",
        "the DuckDB target: settings is not a map of names to values",
        "the DuckDB target: extensions[1] does not name an extension",
        "the DuckDB target: secrets[1] has no type (write `type: s3`, gcs, azure, …)",
      ])
  }

  @Test("The database must be the file's own or an attached one")
  func database() throws {
    try #expect(
      problems(["path": .text("shop.duckdb"), "database": .text("other")]) == [
        "the DuckDB target: the database is other, but the file shop.duckdb holds the database shop "
          + "(write `database: shop`, leave it out, or give an attached database the alias other)"
      ])
    let attached = try setup([
      "path": .text("shop.duckdb"), "database": .text("other"),
      "attach": .list([.table(["path": .text("x.duckdb"), "alias": .text("other")])]),
    ])
    #expect(attached.databaseStatements.map(\.sql) == ["ATTACH IF NOT EXISTS '/p/x.duckdb' AS \"other\""])
  }

  @Test("Attached databases, secrets, extensions and settings become SQL with every name quoted")
  func statements() throws {
    let setup = try setup([
      "extensions": .list([.text("json"), .table(["name": .text("spatial"), "repo": .text("core")])]),
      "settings": .table(["memory_limit": .text("1GB"), "threads": .integer(2)]),
      "use_credential_provider": .text("aws"),
      "secrets": .list([
        .table([
          "type": .text("s3"), "name": .text("my \"one\""), "key_id": .text("k'1"),
          "use_ssl": .boolean(false),
          "scope": .list([.text("s3://a"), .text("s3://b")]), "provider": .text("config"),
        ])
      ]),
      "attach": .list([
        .table([
          "path": .text("dbname=x"), "type": .text("postgres"), "read_only": .boolean(true),
          "options": .table(["schema": .text("it's"), "encrypt": .boolean(true), "skipped": .boolean(false)]),
        ])
      ]),
    ])
    #expect(
      setup.databaseStatements.map(\.sql) == [
        "LOAD json", "LOAD spatial",
        "CREATE OR REPLACE SECRET _dbt_secret_0 (TYPE s3, PROVIDER credential_chain)",
        "CREATE OR REPLACE SECRET \"my \"\"one\"\"\" (TYPE \"s3\", key_id 'k''1', PROVIDER \"config\", "
          + "scope ['s3://a', 's3://b'], use_ssl false)",
        "ATTACH IF NOT EXISTS 'dbname=x' (TYPE \"postgres\", READ_ONLY, encrypt, schema 'it''s')",
      ])
    #expect(setup.sessionStatements.map(\.sql) == ["SET \"memory_limit\" = '1GB'", "SET \"threads\" = '2'"])
  }

  @Test("A profile's settings and attached databases reach every session")
  func opened() async throws {
    try await withFolder { folder in
      try await withDuckDB(path: "\(folder)/other.duckdb") { connection in
        _ = try connection.execute("CREATE TABLE t AS SELECT 7 AS i")
      }
      let engine = try DuckDBEngine(
        profile: ConnectionProfile(
          type: "duckdb",
          settings: [
            "path": .text("main.duckdb"),
            "settings": .table(["TimeZone": .text("UTC"), "threads": .integer(1)]),
            "config_options": .table(["default_null_order": .text("nulls_first")]),
            "attach": .list([
              .table(["path": .text("other.duckdb"), "alias": .text("o"), "read_only": .boolean(true)])
            ]),
          ], projectRoot: folder), extensionDirectory: nil)
      for _ in 0..<2 {
        let session = try await engine.makeSession()
        let rows = try await session.run { connection in
          try connection.query(
            "SELECT current_setting('threads'), current_setting('default_null_order'), (SELECT i FROM o.t)"
          ).rows
        }
        #expect(rows == [[.integer(1), .text("NULLS_FIRST"), .integer(7)]])
        await session.close()
      }
      await engine.close()
      #expect(FileManager.default.fileExists(atPath: "\(folder)/main.duckdb"))
    }
  }

  @Test("Sessions opened at once wait for one set-up of the database")
  func openedAtOnce() async throws {
    let engine = try DuckDBEngine(
      profile: ConnectionProfile(
        type: "duckdb",
        settings: [
          "secrets": .list([.table(["type": .text("http"), "bearer_token": .text("t")])]),
          "attach": .list([.table(["path": .text(":memory:"), "alias": .text("o")])]),
        ], projectRoot: "/"), extensionDirectory: nil)
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let session = try await engine.makeSession()
          let rows = try await session.run {
            try $0.query(
              "SELECT count(*) FROM duckdb_secrets(), duckdb_databases() WHERE database_name = 'o'"
            ).rows
          }
          await session.close()
          return rows == [[.integer(1)]] ? 1 : 0
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(counts == 8)
    await engine.close()
  }

  @Test("A failing secret tells neither its values nor its SQL")
  func hiddenSecret() async throws {
    let engine = try DuckDBEngine(
      profile: ConnectionProfile(
        type: "duckdb",
        settings: [
          "secrets": .list([.table(["type": .text("http"), "nosuchkey": .text("hunter2hunter2")])])
        ], projectRoot: "/"), extensionDirectory: nil)
    let error = try await diagnostic { try await engine.makeSession() }
    let text = "\(try #require(error))"
    #expect(!text.contains("hunter2"))
    #expect(error?.notes.last == "this happened while setting up the engine: the secret _dbt_secret_1")
    await engine.close()
  }

  @Test("Extensions come from the profile's folder if it exists, else from the installed one if that exists")
  func extensionFolder() async throws {
    try await withFolder { folder in
      func chosen(_ named: String?, _ installed: String?) throws -> String? {
        let settings = named.map {
          ["settings": ConnectionProfile.Setting.table(["extension_directory": .text($0)])]
        }
        return try setup(settings ?? [:], root: folder, extensions: installed).configuration[
          "extension_directory"]
      }
      try FileManager.default.createDirectory(atPath: "\(folder)/own", withIntermediateDirectories: true)
      try #expect(chosen("own", folder) == "\(folder)/own")
      try #expect(chosen("missing", folder) == folder)
      try #expect(chosen("missing", "/no/such/folder") == "\(folder)/missing")
      try #expect(chosen(nil, "/no/such/folder") == nil)
      try #expect(chosen(nil, folder) == folder)
    }
  }

  @Test("An extension that is not installed says where it was looked for and how to install it")
  func missingExtension() async throws {
    try await withFolder { folder in
      let engine = try DuckDBEngine(
        profile: ConnectionProfile(
          type: "duckdb", settings: ["extensions": .list([.text("spatial")])], projectRoot: "/"),
        extensionDirectory: folder)
      let error = try await diagnostic { try await engine.makeSession() }
      #expect(error?.code == .extensionMissing)
      #expect(error?.message == "DuckDB's extension spatial is not installed")
      #expect(error?.notes.first?.hasPrefix("looked for \(folder)/v") == true)
      #expect(error?.hint?.contains("INSTALL spatial") == true)
      await engine.close()
    }
  }
}
