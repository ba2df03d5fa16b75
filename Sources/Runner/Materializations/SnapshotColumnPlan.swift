import Diagnostics
import EngineCore
import Loads
import Project

/// What has to happen to a history's columns so that it can take up new rows. Pure.
struct SnapshotColumnPlan {
  /// Columns that the history lacks.
  private(set) var added: [ColumnDescription] = []
  /// Columns whose type does not hold what comes, and the type that does.
  private(set) var widened: [(name: String, type: String)] = []
  /// Columns whose values would be changed without a word.
  private(set) var lossy: [(name: String, old: String, new: String)] = []
  /// Columns of other types that the engine may be able to cast, row by row.
  private(set) var cast: [(name: String, old: String, new: String)] = []

  /// Compares a history's columns with those of the rows that come.
  init(history: [ColumnDescription], new: [ColumnDescription]) {
    var known: [String: ColumnDescription] = [:]
    for column in history { known[column.name.lowercased()] = column }
    for column in new {
      guard let old = known[column.name.lowercased()] else {
        added.append(column)
        continue
      }
      compare(old, column)
    }
  }

  private mutating func compare(_ old: ColumnDescription, _ new: ColumnDescription) {
    guard old.type != new.type else { return }
    let (before, after) = (SQLType(old.type), SQLType(new.type))
    if before.holds(after) { return }
    if let wider = Self.wider(before, after) {
      widened.append((old.name, wider.sql))
    } else if Self.isLossy(before, after) {
      lossy.append((old.name, old.type, new.type))
    } else {
      cast.append((old.name, old.type, new.type))
    }
  }

  /// The type that holds all values of both as they are; nil if none does, or it is of another kind.
  private static func wider(_ old: SQLType, _ new: SQLType) -> SQLType? {
    switch (old, new) {
    case (.integer, .integer), (.integer, .decimal), (.decimal, .decimal), (.float, .double),
      (.date, .timestamp),
      (.timestamp, .timestamp):
      let joined = old.joined(with: new)
      return joined == .text ? nil : joined
    case (.integer(let bits, _), .double) where bits <= 32: return .double
    case (.null, _): return new
    default: return nil
    }
  }

  /// Whether the engine would round or cut values to make them fit.
  private static func isLossy(_ old: SQLType, _ new: SQLType) -> Bool {
    switch (old, new) {
    case (.integer, .double), (.integer, .float), (.integer, .decimal), (.decimal, .double),
      (.decimal, .float),
      (.decimal, .decimal), (.float, .double):
      true
    default: false
    }
  }
}
