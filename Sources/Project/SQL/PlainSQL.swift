import Diagnostics
import EngineCore

/// SQL without Jinja: which of the tables that it reads the project knows, and their names put in.
enum PlainSQL {
  /// The text with every reference in its warehouse's spelling, and the ephemeral models that it reads.
  static func compiled(
    _ sql: String, _ references: [PlainReference], _ project: Project, _ context: NodeContext
  ) throws -> (sql: String, ephemerals: [NodeID]) {
    let dialect = context.dialect
    guard !references.isEmpty else { return (sql, []) }
    var bytes = Array(sql.utf8)
    var ephemerals: [NodeID] = []
    for reference in references {
      if project.node(reference.node)?.config.materialization == .ephemeral,
        !ephemerals.contains(reference.node)
      {
        ephemerals.append(reference.node)
      }
    }
    for reference in references.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      guard let relation = relation(reference.node, project), reference.range.upperBound <= bytes.count else {
        continue
      }
      let isEphemeral = relation.isCommonTable
      var text = dialect.rendered(
        isEphemeral ? relation : try context.relation(readFor: reference.node, own: relation))
      if let filter = isEphemeral ? context.noRows : context.rowFilter(reference.node) {
        text = "(select * from \(text) where \(filter))"
      }
      if !reference.hasAlias { text += " AS " + dialect.quoted(lastName(bytes, reference.range)) }
      bytes.replaceSubrange(reference.range, with: Array(text.utf8))
    }
    return (String(decoding: bytes, as: UTF8.self), ephemerals)
  }

  /// The text over what stands in place of its inputs.
  static func compiled(
    _ sql: String, _ references: [PlainReference], _ dialect: any Dialect, _ inputs: InputSubstitution
  ) throws -> String {
    var bytes = Array(sql.utf8)
    for reference in references.sorted(by: { $0.range.lowerBound > $1.range.lowerBound })
    where reference.range.upperBound <= bytes.count {
      var text = dialect.rendered(try inputs.relation(for: reference.node))
      if !reference.hasAlias { text += " AS " + dialect.quoted(lastName(bytes, reference.range)) }
      bytes.replaceSubrange(reference.range, with: Array(text.utf8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func relation(_ id: NodeID, _ project: Project) -> Relation? {
    if let source = project.source(id) { return source.relation }
    guard let node = project.node(id) else { return nil }
    return node.config.materialization == .ephemeral ? .commonTable(node.standardAlias) : node.relation
  }

  /// The table's own name as the text has it, by which the text's columns may be qualified.
  private static func lastName(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    var scanner = SQLScanner(String(decoding: bytes[range], as: UTF8.self))
    var name = ""
    while let token = scanner.next() {
      if token.kind == .word || token.kind == .quotedName { name = scanner.name(token) }
    }
    return name
  }
}

/// The names by which plain SQL may mean a node or a source, without regard to case.
struct PlainNameTable: Sendable {
  private var nodes: [String: NodeID] = [:]
  private var sources: [String: [NodeID]] = [:]
  private var qualified: [String: NodeID] = [:]

  /// Collects the names of what can be read.
  init(nodes all: [Node], sources tables: [SourceTable]) {
    for node in all where node.resourceType == .model || node.resourceType == .seed {
      // Of several versions the plain name means the latest.
      if node.version?.isLatest ?? true { nodes[node.name.lowercased()] = node.id }
    }
    for node in all where node.resourceType == .model || node.resourceType == .seed {
      if node.version != nil, nodes[node.standardAlias.lowercased()] == nil {
        nodes[node.standardAlias.lowercased()] = node.id
      }
      guard let relation = node.relation else { continue }
      let alias = relation.identifier.lowercased()
      if nodes[alias] == nil { nodes[alias] = node.id }
      add(relation, node.id)
    }
    for table in tables where table.isEnabled {
      sources[table.name.lowercased(), default: []].append(table.id)
      if table.identifier.lowercased() != table.name.lowercased() {
        sources[table.identifier.lowercased(), default: []].append(table.id)
      }
      qualified[Self.key([table.sourceName, table.name])] = table.id
      add(table.relation, table.id)
    }
  }

  private mutating func add(_ relation: Relation, _ id: NodeID) {
    guard let schema = relation.schema else { return }
    let short = Self.key([schema, relation.identifier])
    if qualified[short] == nil { qualified[short] = id }
    if let database = relation.database { qualified[Self.key([database, schema, relation.identifier])] = id }
  }

  private static func key(_ parts: [String]) -> String {
    parts.map { $0.lowercased() }.joined(separator: "\u{0}")
  }

  /// What a table of the text means; nil if the project does not know it.
  func node(_ reference: TableReference, own: NodeID?) -> NodeID? {
    let found: NodeID?
    if let schema = reference.schema, !schema.isEmpty {
      let parts = [reference.catalog ?? "", schema, reference.name].filter { !$0.isEmpty }
      found = qualified[Self.key(parts)]
    } else {
      let name = reference.name.lowercased()
      let tables = sources[name] ?? []
      let source = tables.count == 1 ? tables.first : nil
      let node = nodes[name]
      found = node == own && own != nil ? source : node ?? source
    }
    return found == own ? nil : found
  }

  /// The project's nodes among the tables that a text reads, with their places in it.
  func references(in sql: String, _ tables: [TableReference], own: NodeID?) -> [PlainReference] {
    var used: Set<Int> = []
    return tables.compactMap { table in
      guard let id = node(table, own: own), let range = Self.range(of: table, in: sql, used) else {
        return nil
      }
      guard used.insert(range.lowerBound).inserted else { return nil }
      return PlainReference(node: id, range: range, hasAlias: !(table.alias ?? "").isEmpty)
    }
  }

  /// Where the name stands: at the parser's place, or where its words are first found that are not taken yet.
  private static func range(of table: TableReference, in sql: String, _ used: Set<Int>) -> Range<Int>? {
    let parts = [table.catalog, table.schema, table.name].compactMap { $0 }.filter { !$0.isEmpty }
    if let offset = table.offset, offset < sql.utf8.count, let range = match(parts, in: sql, at: offset) {
      return range
    }
    var scanner = SQLScanner(sql)
    while let token = scanner.next() {
      guard token.kind == .word || token.kind == .quotedName, !used.contains(token.range.lowerBound) else {
        continue
      }
      if let range = match(parts, in: sql, at: token.range.lowerBound) { return range }
    }
    return nil
  }

  private static func match(_ parts: [String], in sql: String, at offset: Int) -> Range<Int>? {
    var scanner = SQLScanner(sql, from: offset)
    var end = offset
    for (index, part) in parts.enumerated() {
      if index > 0 {
        guard let dot = scanner.next(), scanner.bytes[dot.range.lowerBound] == UInt8(ascii: ".") else {
          return nil
        }
      }
      guard let token = scanner.next(), scanner.name(token).lowercased() == part.lowercased() else {
        return nil
      }
      end = token.range.upperBound
    }
    return offset..<end
  }
}
