import Diagnostics

/// The spooled rows of a load's tables. Tables are opened side by side: a child waits here for its parent.
actor FinishedTables {
  /// The files of a table; nil if reading it failed.
  private var tables: [String: [String]?] = [:]
  private var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
  private var count = 0

  /// Notes that a table was read into `files`, or that this failed.
  func add(_ table: String, _ files: [String]?) {
    tables.updateValue(files, forKey: table)
    let resumed = waiting
    waiting = [:]
    for continuation in resumed.values { continuation.resume() }
  }

  /// Forgets everything.
  func removeAll() { tables = [:] }

  /// The files of the tables, as far as they are known or on their way. Throws a diagnostic if one of them failed, or
  /// `CancellationError`.
  func files(of names: [String], among known: [String]) async throws -> [String: [String]] {
    var found: [String: [String]] = [:]
    for name in names {
      while tables[name] == nil, known.contains(name) { try await change() }
      guard let files = tables[name] else { continue }
      guard let files else {
        throw Diagnostic(.sourceParent, "'\(name)', whose rows are asked for, could not be read")
      }
      found[name] = files
    }
    return found
  }

  /// Returns when a table was added.
  private func change() async throws {
    count += 1
    let number = count
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          waiting[number] = continuation
        }
      }
    } onCancel: {
      Task { await self.cancel(number) }
    }
  }

  private func cancel(_ number: Int) {
    waiting.removeValue(forKey: number)?.resume(throwing: CancellationError())
  }
}
