import Glibc

/// What the process knows of the world: read here, and handed on as values.
enum Surroundings {
  /// All environment variables.
  static func environment() -> [String: String] {
    var result: [String: String] = [:]
    // Safe: nothing in this process changes the environment, and no other thread runs yet.
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.firstIndex(of: "=") {
        result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
      }
      entry = entry.advanced(by: 1)
    }
    return result
  }

  /// The folder that the program was started in.
  static func workingFolder() -> String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  /// Seconds since 1970.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// A random name in the form of a UUID of version 4.
  static func identifier() -> String {
    let high = (UInt64.random(in: .min ... .max) & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
    let low = (UInt64.random(in: .min ... .max) & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    let digits = [high, low].map { number in
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
    var result = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { result.append("-") }
      result.append(digit)
    }
    return result
  }

  /// Where DuckDB's extensions lie: named by the environment, beside the program, or in the cache that
  /// `make deps` fills.
  static func extensionFolder(_ environment: [String: String]) -> String? {
    if let folder = environment["WEIR_EXTENSION_DIRECTORY"], !folder.isEmpty { return folder }
    var candidates: [String] = []
    if let folder = executableFolder() {
      candidates += [folder + "/extensions", folder + "/../lib/weir/extensions"]
    }
    let cache =
      environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
      ?? environment["HOME"].map { $0 + "/.cache" }
    if let cache { candidates.append(cache + "/weir/duckdb/1.5.5/extensions") }
    return candidates.first { access($0, R_OK | X_OK) == 0 }
  }

  /// The folder of the program's own file, links resolved.
  private static func executableFolder() -> String? {
    guard let path = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(path) }
    let file = String(cString: path)
    return file.lastIndex(of: "/").map { String(file[..<$0]) }
  }
}
