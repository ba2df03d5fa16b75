import Diagnostics

/// What a table of a load must keep to beyond the shape of its keys.
struct LoadRules {
  let file: String
  let type: ConnectionType
  /// The table as messages call it.
  let subject: String
  let node: YAMLNode
  let table: LoadTable

  /// What is broken, in the order of the rules.
  func broken() -> [Diagnostic] {
    names() + keys() + cursor() + columns() + deletion() + own()
  }

  private func problem(
    _ code: DiagnosticCode, _ message: String, at key: String? = nil, hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(code, message, at: (key.flatMap { node[$0] } ?? node).span(in: file), hint: hint)
  }

  private func has(_ key: String) -> Bool { node[key].map { !$0.isNull } ?? false }

  // MARK: - Names and patterns

  private func names() -> [Diagnostic] {
    var problems: [Diagnostic] = []
    if table.name.lowercased().hasPrefix("_weir_") {
      problems.append(
        problem(
          .badValue, "\(subject) has a name that is Weir's own", at: "name",
          hint: "tables that begin with '_weir_' hold the state of loads"))
    }
    if table.name.contains("*"), !table.from.contains("*") {
      problems.append(
        problem(
          .badValue, "\(subject) is a pattern, but its 'from' is not", at: "from",
          hint: "leave 'from' out, or write a pattern there too"))
    }
    if type.isDatabase, table.from.contains("*"), !table.name.contains("*"), !has("query") {
      problems.append(
        problem(
          .badValue, "\(subject) reads a pattern of tables into one", at: "from",
          hint: "write a pattern as its name too: each table of the source then has one of its own"))
    }
    if table.isPattern, has("query") {
      problems.append(problem(.badValue, "\(subject) is a pattern and cannot have a 'query'", at: "query"))
    }
    return problems
  }

  // MARK: - Keys

  /// Whether a source says itself what identifies its rows.
  private var findsKeys: Bool { (type.isDatabase && table.isPattern) || type == .singer }

  private func keys() -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let needsKey = table.disposition == .merge || table.disposition == .scd2
    if needsKey, table.key.isEmpty, !findsKeys {
      problems.append(
        problem(
          .badLoadKey, "\(subject) does not say its 'key', which '\(table.disposition.rawValue)' needs",
          at: has("key") ? "key" : "write", hint: "'key': the columns that identify a row"))
    }
    problems += twice(table.key, "key") + twice(table.selected, "select") + twice(table.excluded, "exclude")
    return problems
  }

  private func twice(_ names: [String], _ key: String) -> [Diagnostic] {
    var seen: Set<String> = []
    return names.filter { !seen.insert($0.lowercased()).inserted }.map {
      problem(.badValue, "'\(key)' of \(subject) names '\($0)' twice", at: key)
    }
  }

  // MARK: - Cursors

  private func cursor() -> [Diagnostic] {
    var problems: [Diagnostic] = []
    if !has("cursor") {
      for key in ["lookback", "initial"] where has(key) {
        problems.append(
          problem(
            .badCursor, "\(subject) has '\(key)' but no 'cursor'", at: key,
            hint: "'cursor': the column whose growing values tell what is new"))
      }
    }
    if has("cursor"), table.disposition == .replace {
      problems.append(
        problem(
          .badCursor, "\(subject) has a cursor, but 'replace' reads everything each time", at: "cursor",
          hint: "write 'write: append' or 'write: merge', or leave the cursor out"))
    }
    if let rule = table.cursor, rule.lookback < 0 {
      problems.append(problem(.badCursor, "'lookback' of \(subject) must not be negative", at: "lookback"))
    }
    return problems
  }

  // MARK: - Columns

  private func columns() -> [Diagnostic] {
    var problems: [Diagnostic] = []
    if !table.selected.isEmpty, !table.excluded.isEmpty, !table.isPattern {
      problems.append(
        problem(
          .badValue, "\(subject) has both 'select' and 'exclude'", at: "exclude",
          hint: "keep 'select': what it does not name is left out anyway"))
    }
    let used = table.key.map { ("key", $0) } + (table.cursor.map { [("cursor", $0.column)] } ?? [])
    for (key, column) in used where table.excluded.contains(column) && !table.isPattern {
      problems.append(
        problem(.badValue, "\(subject) leaves out '\(column)', which is its \(key)", at: "exclude"))
    }
    return problems + clashes()
  }

  /// Columns that Weir adds and that have the name of another.
  private func clashes() -> [Diagnostic] {
    var added: [(key: String, name: String)] = []
    if let name = table.fileNameColumn { added.append(("filename", name)) }
    if let name = table.rowNumberColumn { added.append(("row_number", name)) }
    if table.disposition == .scd2 {
      added += [("validity", table.validity.from), ("validity", table.validity.to)]
    }
    if let name = table.deletion?.softColumn { added.append(("delete", name)) }
    var seen: [String: String] = [:]
    for key in table.key { seen[key.lowercased()] = "key" }
    var problems: [Diagnostic] = []
    for (key, name) in added {
      if let other = seen[name.lowercased()] {
        problems.append(
          problem(
            .nameCollision, "'\(key)' and '\(other)' of \(subject) both name the column '\(name)'", at: key,
            hint: "give one of them another name"))
      }
      seen[name.lowercased()] = key
    }
    return problems
  }

  // MARK: - Deletes and dispositions

  private func deletion() -> [Diagnostic] {
    guard has("delete") else { return [] }
    var problems: [Diagnostic] = []
    if table.disposition == .append || table.disposition == .replace {
      problems.append(
        problem(
          .badValue, "\(subject) has 'delete', which '\(table.disposition.rawValue)' cannot do", at: "delete",
          hint: table.disposition == .replace
            ? "leave rows out with 'where'" : "write 'write: merge' with a 'key'"))
    }
    if node["delete"]?["column"] != nil, node["delete"]?["mode"]?.scalarText != "soft" {
      problems.append(
        problem(
          .badValue, "'delete' of \(subject) has a column, but does not mark rows", at: "delete",
          hint: "add 'mode: soft'"))
    }
    return problems
  }

  private func own() -> [Diagnostic] {
    guard has("validity"), table.disposition != .scd2 else { return [] }
    return [
      problem(
        .badValue, "\(subject) has 'validity', which only 'scd2' knows", at: "validity",
        hint: "write 'write: scd2', or leave it out")
    ]
  }
}
