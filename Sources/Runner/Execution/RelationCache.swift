import EngineCore
import Synchronization

/// What stands in the warehouse under which name, read once a schema and kept up to date by the run's own
/// work.
final class RelationCache: Sendable {
  private struct SchemaName: Hashable {
    let database: String?
    let schema: String
  }

  private let schemas = Mutex<[SchemaName: [String: Relation]]>([:])

  /// What stands under the relation's name; reads its schema from `connection` the first time.
  func find(_ relation: Relation, _ connection: any Connection) throws -> Relation? {
    guard let name = Self.name(relation) else { return try connection.find(relation) }
    let identifier = relation.identifier.lowercased()
    if let known = schemas.withLock({ $0[name] }) { return known[identifier] }
    let read = try connection.relations(database: relation.database, schema: name.schema)
    let byName = Dictionary(
      read.map { ($0.identifier.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    // What another session put here meanwhile is newer than what was read.
    return schemas.withLock { schemas in
      schemas[name, default: [:]].merge(byName) { kept, _ in kept }
      return schemas[name]?[identifier]
    }
  }

  /// Looks again, past what is known; gives what stands there now.
  func refresh(_ relation: Relation, _ connection: any Connection) throws -> Relation? {
    let found = try connection.find(relation)
    if let found { published(found) } else { dropped(relation) }
    return found
  }

  /// Takes note that the relation, with its kind, is live.
  func published(_ relation: Relation) {
    guard let name = Self.name(relation) else { return }
    // A schema that was never read stays unknown: one entry must not pass for all of it.
    schemas.withLock { $0[name]?[relation.identifier.lowercased()] = relation }
  }

  /// Forgets what stands in the relation's schema: it is read again.
  func forget(_ relation: Relation) {
    guard let name = Self.name(relation) else { return }
    schemas.withLock { $0[name] = nil }
  }

  private func dropped(_ relation: Relation) {
    guard let name = Self.name(relation) else { return }
    schemas.withLock { $0[name]?[relation.identifier.lowercased()] = nil }
  }

  /// Functions are not among what is known: each is looked for.
  private static func name(_ relation: Relation) -> SchemaName? {
    if relation.kind == .function { return nil }
    return relation.schema.map {
      SchemaName(database: relation.database?.lowercased(), schema: $0.lowercased())
    }
  }
}
