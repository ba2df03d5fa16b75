import Diagnostics
import EngineCore

/// The tables that a statement's syntax tree names.
///
/// The tree is DuckDB's own, as JSON. One pass collects every table together with the scope it stands in; a
/// scope is a query and the CTEs that it defines. A table whose bare name is that of a CTE visible there is
/// no table.
struct SyntaxTree {
  /// Gives the tree of the SQL bound to its parameter.
  static let query =
    "SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true, skip_default := true)"

  private struct Scope {
    var parent: Int?
    /// How many of the parent's CTEs can be seen; nil for all.
    var limit: Int?
    /// Lower-case names of the CTEs defined here, in order.
    var names: [String] = []
  }

  private var scopes: [Scope] = [Scope(parent: nil)]
  private var found: [(reference: TableReference, scope: Int)] = []
  /// The functions that it calls, operators among them, as they are written.
  private(set) var functions: Set<String> = []
  /// The one-word columns that it names: some of them mean functions.
  private(set) var bareColumns: Set<String> = []
  /// Whether it takes a sample of rows.
  private(set) var takesSample = false
  /// The engine's own complaint about the statement, if it does not parse.
  private(set) var failure: Failure?

  /// What the parser objects to.
  struct Failure {
    var kind = ""
    var message = ""
    var position: Int?
  }

  /// Reads a tree. Nil if the bytes are not one.
  init?(_ json: UnsafeBufferPointer<UInt8>) {
    var scanner = JSONScanner(json)
    var failure = Failure()
    var hasFailed = false
    scanner.forEachKey { scanner, key in
      if isEqual(key, "error") {
        hasFailed = scanner.peek() == UInt8(ascii: "t")
        scanner.skipValue()
      } else if isEqual(key, "error_type") {
        failure.kind = scanner.string() ?? ""
      } else if isEqual(key, "error_message") {
        failure.message = scanner.string() ?? ""
      } else if isEqual(key, "position") {
        failure.position = scanner.integer()
      } else {
        visit(&scanner, scope: 0)
      }
    }
    if scanner.isBroken { return nil }
    if hasFailed { self.failure = failure }
  }

  /// The tables, in the order of the text.
  var references: [TableReference] {
    found.filter { !isCTE($0.reference, in: $0.scope) }.map(\.reference)
      .enumerated()
      .sorted { ($0.element.offset ?? .max, $0.offset) < ($1.element.offset ?? .max, $1.offset) }
      .map(\.element)
  }

  private func isCTE(_ reference: TableReference, in scope: Int) -> Bool {
    guard reference.schema == nil, reference.catalog == nil else { return false }
    let name = reference.name.lowercased()
    var next: Int? = scope
    var limit: Int?
    while let index = next {
      let names = scopes[index].names
      if names.prefix(limit ?? names.count).contains(name) { return true }
      limit = scopes[index].limit
      next = scopes[index].parent
    }
    return false
  }

  private mutating func visit(_ scanner: inout JSONScanner, scope: Int) {
    switch scanner.peek() {
    case UInt8(ascii: "{"): visitObject(&scanner, scope: scope)
    case UInt8(ascii: "["): scanner.forEachElement { visit(&$0, scope: scope) }
    default: scanner.skipValue()
    }
  }

  /// Visits a node. Its type comes first, so that what follows is read in the right scope.
  private mutating func visitObject(_ scanner: inout JSONScanner, scope: Int) {
    var scope = scope
    var isTable = false
    var table = TableReference(catalog: nil, schema: nil, name: "", alias: nil, offset: nil)
    scanner.forEachKey { scanner, key in
      if isEqual(key, "type"), scanner.peek() == UInt8(ascii: "\"") {
        guard let type = scanner.rawString() else { return }
        isTable = isEqual(type, "BASE_TABLE")
        if type.suffix(5).elementsEqual("_NODE".utf8) { scope = addScope(below: scope) }
      } else if isEqual(key, "cte_map") {
        visitCTEs(&scanner, scope: scope)
      } else if isEqual(key, "cte_name") {
        if let name = scanner.string() { scopes[scope].names.append(name.lowercased()) }
      } else if isEqual(key, "function_name") {
        if let name = scanner.string() { functions.insert(name.lowercased()) }
      } else if isEqual(key, "column_names") {
        readColumn(&scanner)
      } else if isEqual(key, "sample") {
        takesSample = true
        scanner.skipValue()
      } else if isTable {
        readTable(&scanner, key, &table, scope: scope)
      } else {
        visit(&scanner, scope: scope)
      }
    }
    if isTable { found.append((table, scope)) }
  }

  private mutating func readTable(
    _ scanner: inout JSONScanner, _ key: UnsafeBufferPointer<UInt8>, _ table: inout TableReference, scope: Int
  ) {
    if isEqual(key, "table_name") {
      table.name = scanner.string() ?? ""
    } else if isEqual(key, "schema_name") {
      table.schema = scanner.string()
    } else if isEqual(key, "catalog_name") {
      table.catalog = scanner.string()
    } else if isEqual(key, "alias") {
      table.alias = scanner.string()
    } else if isEqual(key, "query_location") {
      table.offset = scanner.integer()
    } else {
      visit(&scanner, scope: scope)
    }
  }

  /// Notes a column that is named by one word: some words mean functions.
  private mutating func readColumn(_ scanner: inout JSONScanner) {
    guard scanner.peek() == UInt8(ascii: "[") else { return scanner.skipValue() }
    var words: [String] = []
    scanner.forEachElement { scanner in if let word = scanner.string() { words.append(word.lowercased()) } }
    if words.count == 1 { bareColumns.insert(words[0]) }
  }

  private mutating func addScope(below parent: Int, limit: Int? = nil) -> Int {
    scopes.append(Scope(parent: parent, limit: limit))
    return scopes.count - 1
  }

  /// Visits the CTEs of a query: each sees those before it.
  private mutating func visitCTEs(_ scanner: inout JSONScanner, scope: Int) {
    scanner.forEachKey { scanner, key in
      guard isEqual(key, "map"), scanner.peek() == UInt8(ascii: "[") else { return scanner.skipValue() }
      scanner.forEachElement { scanner in
        var name = ""
        let inner = addScope(below: scope, limit: scopes[scope].names.count)
        scanner.forEachKey { scanner, key in
          if isEqual(key, "key") { name = scanner.string() ?? "" } else { visit(&scanner, scope: inner) }
        }
        scopes[scope].names.append(name.lowercased())
      }
    }
  }
}

extension DuckDBConnection {
  /// A statement that is no SELECT throws a `Diagnostic` (`WEIR-E0505`), as does one that does not parse.
  public func tableReferences(in sql: String) throws -> [TableReference] { try tree(of: sql).references }

  /// The statement's tree with its tables, or what is wrong with the statement.
  func tree(of sql: String) throws -> (tree: SyntaxTree, references: [TableReference]) {
    let tree = try syntaxTree(of: sql)
    guard let failure = tree.failure else { return (tree, tree.references) }
    if let second = SQLTokens(sql).startOfSecondStatement {
      throw Diagnostic.severalStatements(sql, second: second)
    }
    guard failure.message.hasPrefix("Only SELECT") else {
      throw Diagnostic.engine("Parser Error: \(failure.message)", position: failure.position, sql: sql)
    }
    let insertions = PivotRewriting.insertions(in: sql)
    let rewritten = try insertions.isEmpty ? tree : syntaxTree(of: PivotRewriting.rewritten(sql, insertions))
    guard rewritten.failure == nil else {
      throw Diagnostic(.sqlSyntax, "not a SELECT: \(failure.message)", hint: "write the model as one SELECT")
    }
    let references = rewritten.references.map { reference in
      var reference = reference
      reference.offset = reference.offset.map { PivotRewriting.original($0, insertions) }
      return reference
    }
    return (rewritten, references)
  }

  private func syntaxTree(of sql: String) throws -> SyntaxTree {
    guard let tree = try withSyntaxTree(of: sql, { SyntaxTree($0) }) else {
      throw Diagnostic(.engineFailure, "the engine's syntax tree cannot be read")
    }
    return tree
  }
}
