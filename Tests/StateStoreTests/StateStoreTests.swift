import Diagnostics
import Foundation
import GRDB
import Testing

@testable import StateStore

@Suite("The state store")
struct StateStoreTests {
  let folder: TemporaryFolder
  var path: String { folder.path + "/state.sqlite" }

  init() throws { folder = try TemporaryFolder() }

  private func run(_ id: String, at time: Double) -> RunRecord {
    RunRecord(id: id, command: "build", target: "dev", processID: 42, startedAt: time)
  }

  @Test("keeps a run and its tasks across openings")
  func keepsRuns() throws {
    let task = TaskRecord(
      node: "model.shop.orders", status: "success", attempts: 2, startedAt: 10.5, endedAt: 11, rows: 7)
    let failed = TaskRecord(
      node: "test.shop.x", status: "fail", startedAt: 11, endedAt: 12, failures: 3, message: "3 rows")
    do {
      let store = try StateStore(path: path)
      try store.beginRun(run("a", at: 10))
      store.record(failed, run: "a")
      store.record(task, run: "a")
      try store.finishRun("a", status: .failed, at: 13)
    }
    let store = try StateStore(path: path)
    var expected = run("a", at: 10)
    expected.endedAt = 13
    expected.status = .failed
    #expect(try store.recentRuns(limit: 5) == [expected])
    #expect(try store.tasks(ofRun: "a") == [task, failed])
    #expect(store.warnings.isEmpty)
  }

  @Test("leaves one file when it is closed, with all that waited in it")
  func closes() throws {
    let task = TaskRecord(node: "model.shop.orders", status: "success", startedAt: 10, endedAt: 11)
    let store = try StateStore(path: path)
    try store.beginRun(run("a", at: 10))
    store.record(task, run: "a")
    try store.close()
    #expect(try folder.names == ["state.sqlite"])
    #expect(try StateStore(path: path).tasks(ofRun: "a") == [task])
  }

  @Test("gives the latest runs first")
  func latestFirst() throws {
    let store = try StateStore(path: path)
    for index in 0..<5 { try store.beginRun(run("r\(index)", at: Double(index))) }
    #expect(try store.recentRuns(limit: 2).map(\.id) == ["r4", "r3"])
    #expect(try store.recentRuns(limit: -1).isEmpty)
  }

  @Test("tells which run began last, whatever the clock said")
  func last() throws {
    let store = try StateStore(path: path)
    #expect(try store.lastRun() == nil)
    for (id, time) in [("a", 5.0), ("b", 9.0), ("c", 1.0)] { try store.beginRun(run(id, at: time)) }
    #expect(try store.lastRun() == "c")
  }

  @Test("drops the oldest runs and their tasks beyond the number it keeps")
  func dropsOldRuns() throws {
    let store = try StateStore(path: path)
    try store.beginRun(run("old", at: 1))
    store.record(TaskRecord(node: "n", status: "success", startedAt: 1, endedAt: 2), run: "old")
    try store.finishRun("old", status: .succeeded, at: 2)
    for index in 0..<StateStore.keptRuns { try store.beginRun(run("r\(index)", at: Double(10 + index))) }
    #expect(try store.recentRuns(limit: 10_000).count == StateStore.keptRuns)
    #expect(try store.tasks(ofRun: "old").isEmpty)
  }

  @Test("marks runs that never ended as crashed")
  func marksCrashed() throws {
    let store = try StateStore(path: path)
    try store.beginRun(run("dead", at: 1))
    try store.beginRun(run("done", at: 2))
    try store.finishRun("done", status: .succeeded, at: 3)
    try store.beginRun(run("mine", at: 9))
    #expect(try store.markCrashed(before: 9) == ["dead"])
    #expect(try store.recentRuns(limit: 3).map(\.status) == [.running, .succeeded, .crashed])
  }

  @Test("keeps publications by target and node, and forgets them when it is told to")
  func publications() throws {
    let store = try StateStore(path: path)
    let whole = PublicationRecord(
      node: "a", fingerprint: "1", version: "v", publishedAt: 1.5, inputs: "i",
      outside: ["env A", "var shop b"],
      outsideDigest: "d", unsteadiness: "it uses now()", files: "f")
    let plain = PublicationRecord(node: "b", fingerprint: "2", version: "w", publishedAt: 2)
    try store.setPublications(
      [plain, PublicationRecord(node: "a", fingerprint: "0", version: "u", publishedAt: 1)], target: "dev")
    try store.setPublications([whole], target: "dev")
    try store.setPublications([plain], target: "prod")
    #expect(try store.publications(target: "dev").sorted { $0.node < $1.node } == [whole, plain])
    try store.forgetPublications(["b", "c"], target: "dev")
    #expect(try store.publications(target: "dev") == [whole])
    #expect(try store.publications(target: "prod") == [plain])
  }

  @Test("keeps what is known of databases")
  func databases() throws {
    let store = try StateStore(path: path)
    let record = DatabaseRecord(name: "shop", epoch: "1", mark: "m")
    try store.setDatabases([record, DatabaseRecord(name: "raw", epoch: "1", mark: nil)], target: "dev")
    try store.setDatabases([DatabaseRecord(name: "raw", epoch: "2", mark: "n")], target: "dev")
    #expect(
      try store.databases(target: "dev")
        == ["shop": record, "raw": DatabaseRecord(name: "raw", epoch: "2", mark: "n")])
    #expect(try store.databases(target: "prod") == [:])
  }

  @Test("writes a full batch without being asked")
  func writesBatches() throws {
    let store = try StateStore(path: path)
    try store.beginRun(run("a", at: 1))
    for index in 0..<StateStore.batchSize {
      store.record(TaskRecord(node: "n\(index)", status: "success", startedAt: 1, endedAt: 2), run: "a")
    }
    // Reading waits for what the store's queue has before it.
    #expect(try store.tasks(ofRun: "a").count == StateStore.batchSize)
  }

  @Test("tells of a batch that could not be written when the run ends")
  func tellsOfLostBatch() throws {
    let store = try StateStore(path: path)
    store.record(TaskRecord(node: "n", status: "success", startedAt: 1, endedAt: 2), run: "no such run")
    #expect {
      try store.finishRun("no such run", status: .succeeded, at: 1)
    } throws: { error in
      let diagnostic = error as? Diagnostic
      return diagnostic?.code == .stateUnusable && diagnostic?.cause?.contains("FOREIGN KEY") == true
    }
  }

  @Test("puts a damaged file aside and starts anew, with a warning")
  func damagedFile() throws {
    let bytes = Array("this is no database, but long enough to be taken for one".utf8)
    try folder.write(bytes + [UInt8](repeating: 7, count: 5000), to: "state.sqlite")
    let store = try StateStore(path: path)
    try store.beginRun(run("a", at: 1))
    let warning = try #require(store.warnings.first)
    #expect(warning.code == .stateReplaced)
    #expect(warning.severity == .warning)
    #expect(warning.message == "the state file '\(path)' is damaged and was replaced by an empty one")
    #expect(try folder.names.filter { $0.hasPrefix("state.sqlite.corrupt-20") }.count == 1)
    #expect(try store.recentRuns(limit: 2).map(\.id) == ["a"])
  }

  @Test("puts a file aside that is damaged behind its header")
  func damagedPages() throws {
    do { _ = try StateStore(path: path).beginRun(run("a", at: 1)) }
    for name in ["state.sqlite-wal", "state.sqlite-shm"] where try folder.names.contains(name) {
      try FileManager.default.removeItem(atPath: folder.path + "/" + name)
    }
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    try #require(bytes.count > 200)
    for index in 100..<bytes.count { bytes[index] = 0xA5 }
    try folder.write(bytes, to: "state.sqlite")
    #expect(try StateStore(path: path).warnings.map(\.code) == [.stateReplaced])
  }

  @Test("refuses a file of a newer version and leaves it as it is")
  func newerVersion() throws {
    do { _ = try StateStore(path: path).beginRun(run("a", at: 1)) }
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v99')") }
    }
    let error = #expect(throws: Diagnostic.self) { try StateStore(path: self.path) }
    #expect(error?.code == .stateTooNew)
    #expect(error?.message == "the state file '\(path)' was written by a newer version of Weir")
  }

  @Test("brings a file of every earlier version to the latest", arguments: 0...Migrations.names.count)
  func upgrades(applied: Int) throws {
    do {
      let queue = try DatabaseQueue(path: path)
      if applied > 0 { try Migrations.migrator().migrate(queue, upTo: Migrations.names[applied - 1]) }
    }
    let store = try StateStore(path: path)
    try store.beginRun(run("a", at: 1))
    #expect(try store.recentRuns(limit: 1).map(\.id) == ["a"])
  }

  @Test("says so when a folder is in the file's place")
  func folderInPlace() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let error = #expect(throws: Diagnostic.self) { try StateStore(path: self.path) }
    #expect(error?.code == .stateUnusable)
    #expect(error?.message == "cannot use the state file '\(path)': a folder is in its place")
  }

  @Test("says so when its folder is not there")
  func missingFolder() throws {
    let error = #expect(throws: Diagnostic.self) {
      try StateStore(path: self.folder.path + "/no/state.sqlite")
    }
    #expect(error?.code == .stateUnusable)
    #expect(error?.message.hasSuffix("it cannot be opened or created") == true)
  }
}
