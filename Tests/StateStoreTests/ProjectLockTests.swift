import Diagnostics
import Foundation
import Testing

@testable import StateStore

@Suite("The project's lock and folder")
struct ProjectLockTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func holding(_ body: () throws -> Void) throws {
    let lock = try ProjectLock.acquire(
      root: folder.path, command: "weir build", startedAt: "2026-11-22 16:00:00")
    try body()
    _ = consume lock
  }

  private func canTakeExisting() throws -> Bool {
    let lock = try ProjectLock.acquireExisting(root: folder.path)
    return lock != nil
  }

  @Test("is had by one at a time, and says by whom and what to do")
  func exclusive() throws {
    let root = folder.path
    try holding {
      let error = #expect(throws: Diagnostic.self) { _ = try ProjectLock.acquire(root: root) }
      let me = getpid()
      #expect(error?.code == .projectLocked)
      #expect(
        error?.message
          == "process \(me) ('weir build') works on the project at '\(root)', started 2026-11-22 16:00:00")
      #expect(error?.hint == "wait until it ends, or stop it with 'kill \(me)'")
    }
    try holding {}
  }

  @Test("can be asked for without leaving anything in a project that never ran")
  func existing() throws {
    let root = folder.path
    #expect(try !canTakeExisting())
    #expect(try FileManager.default.contentsOfDirectory(atPath: root).isEmpty)
    try holding {
      let error = #expect(throws: Diagnostic.self) { _ = try ProjectLock.acquireExisting(root: root) }
      #expect(error?.code == .projectLocked)
    }
    #expect(try canTakeExisting())
  }

  @Test("ends when it is given back, though a program that is being started has its descriptor as well")
  func inherited() throws {
    let path = folder.path + "/.weir/lock"
    var copy: Int32 = -1
    try holding {
      let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
      let own = names.first {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
      }
      copy = dup(try #require(own.flatMap { Int32($0) }))
    }
    defer { close(copy) }
    try holding {}
  }

  @Test("ends with the process that had it")
  func endsWithProcess() throws {
    try FileManager.default.createDirectory(atPath: folder.path + "/.weir", withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    process.arguments = ["-x", folder.path + "/.weir/lock", "sh", "-c", "echo locked; exec cat"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    #expect(output.fileHandleForReading.availableData == Data("locked\n".utf8))
    let root = folder.path
    let error = #expect(throws: Diagnostic.self) { _ = try ProjectLock.acquire(root: root) }
    #expect(error?.message == "another weir process works on the project at '\(root)'")
    // `flock` and its child share the lock: closing the pipe ends the child, and with it `flock`.
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    try holding {}
  }

  @Test("says so when a file is where the folder should be")
  func fileInPlace() throws {
    try folder.write([1], to: ".weir")
    let error = #expect(throws: Diagnostic.self) { _ = try ProjectLock.acquire(root: self.folder.path) }
    #expect(error?.code == .stateFolderUnusable)
    #expect(
      error?.message == "'\(folder.path)/.weir' is in the way: a folder for local state is needed there")
  }

  @Test("says so when the project's folder may not be written")
  func unwritable() throws {
    // /proc takes no folders from anyone, root included.
    let error = #expect(throws: Diagnostic.self) { _ = try ProjectLock.acquire(root: "/proc") }
    #expect(error?.code == .stateFolderUnusable)
    #expect(error?.message.hasPrefix("cannot create '/proc/.weir': ") == true)
  }

  @Test("leftovers of a killed run are removed")
  func cleansLeftovers() throws {
    let state = StateFolder(root: folder.path)
    try state.cleanTemporaryFolder()
    try state.createTemporaryFolder()
    try folder.write([1, 2], to: ".weir/tmp/left.parquet")
    try state.cleanTemporaryFolder()
    #expect(try FileManager.default.contentsOfDirectory(atPath: state.temporaryFolder).isEmpty)
  }
}
