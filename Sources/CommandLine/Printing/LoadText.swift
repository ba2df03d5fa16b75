import Loads
import Runner

/// What loads did, in words.
enum LoadText {
  /// `3 tables, 12,345 rows in (3 updated, 1 rejected), 1.2 MB`; nil of what is no load that was committed.
  static func transferred(_ result: NodeResult) -> String? {
    guard result.status == .success, !result.loads.isEmpty else { return nil }
    func sum(_ value: (LoadRecord) -> Int) -> Int { result.loads.reduce(0) { $0 + value($1) } }
    let tables = Set(result.loads.map(\.table)).count
    var text = "\(Quantities.count(tables, "table")), \(Quantities.count(sum(\.rowsRead), "row")) in"
    let others = [
      (sum(\.rowsUpdated), "updated"), (sum(\.rowsDeleted), "deleted"), (sum(\.rowsRejected), "rejected"),
    ].filter { $0.0 > 0 }
    if !others.isEmpty {
      text += " (" + others.map { "\(Quantities.grouped($0.0)) \($0.1)" }.joined(separator: ", ") + ")"
    }
    let bytes = result.loads.compactMap(\.bytes)
    if !bytes.isEmpty { text += ", " + Quantities.bytes(bytes.reduce(0, +)) }
    return text
  }
}
