import Dispatch

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Work on many small things, in chunks on every core, results in the order of the things.
public enum Parallel {
  /// How many cores there are.
  static let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// Runs `body` on the ranges that `count` is parted into and joins what it gives. Blocks until all is done.
  public static func chunks<Output: Sendable>(
    of count: Int, size: Int, _ body: @Sendable (Range<Int>) -> [Output]
  ) -> [Output] {
    let chunks = (count + size - 1) / size
    var results = [[Output]](repeating: [], count: chunks)
    results.withUnsafeMutableBufferPointer { results in
      // Safe: each call writes a place of its own, and all have ended when this returns.
      nonisolated(unsafe) let results = results
      DispatchQueue.concurrentPerform(iterations: chunks) { index in
        results[index] = body(index * size..<min((index + 1) * size, count))
      }
    }
    return results.flatMap { $0 }
  }

  /// Runs `body` on chunks of `items` and joins what it gives.
  static func chunks<Item: Sendable, Output: Sendable>(
    of items: [Item], atLeast minimum: Int = 16, _ body: @escaping @Sendable ([Item]) -> [Output]
  ) async -> [Output] {
    guard items.count > minimum, cores > 1 else { return items.isEmpty ? [] : body(items) }
    // A few chunks for each core, so that one with heavy items does not keep the others waiting.
    let size = max(minimum, (items.count + cores * 4 - 1) / (cores * 4))
    let starts = Array(stride(from: 0, to: items.count, by: size))
    return await withTaskGroup(of: (Int, [Output]).self) { group in
      for (index, start) in starts.enumerated() {
        let chunk = Array(items[start..<min(start + size, items.count)])
        group.addTask { (index, body(chunk)) }
      }
      var results = [[Output]](repeating: [], count: starts.count)
      for await (index, outputs) in group { results[index] = outputs }
      return results.flatMap { $0 }
    }
  }
}
