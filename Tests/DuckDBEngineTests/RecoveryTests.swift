import Diagnostics
import Foundation
import Testing

@testable import DuckDBEngine

/// What a process leaves that is killed while DuckDB writes a checkpoint's blocks: made of the bytes of a real
/// checkpoint, of which only the first pages arrived.
@Suite struct RecoveryTests {
  private static let page = 4096
  private static let tables = 150

  /// A database's file and log before a checkpoint, and just before that checkpoint's header was to be written.
  private struct Moments {
    var before: Data
    var after: Data
    var logBefore: Data
    var logAfter: Data

    /// Where pages changed that the last header knows.
    var changedPages: [Int] {
      stride(from: 3 * page, to: before.count, by: page).filter {
        before[$0..<$0 + page] != after[$0..<$0 + page]
      }
    }

    /// The file as it is when writing ended before `end`.
    func torn(at end: Int) -> Data { after[..<end] + before[end...] }
  }

  private static func moments(in folder: String) async throws -> Moments {
    let path = "\(folder)/made.duckdb"
    @Sendable func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: path + name))
    }
    return try await withDuckDB(path: path) { connection in
      for table in 0..<tables {
        try connection.execute("CREATE TABLE t\(table) AS SELECT i, \(table) AS t FROM range(100) AS r(i)")
      }
      try connection.execute("CHECKPOINT")
      try connection.execute("CREATE OR REPLACE TABLE t0 AS SELECT i, 0 AS t FROM range(100) AS r(i)")
      try connection.execute("CREATE TABLE added AS SELECT 42 AS answer")
      let (before, logBefore) = (try bytes(""), try bytes(".wal"))
      try connection.execute("SET debug_checkpoint_abort = 'after_free_list_write'")
      #expect(throws: Diagnostic.self) { try connection.execute("CHECKPOINT") }
      return Moments(
        before: before, after: try bytes(""), logBefore: logBefore, logAfter: try bytes(".wal"))
    }
  }

  private static func write(_ file: Data, log: Data, to path: String) throws {
    try file.write(to: URL(fileURLWithPath: path))
    try log.write(to: URL(fileURLWithPath: path + ".wal"))
  }

  @Test("A checkpoint that was cut off after any page loses nothing")
  func torn() async throws {
    try await withFolder { folder in
      let moments = try await Self.moments(in: folder)
      let path = "\(folder)/torn.duckdb"
      let pages = moments.changedPages
      #expect(pages.count > 4)
      let all = (0..<Self.tables).map { "SELECT * FROM t\($0)" }.joined(separator: " UNION ALL ")
      var mended = 0
      for end in pages.map({ $0 + Self.page }) {
        try Self.write(moments.torn(at: end), log: moments.logAfter, to: path)
        mended += InterruptedCheckpoint.mend(path).count
        try Self.write(moments.torn(at: end), log: moments.logAfter, to: path)
        let rows = try await withDuckDB(path: path) {
          try $0.query("SELECT count(*), sum(i), sum(t), (FROM added) FROM (\(all))").rows
        }
        #expect(rows == [[.integer(15_000), .huge(742_500), .huge(1_117_500), .integer(42)]])
      }
      #expect(mended > 0)
    }
  }

  @Test("A damaged block is left as it is where no checkpoint was under way")
  func noCheckpoint() async throws {
    try await withFolder { folder in
      let moments = try await Self.moments(in: folder)
      let path = "\(folder)/torn.duckdb"
      let torn = moments.torn(at: moments.changedPages[0] + Self.page)
      try Self.write(torn, log: moments.logBefore, to: path)
      #expect(InterruptedCheckpoint.mend(path).isEmpty)
      let refusal = try await diagnostic { try await withDuckDB(path: path) { _ in } }
      #expect(refusal?.message == "the database \(path) is damaged")
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == torn)
    }
  }

  @Test("A checkpoint that came to its end needs no mending, nor does one before its first block")
  func ends() async throws {
    try await withFolder { folder in
      let moments = try await Self.moments(in: folder)
      let path = "\(folder)/whole.duckdb"
      for file in [moments.before, moments.after] {
        try Self.write(file, log: moments.logAfter, to: path)
        #expect(InterruptedCheckpoint.mend(path).isEmpty)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == file)
      }
    }
  }

  @Test("Bytes of any kind in the file or the log are borne")
  func anyBytes() async throws {
    let seed = UInt64.random(in: 1...1_000_000)
    print("recovery test: seed \(seed)")
    var random = Steps(state: seed)
    try await withFolder { folder in
      let moments = try await Self.moments(in: folder)
      let path = "\(folder)/odd.duckdb"
      let whole = moments.torn(at: moments.changedPages[0] + Self.page)
      for _ in 0..<60 {
        var (file, log) = (whole, moments.logAfter)
        for _ in 0..<Int.random(in: 1...20, using: &random) {
          // Mostly in the headers, which say where everything else lies.
          let range = Bool.random(using: &random) ? 0..<3 * Self.page : 0..<file.count
          file[Int.random(in: range, using: &random)] = UInt8.random(in: 0...255, using: &random)
          log[log.count - Int.random(in: 1...80, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if Bool.random(using: &random) { file = file.prefix(Int.random(in: 0...file.count, using: &random)) }
        if Bool.random(using: &random) { log = moments.logAfter }
        try Self.write(file, log: log, to: path)
        InterruptedCheckpoint.mend(path)
      }
    }
  }

  /// Numbers that a seed repeats.
  private struct Steps: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }
}
