#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Work on many small things, in chunks on every core, results in the order of the things.
enum Parallel {
  /// How many cores there are.
  static let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

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
