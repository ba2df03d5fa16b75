/// A pattern of paths, part by part: `*` and the like stay within a part, `**` stands for any number of folders.
struct PathPattern: Sendable {
  private enum Part: Sendable {
    case name(Wildcard)
    case anyFolders
  }

  private let parts: [Part]

  /// Takes a pattern relative to the project; `./` and repeated slashes mean nothing.
  init(_ pattern: String) {
    parts = pattern.split(separator: "/").filter { $0 != "." }.map { part in
      part == "**" ? .anyFolders : .name(Wildcard(String(part)))
    }
  }

  /// Whether the pattern names this file.
  func matches(file path: String) -> Bool {
    matches(path.split(separator: "/").map(String.init), isFolder: false)
  }

  /// Whether the pattern names this file or a folder that it lies in. `.` names the whole project.
  func covers(file path: String) -> Bool {
    if parts.isEmpty { return true }
    let names = path.split(separator: "/").map(String.init)
    return matches(names, isFolder: false)
      || (1..<max(1, names.count)).contains { matches(Array(names.prefix($0)), isFolder: true) }
  }

  /// Goes through the names once, keeping every place in the pattern that fits so far.
  private func matches(_ names: [String], isFolder: Bool) -> Bool {
    guard !parts.isEmpty else { return false }
    var places: Set<Int> = opened([0])
    for name in names {
      var next: Set<Int> = []
      for place in places where place < parts.count {
        switch parts[place] {
        case .anyFolders: next.insert(place)
        case .name(let wildcard): if wildcard.matches(name) { next.insert(place + 1) }
        }
      }
      places = opened(next)
    }
    if case .anyFolders? = parts.last, !isFolder { return false }
    return places.contains(parts.count)
  }

  /// The places, and those behind a `**` that may stand for no folder at all.
  private func opened(_ places: Set<Int>) -> Set<Int> {
    var result = places
    for place in places.sorted() {
      var current = place
      while current < parts.count, case .anyFolders = parts[current] {
        current += 1
        result.insert(current)
      }
    }
    return result
  }
}
