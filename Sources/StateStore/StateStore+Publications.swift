import Diagnostics
import GRDB

extension StateStore {
  /// The publications of a target. Throws `WEIR-E0801`.
  public func publications(target: String) throws(Diagnostic) -> [PublicationRecord] {
    try read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT node, fingerprint, version, published_at, inputs, outside, outside_digest, unsteadiness, files
          FROM publications WHERE target = ?
          """, arguments: [target])
      var records: [PublicationRecord] = []
      while let row = try rows.next() {
        let outside: String = row[5]
        records.append(
          PublicationRecord(
            node: row[0], fingerprint: row[1], version: row[2], publishedAt: row[3], inputs: row[4],
            outside: outside.isEmpty ? [] : outside.split(separator: "\n").map(String.init),
            outsideDigest: row[6], unsteadiness: row[7], files: row[8]))
      }
      return records
    }
  }

  /// Stores publications of a target, in one transaction. Throws `WEIR-E0801`.
  public func setPublications(_ records: [PublicationRecord], target: String) throws(Diagnostic) {
    guard !records.isEmpty else { return }
    try write { database in
      let statement = try database.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO publications
            (target, node, fingerprint, version, published_at, inputs, outside, outside_digest, unsteadiness, files)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """)
      for record in records {
        try statement.execute(arguments: [
          target, record.node, record.fingerprint, record.version, record.publishedAt, record.inputs,
          record.outside.joined(separator: "\n"), record.outsideDigest, record.unsteadiness, record.files,
        ])
      }
    }
  }

  /// Forgets publications of a target, in one transaction that is written before this returns. Throws `WEIR-E0801`.
  public func forgetPublications(_ nodes: [String], target: String) throws(Diagnostic) {
    guard !nodes.isEmpty else { return }
    try write { database in
      let statement = try database.cachedStatement(
        sql: "DELETE FROM publications WHERE target = ? AND node = ?")
      for node in nodes { try statement.execute(arguments: [target, node]) }
    }
  }

  /// What is known of a target's databases, by name. Throws `WEIR-E0801`.
  public func databases(target: String) throws(Diagnostic) -> [String: DatabaseRecord] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT name, epoch, mark FROM databases WHERE target = ?", arguments: [target])
      return Dictionary(
        rows.map { row in
          let record = DatabaseRecord(name: row["name"], epoch: row["epoch"], mark: row["mark"])
          return (record.name, record)
        }, uniquingKeysWith: { _, last in last })
    }
  }

  /// Stores what is known of a target's databases, in one transaction. Throws `WEIR-E0801`.
  public func setDatabases(_ records: [DatabaseRecord], target: String) throws(Diagnostic) {
    guard !records.isEmpty else { return }
    try write { database in
      for record in records {
        try database.execute(
          sql: "INSERT OR REPLACE INTO databases (target, name, epoch, mark) VALUES (?, ?, ?, ?)",
          arguments: [target, record.name, record.epoch, record.mark])
      }
    }
  }
}
