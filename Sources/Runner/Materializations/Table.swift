import EngineCore

/// A model that is a table: built anew every time.
struct TableMaterialization {
  let target: Relation
  let dialect: any Dialect
  let capabilities: Capabilities

  /// What turns `existing` into the table of what `select` gives. A single statement needs no transaction.
  func statements(select: String, existing: Relation?) -> [String] {
    let isReplacing = capabilities.replacesTables && existing?.kind != .view
    let create = dialect.createTable(target, as: select, replacing: isReplacing)
    guard let existing, !isReplacing || existing.kind == .view else { return [create] }
    return [dialect.drop(existing), create]
  }
}
