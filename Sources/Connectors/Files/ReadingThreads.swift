import EngineCore

/// The engine shares one file of JSON out among its threads only while it has more threads than files. A line of our own
/// before the others is a file too, so that on as many files as threads less one, each would be read by one thread:
/// twice the time, for a single file on two cores.
enum ReadingThreads {
  /// Lets the engine count one thread more while so many files are read, if that makes the difference. Gives the
  /// statements that take it back. The thread is counted as a caller's: none is started.
  static func shared(amongFiles files: Int, _ engine: any Connection) throws -> [String] {
    let settings = ["threads", "external_threads"]
    let row = try engine.texts(
      "SELECT \(settings.map { "CAST(current_setting('\($0)') AS VARCHAR)" }.joined(separator: ", "))"
    ).first?.map { $0.flatMap { Int($0) } }
    guard let row, row.count == 2, let threads = row[0], let callers = row[1], threads == files else {
      return []
    }
    try engine.execute("SET threads = \(threads + 1)")
    try engine.execute("SET external_threads = \(callers + 1)")
    // The other order would leave fewer threads than callers for a moment, which the engine refuses.
    return ["SET external_threads = \(callers)", "SET threads = \(threads)"]
  }
}
