import GRDB

/// The versions of the state file, oldest first. A landed version never changes: later ones add to it.
enum Migrations {
  /// The names of all versions, oldest first.
  static let names = ["v1", "v2"]

  /// A migrator that brings a file of any earlier version, or an empty one, to the latest.
  static func migrator() -> DatabaseMigrator {
    var migrator = DatabaseMigrator().disablingDeferredForeignKeyChecks()
    migrator.registerMigration(names[0], migrate: createTables)
    migrator.registerMigration(names[1], migrate: createPublications)
    return migrator
  }

  /// Publications say all that fingerprints did, and more.
  private static func createPublications(_ database: Database) throws {
    try database.execute(
      sql: """
        DROP TABLE fingerprints;
        CREATE TABLE publications (
          target TEXT NOT NULL,
          node TEXT NOT NULL,
          fingerprint TEXT NOT NULL,
          version TEXT NOT NULL,
          published_at REAL NOT NULL,
          inputs TEXT,
          outside TEXT NOT NULL,
          outside_digest TEXT NOT NULL,
          unsteadiness TEXT,
          files TEXT,
          PRIMARY KEY (target, node)
        ) WITHOUT ROWID;
        CREATE TABLE databases (
          target TEXT NOT NULL,
          name TEXT NOT NULL,
          epoch TEXT NOT NULL,
          mark TEXT,
          PRIMARY KEY (target, name)
        ) WITHOUT ROWID;
        """)
  }

  private static func createTables(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE runs (
          id TEXT NOT NULL PRIMARY KEY,
          command TEXT NOT NULL,
          target TEXT NOT NULL,
          process_id INTEGER NOT NULL,
          started_at REAL NOT NULL,
          ended_at REAL,
          status TEXT NOT NULL
        );
        CREATE INDEX runs_by_start ON runs (started_at);
        CREATE TABLE tasks (
          run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
          node TEXT NOT NULL,
          status TEXT NOT NULL,
          attempts INTEGER NOT NULL,
          started_at REAL NOT NULL,
          ended_at REAL NOT NULL,
          row_count INTEGER,
          failures INTEGER,
          message TEXT,
          PRIMARY KEY (run_id, node)
        ) WITHOUT ROWID;
        CREATE TABLE fingerprints (
          target TEXT NOT NULL,
          node TEXT NOT NULL,
          value TEXT NOT NULL,
          PRIMARY KEY (target, node)
        ) WITHOUT ROWID;
        """)
  }
}
