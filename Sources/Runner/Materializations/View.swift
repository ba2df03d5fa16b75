import EngineCore

/// A model that is a view.
struct ViewMaterialization {
  let target: Relation
  let dialect: any Dialect

  /// What turns `existing` into the view of `select`. A single statement needs no transaction.
  func statements(select: String, existing: Relation?) -> [String] {
    let create = dialect.createView(target, as: select, replacing: true)
    guard let existing, existing.kind != .view else { return [create] }
    return [dialect.drop(existing), create]
  }
}
