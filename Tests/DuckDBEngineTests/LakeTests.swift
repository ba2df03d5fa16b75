import Diagnostics
import EngineCore
import Testing

@testable import DuckDBEngine

@Suite("Lakes in profiles")
struct LakeProfileTests {
  private func setup(
    _ settings: [String: ConnectionProfile.Setting], snapshot: SnapshotPoint? = nil
  ) throws -> EngineSetup {
    try EngineSetup(
      profile: ConnectionProfile(
        type: "ducklake", settings: settings, projectRoot: "/shop", snapshot: snapshot),
      extensionDirectory: nil)
  }

  @Test("Paths start in the project's folder; addresses stay as they are")
  func paths() throws {
    let local = try setup([
      "database": .text("lake"), "catalog": .text("a/lake.ducklake"), "data_path": .text("files"),
    ])
    #expect(
      local.databaseStatements.map(\.sql) == [
        "ATTACH IF NOT EXISTS 'ducklake:/shop/a/lake.ducklake' AS \"lake\" (DATA_PATH '/shop/files')"
      ])
    #expect(local.sessionStatements.map(\.sql) == ["USE \"lake\""])
    #expect(local.lakes == ["lake"])
    let remote = try setup([
      "database": .text("l"), "catalog": .text("sqlite:l.sqlite"), "data_path": .text("s3://b/l/"),
      "options": .table(["encrypted": .boolean(true)]),
    ])
    #expect(
      remote.databaseStatements.map(\.sql) == [
        "ATTACH IF NOT EXISTS 'ducklake:sqlite:/shop/l.sqlite' AS \"l\" (DATA_PATH 's3://b/l/', encrypted)"
      ])
  }

  @Test("A catalog on a server gets its password by a secret, which no message shows")
  func server() throws {
    let setup = try setup([
      "database": .text("lake"), "catalog": .text("postgres"), "host": .text("db"), "port": .integer(5433),
      "user": .text("u"), "password": .text("top'secret"), "dbname": .text("c"),
      "data_path": .text("az://x/"),
    ])
    #expect(
      setup.databaseStatements.map(\.sql) == [
        "CREATE OR REPLACE SECRET \"_weir_lake_catalog\" (TYPE postgres, HOST 'db', PORT '5433', USER 'u', "
          + "PASSWORD 'top''secret', DATABASE 'c')",
        "ATTACH IF NOT EXISTS 'ducklake:postgres:' AS \"lake\" (META_SECRET '_weir_lake_catalog', DATA_PATH 'az://x/')",
      ])
    #expect(setup.databaseStatements.allSatisfy { $0.secrets == ["top'secret"] })
  }

  @Test("The past is an option of the attached database")
  func past() throws {
    let settings: [String: ConnectionProfile.Setting] = [
      "database": .text("l"), "catalog": .text("/l.ducklake"),
    ]
    #expect(
      try setup(settings, snapshot: .version(7)).databaseStatements.map(\.sql) == [
        "ATTACH IF NOT EXISTS 'ducklake:/l.ducklake' AS \"l\" (SNAPSHOT_VERSION 7)"
      ])
    #expect(
      try setup(settings, snapshot: .time("it's")).databaseStatements.map(\.sql) == [
        "ATTACH IF NOT EXISTS 'ducklake:/l.ducklake' AS \"l\" (SNAPSHOT_TIME 'it''s')"
      ])
  }

  @Test("A lost race against another writer is worth another try")
  func conflicts() {
    for text in [
      "Failed to commit: Failed to commit DuckLake transaction.\nTransaction conflict - attempting to drop table",
      "Failed to commit DuckLake transaction.\nFailed to commit: database is locked",
      "Failed to initialize DuckLake: ERROR:  relation \"ducklake_metadata\" already exists",
    ] {
      let diagnostic = Diagnostic.engine("TransactionContext Error: \(text)", sql: nil)
      #expect(diagnostic.code == .transactionConflict && diagnostic.isTransient)
    }
    #expect(!Diagnostic.engine("IO Error: database is locked", sql: nil).isTransient)
  }
}
