/// What may be defined in files that could not be read: that it is missing is no problem of its own.
struct LostDefinitions: Sendable {
  /// The stand-ins for macros of files that do not parse.
  private(set) var macros: Set<NodeID> = []
  /// Models of kinds that this version does not read.
  var models: Set<String> = []
  /// What was not read of the semantic layer.
  var semantics: Set<String> = []
  /// Whether whole files were not read.
  var isUnread = false
  private var texts: [String] = []
  /// Whether not even the text of one of the files is known.
  private var isBoundless = false

  /// Takes in a file by its text, nil if that is unknown, and the stand-ins for its macros.
  mutating func add(_ text: String?, macros standIns: [MacroDefinition] = []) {
    if let text { texts.append(text) } else { isBoundless = true }
    macros.formUnion(standIns.map(\.id))
  }

  /// Takes in what another package lost.
  mutating func add(_ other: LostDefinitions) {
    macros.formUnion(other.macros)
    models.formUnion(other.models)
    semantics.formUnion(other.semantics)
    isUnread = isUnread || other.isUnread
    texts += other.texts
    isBoundless = isBoundless || other.isBoundless
  }

  /// Whether one of the macros is lost that say where nodes are stored.
  var hidesNaming: Bool {
    let names = ["generate_database_name", "generate_schema_name", "generate_alias_name"]
    return macros.contains { id in names.contains { id.rawValue.hasSuffix($0) } }
  }

  /// Whether one of the files may say what is not known of that name.
  func mayDescribe(_ name: String) -> Bool { isBoundless || texts.contains { $0.contains(name) } }

  /// Whether one of the files may define the metric or measure.
  func mayHold(semantic name: String) -> Bool {
    semantics.contains(name) || isBoundless || isUnread && texts.contains { $0.contains(name) }
  }

  /// Whether one of the files may define the source's table.
  func mayHold(_ reference: SourceReference) -> Bool {
    isBoundless || texts.contains { $0.contains(reference.source) && $0.contains(reference.table) }
  }
}
