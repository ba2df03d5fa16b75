import Diagnostics
import EngineCore
import Foundation
import Tabular
import Testing

@testable import DuckDBEngine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct OpeningTests {
  @Test("Two engines on one file share one database, also through a symbolic link")
  func oneDatabase() async throws {
    try await withFolder { folder in
      let first = try DuckDBEngine(path: "\(folder)/a.duckdb")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link.duckdb", withDestinationPath: "\(folder)/a.duckdb")
      let second = try DuckDBEngine(path: "\(folder)/link.duckdb")
      let writer = try await first.makeSession()
      let reader = try await second.makeSession()
      _ = try await writer.run { try $0.execute("CREATE TABLE t AS SELECT 1 AS i") }
      try await #expect(reader.run { try $0.query("FROM t").rows } == [[.integer(1)]])
      await writer.close()
      await reader.close()
      await first.close()
      await second.close()
      try await #expect(
        withDuckDB(path: "\(folder)/a.duckdb") { try $0.query("FROM t").rows } == [[.integer(1)]])
    }
  }

  @Test("A closed engine's file is whole at once, though someone still holds its closed session")
  func closedWhileHeld() async throws {
    try await withFolder { folder in
      let engine = try DuckDBEngine(path: "\(folder)/a.duckdb")
      let session = try await engine.makeSession()
      _ = try await session.run { try $0.execute("CREATE TABLE t AS SELECT 1 AS i") }
      await session.close()
      await engine.close()
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      withExtendedLifetime(session) { #expect(files == ["a.duckdb"]) }
    }
  }

  @Test("What a killed process spilled beside the file is deleted when it is opened, and nothing else")
  func spilled() async throws {
    try await withFolder { folder in
      let spill = "\(folder)/a.duckdb.tmp"
      try FileManager.default.createDirectory(atPath: spill, withIntermediateDirectories: true)
      let left = ["duckdb_temp_block-17.block", "duckdb_temp_storage_DEFAULT-0.tmp"]
      for name in left + ["mine"] { try Data("x".utf8).write(to: URL(fileURLWithPath: "\(spill)/\(name)")) }
      try await withDuckDB(path: "\(folder)/a.duckdb") { _ = try $0.execute("CREATE TABLE t(i INT)") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: spill) == ["mine"])

      try FileManager.default.removeItem(atPath: "\(spill)/mine")
      try Data("x".utf8).write(to: URL(fileURLWithPath: "\(spill)/\(left[0])"))
      try await withDuckDB(path: "\(folder)/a.duckdb") { _ = try $0.execute("FROM t") }
      #expect(!FileManager.default.fileExists(atPath: spill))
    }
  }

  @Test("What is spilled stays while another engine of the process has the file open")
  func spilledInUse() async throws {
    try await withFolder { folder in
      let first = try DuckDBEngine(path: "\(folder)/a.duckdb")
      let spill = "\(folder)/a.duckdb.tmp"
      try FileManager.default.createDirectory(atPath: spill, withIntermediateDirectories: true)
      try Data("x".utf8).write(to: URL(fileURLWithPath: "\(spill)/duckdb_temp_block-17.block"))
      let second = try DuckDBEngine(path: "\(folder)/a.duckdb")
      #expect(FileManager.default.fileExists(atPath: "\(spill)/duckdb_temp_block-17.block"))
      await second.close()
      await first.close()
    }
  }

  @Test("A locked file names the process that holds it and says what to do")
  func locked() async throws {
    try await withFolder { folder in
      let path = "\(folder)/a.duckdb"
      try await withDuckDB(path: path) { _ = try $0.execute("CREATE TABLE t(i INT)") }
      let holder = try LockHolder(path)
      let error = try await diagnostic { try DuckDBEngine(path: path) }
      holder.stop()
      #expect(error?.code == .databaseLocked)
      #expect(error?.message == "process \(holder.pid) holds the database \(path)")
      #expect(error?.notes.first?.hasPrefix("process \(holder.pid) is: ") == true)
      #expect(error?.notes.first?.contains("python3") == true)
      #expect(
        error?.hint
          == "wait until process \(holder.pid) ends, stop it (kill \(holder.pid)), or close its connection; then run this again"
      )
      #expect(error?.isTransient == true)
    }
  }

  @Test("A file that is no database, is cut short or damaged, or is a folder is a diagnostic")
  func unusableFiles() async throws {
    try await withFolder { folder in
      let text = "\(folder)/text.duckdb"
      try Data(repeating: 0x41, count: 20_000).write(to: URL(fileURLWithPath: text))
      try #expect(
        await diagnostic { try DuckDBEngine(path: text) }?.message == "\(text) is not a DuckDB database")

      let whole = "\(folder)/whole.duckdb"
      try await withDuckDB(path: whole) { connection in
        _ = try connection.execute("CREATE TABLE t AS SELECT i, hash(i) h FROM range(100000) r(i)")
      }
      var bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
      let damaged = "\(folder)/damaged.duckdb"
      for index in 4096..<12_288 { bytes[index] = 0xAA }
      try bytes.write(to: URL(fileURLWithPath: damaged))
      let error = try await diagnostic { try DuckDBEngine(path: damaged) }
      #expect(error?.message == "the database \(damaged) is damaged")
      #expect(error?.hint == "restore it from a copy, or delete it and build it anew")

      try #expect(
        await diagnostic { try DuckDBEngine(path: folder) }?.message
          == "\(folder) is a folder, not a database file")
      let missing = "\(folder)/no/such/a.duckdb"
      try #expect(
        await diagnostic { try DuckDBEngine(path: missing) }?.message
          == "cannot open the database \(missing): the folder \(folder)/no/such does not exist")
    }
  }

  @Test("A database of another version says so")
  func otherVersion() async throws {
    try await withFolder { folder in
      let path = "\(folder)/a.duckdb"
      try await withDuckDB(path: path) { _ = try $0.execute("CREATE TABLE t(i INT)") }
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      // The version stands after the checksum of the header's first block and the magic bytes.
      bytes[12] = 0xF0
      bytes.replaceSubrange(0..<8, with: Self.checksum(bytes[8..<4096]))
      try bytes.write(to: URL(fileURLWithPath: path))
      let error = try await diagnostic { try DuckDBEngine(path: path) }
      #expect(error?.message == "\(path) was written by another version of DuckDB")
    }
  }

  /// DuckDB's checksum of a block.
  private static func checksum(_ block: Data) -> Data {
    var sum: UInt64 = 5381
    for start in stride(from: block.startIndex, to: block.endIndex, by: 8) {
      let word = block[start..<start + 8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      sum ^= word &* 0xbf58_476d_1ce4_e5b9
    }
    return Data((0..<8).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) })
  }

  @Test("A file without permission says so", .enabled(if: geteuid() != 0, "root may read everything"))
  func permission() async throws {
    try await withFolder { folder in
      let path = "\(folder)/a.duckdb"
      try await withDuckDB(path: path) { _ = try $0.execute("CREATE TABLE t(i INT)") }
      chmod(path, 0)
      try #expect(
        await diagnostic { try DuckDBEngine(path: path) }?.message
          == "no permission to read the database \(path)")
    }
  }

  @Test("A read-only database is read, and refuses to be written")
  func readOnly() async throws {
    try await withFolder { folder in
      let path = "\(folder)/a.duckdb"
      try await withDuckDB(path: path) { _ = try $0.execute("CREATE TABLE t AS SELECT 1 AS i") }
      let engine = try DuckDBEngine(path: path, configuration: ["access_mode": "read_only"])
      let session = try await engine.makeSession()
      try await #expect(session.run { try $0.query("FROM t").rows } == [[.integer(1)]])
      let error = try await diagnostic {
        try await session.run { try $0.execute("INSERT INTO t VALUES (2)") }
      }
      #expect(
        error?.message
          == "Invalid Input Error: Cannot execute statement of type \"INSERT\" on database \"a\" which is attached in read-only mode!"
      )
      await session.close()
      await engine.close()
    }
  }

  @Test("A setting that DuckDB does not know is a diagnostic, whichever way it is given")
  func unknownSetting() async throws {
    let opening = try await diagnostic { try DuckDBEngine(path: nil, configuration: ["nosuch": "1"]) }
    #expect(
      opening?.message
        == "cannot open the database :memory:: The following options were not recognized: nosuch")
  }
}

/// A process that holds a database's lock, as DuckDB takes it.
private struct LockHolder {
  let stream: UnsafeMutablePointer<FILE>
  let pid: Int32

  init(_ path: String) throws {
    let program = """
      import fcntl, os, sys, time
      f = open(sys.argv[1], "r+b")
      fcntl.lockf(f, fcntl.LOCK_EX)
      print(os.getpid(), flush=True)
      time.sleep(600)
      """
    stream = try #require(popen("exec python3 -c '\(program)' '\(path)'", "r"))
    var line = [CChar](repeating: 0, count: 32)
    _ = try #require(fgets(&line, 32, stream))
    pid = try #require(Int32(String(decoding: line.prefix { $0 > 0x20 }.map(UInt8.init), as: UTF8.self)))
  }

  func stop() {
    kill(pid, SIGKILL)
    pclose(stream)
  }
}
