/// A directed graph of numbered places, where the numbers follow the names' order. Nothing here recurses, so
/// that the longest chain takes no stack.
struct EdgeTable {
  private(set) var parents: [[Int]]
  private(set) var children: [[Int]]

  init(count: Int) {
    parents = Array(repeating: [], count: count)
    children = Array(repeating: [], count: count)
  }

  /// Adds an edge.
  mutating func add(parent: Int, child: Int) {
    parents[child].append(parent)
    children[parent].append(child)
  }

  /// Sorts the edges and drops repeated ones.
  mutating func normalise() {
    for place in parents.indices {
      Self.normalise(&parents[place])
      Self.normalise(&children[place])
    }
  }

  /// The places whose ancestors are free of circles, parents first, the smallest of those that can come next.
  func sorted() -> [Int] {
    var missing = parents.map(\.count)
    var ready = MinimumHeap()
    for place in missing.indices where missing[place] == 0 { ready.insert(place) }
    var result: [Int] = []
    result.reserveCapacity(missing.count)
    while let place = ready.removeSmallest() {
      result.append(place)
      for child in children[place] {
        missing[child] -= 1
        if missing[child] == 0 { ready.insert(child) }
      }
    }
    return result
  }

  /// A shortest circle through the smallest place of each group that depends on itself, along parents.
  func circles(outside settled: Set<Int>) -> [[Int]] {
    var pending = pruned(Set(parents.indices).subtracting(settled))
    var found: [[Int]] = []
    for start in pending.sorted() where pending.contains(start) {
      guard let circle = shortestCircle(through: start, within: pending) else { continue }
      found.append(circle)
      let group = reach(from: start, by: parents, within: pending)
        .intersection(reach(from: start, by: children, within: pending))
      pending.subtract(group)
    }
    return found
  }

  /// Without the places that only follow a circle: none of the others comes after them.
  private func pruned(_ places: Set<Int>) -> Set<Int> {
    var remaining = places
    var waiting = [Int: Int](minimumCapacity: places.count)
    for place in places { waiting[place] = children[place].count { places.contains($0) } }
    var ends = places.filter { waiting[$0] == 0 }.sorted()
    while let end = ends.popLast() {
      remaining.remove(end)
      for parent in parents[end] {
        guard let count = waiting[parent] else { continue }
        waiting[parent] = count - 1
        if count == 1 { ends.append(parent) }
      }
    }
    return remaining
  }

  private func shortestCircle(through start: Int, within allowed: Set<Int>) -> [Int]? {
    var cameFrom: [Int: Int] = [:]
    var queue = [start]
    var head = 0
    while head < queue.count {
      let place = queue[head]
      head += 1
      for parent in parents[place] where allowed.contains(parent) {
        if parent == start { return path(to: place, cameFrom) }
        if cameFrom[parent] == nil {
          cameFrom[parent] = place
          queue.append(parent)
        }
      }
    }
    return nil
  }

  private func path(to end: Int, _ cameFrom: [Int: Int]) -> [Int] {
    var path = [end]
    while let last = path.last, let previous = cameFrom[last] { path.append(previous) }
    return path.reversed()
  }

  private func reach(from start: Int, by edges: [[Int]], within allowed: Set<Int>) -> Set<Int> {
    var reached: Set<Int> = []
    var stack = [start]
    while let place = stack.popLast() {
      for next in edges[place] where allowed.contains(next) && reached.insert(next).inserted {
        stack.append(next)
      }
    }
    return reached
  }

  private static func normalise(_ list: inout [Int]) {
    guard list.count > 1 else { return }
    list.sort()
    var kept = 1
    for index in 1..<list.count where list[index] != list[kept - 1] {
      list[kept] = list[index]
      kept += 1
    }
    list.removeLast(list.count - kept)
  }
}

/// A binary heap that gives the smallest number first.
private struct MinimumHeap {
  private var items: [Int] = []

  mutating func insert(_ item: Int) {
    items.append(item)
    var child = items.count - 1
    while child > 0, items[child] < items[(child - 1) / 2] {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeSmallest() -> Int? {
    guard let smallest = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return smallest }
    items[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[child] < items[least] {
        least = child
      }
      if least == parent { return smallest }
      items.swapAt(parent, least)
      parent = least
    }
  }
}
