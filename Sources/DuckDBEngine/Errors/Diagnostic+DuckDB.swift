internal import CDuckDB
import Diagnostics

extension Diagnostic {
  /// DuckDB's failure of a statement. `sql` is the text that its place counts in; the diagnostic's span has
  /// an empty file and the line and column within that text, for the caller to map to a file of the user's.
  static func engine(
    _ raw: String, kind: duckdb_error_type = DUCKDB_ERROR_INVALID, position: Int? = nil, sql: String?
  ) -> Diagnostic {
    var failure = EngineMessage(raw)
    if failure.kind.isEmpty { failure.kind = kindNames[kind.rawValue] ?? "" }
    failure.position = failure.position ?? position
    if let known = missingExtension(failure) ?? tooDeep(failure) { return known }
    let lines = failure.text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    let first = lines.first ?? "the engine gave no reason"
    let message = failure.kind.isEmpty ? first : "\(failure.kind) Error: \(first)"
    let place = failure.position.flatMap { position in sql.flatMap { StatementPlace($0, offset: position) } }
    var cause = lines.dropFirst().joined(separator: "\n")
    if let place { cause += (cause.isEmpty ? "" : "\n") + place.excerpt }
    var diagnostic = Diagnostic(
      code(of: failure), message, cause: cause.isEmpty ? nil : cause, isTransient: isTransient(failure))
    diagnostic.span = place.map { SourceSpan(file: "", line: $0.line, column: $0.column) }
    diagnostic.hint = hint(for: failure)
    return diagnostic
  }

  /// A text that holds several statements where one is expected; the second one starts at an offset in it.
  static func severalStatements(_ sql: String, second: Int) -> Diagnostic {
    let place = StatementPlace(sql, offset: second)
    return Diagnostic(
      .severalStatements, "the SQL holds several statements where one is expected",
      at: place.map { SourceSpan(file: "", line: $0.line, column: $0.column) },
      hint: "leave one; what is to run beside it belongs in a hook or an operation")
  }

  /// The kinds that come as numbers only, as DuckDB spells them elsewhere.
  private static let kindNames: [UInt32: String] = [
    DUCKDB_ERROR_OUT_OF_RANGE.rawValue: "Out of Range", DUCKDB_ERROR_CONVERSION.rawValue: "Conversion",
    DUCKDB_ERROR_TRANSACTION.rawValue: "TransactionContext", DUCKDB_ERROR_CATALOG.rawValue: "Catalog",
    DUCKDB_ERROR_CONSTRAINT.rawValue: "Constraint", DUCKDB_ERROR_BINDER.rawValue: "Binder",
    DUCKDB_ERROR_IO.rawValue: "IO", DUCKDB_ERROR_INTERRUPT.rawValue: "INTERRUPT",
    DUCKDB_ERROR_INVALID_INPUT.rawValue: "Invalid Input",
    DUCKDB_ERROR_OUT_OF_MEMORY.rawValue: "Out of Memory",
  ]

  /// The code for DuckDB's kind of error.
  private static func code(of failure: EngineMessage) -> DiagnosticCode {
    if isLakeConflict(failure) { return .transactionConflict }
    return switch failure.kind {
    case "Parser", "Syntax": .sqlSyntax
    case "Binder", "Catalog", "Mismatch Type", "Invalid type", "Parameter Not Resolved",
      "Parameter Not Allowed", "Dependency":
      .sqlBinding
    case "Conversion", "Out of Range", "Invalid Input", "Divide by Zero", "Decimal", "Unknown Type": .sqlData
    case "Constraint": .sqlConstraint
    case "TransactionContext", "Transaction": isConflict(failure) ? .transactionConflict : .engineFailure
    case "IO", "HTTP", "Network", "Permission", "Serialization": .engineInputOutput
    case "Out of Memory": .engineOutOfMemory
    case "INTERRUPT", "Interrupt": .engineInterrupted
    case "Missing Extension", "Extension Autoloading": .extensionMissing
    default: .engineFailure
    }
  }

  /// An extension that is not installed: where it was looked for and how it gets there.
  private static func missingExtension(_ failure: EngineMessage) -> Diagnostic? {
    guard let start = failure.text.range(of: "Extension \""),
      let end = failure.text[start.upperBound...].range(of: ".duckdb_extension\" not found")
    else { return nil }
    let path = failure.text[start.upperBound..<end.lowerBound]
    let name = path.split(separator: "/").last.map(String.init) ?? String(path)
    return Diagnostic(
      .extensionMissing, "DuckDB's extension \(name) is not installed",
      notes: ["looked for \(path).duckdb_extension"],
      hint:
        "with network access run `INSTALL \(name)` (weir show --inline \"INSTALL \(name)\"), or put the file of "
        + "this version of DuckDB there; `extension_directory` under the profile's `settings` names another folder",
      cause: failure.text)
  }

  /// A query that nests deeper than the binder or the parser follows. The limit is not raised: what Weir could then
  /// build, no other program could read.
  private static func tooDeep(_ failure: EngineMessage) -> Diagnostic? {
    let isTooDeep =
      failure.text.range(of: "Max expression depth") != nil
      || (failure.kind == "Parser" && failure.text.hasPrefix("memory exhausted"))
    guard isTooDeep else { return nil }
    return Diagnostic(
      .sqlTooDeep, "the statement, with the views that it reads, is nested too deeply for DuckDB",
      cause: "\(failure.kind) Error: \(failure.text)")
  }

  private static func isConflict(_ failure: EngineMessage) -> Bool {
    failure.text.range(of: "onflict") != nil || failure.text.range(of: "write-write") != nil
  }

  /// DuckLake lost a race against another writer, in its own words or its catalog's. Nothing was committed.
  private static func isLakeConflict(_ failure: EngineMessage) -> Bool {
    guard failure.text.range(of: "DuckLake") != nil || failure.text.range(of: "ducklake") != nil else {
      return false
    }
    return [
      "Transaction conflict", "maximum retry count", "schema not found in metadata catalog",
      "database is locked",
      "uplicate key", "could not serialize", "deadlock detected",
    ].contains { failure.text.range(of: $0) != nil }
  }

  private static func isTransient(_ failure: EngineMessage) -> Bool {
    if isLakeConflict(failure) { return true }
    return switch failure.kind {
    case "HTTP", "Network": true
    case "TransactionContext", "Transaction": isConflict(failure)
    default: false
    }
  }

  private static func hint(for failure: EngineMessage) -> String? {
    if failure.text.range(of: "No space left on device") != nil { return "free some space on that disk" }
    if failure.text.range(of: "to DuckLake - unsupported type") != nil {
      return "a lake cannot hold this type: cast the column, for instance to VARCHAR"
    }
    if failure.text.range(of: "does not match existing data path in the catalog") != nil {
      return "name the data_path that the lake was made with; if its files were moved, add "
        + "`override_data_path: true` under `options`"
    }
    switch code(of: failure) {
    case .engineOutOfMemory:
      return
        "set `memory_limit` higher, or `temp_directory` to a disk with room, under the profile's `settings`"
    case .transactionConflict: return "run it again"
    default: return nil
    }
  }
}

/// A place in a statement's text.
struct StatementPlace {
  /// The line, from 1.
  let line: Int
  /// The column, in UTF-8 bytes from 1.
  let column: Int
  /// The line with a caret below the place, as the engine draws it.
  let excerpt: String

  /// Finds the line and column of a byte; nil outside the text.
  init?(_ sql: String, offset: Int) {
    let bytes = Array(sql.utf8)
    guard offset >= 0, offset <= bytes.count else { return nil }
    let newline = UInt8(ascii: "\n")
    let start = (bytes[..<offset].lastIndex(of: newline) ?? -1) + 1
    let end = bytes[offset...].firstIndex(of: newline) ?? bytes.count
    line = bytes[..<offset].count { $0 == newline } + 1
    column = offset - start + 1
    // The engine's parser shows some 60 bytes on either side; so does this.
    let from = Self.characterStart(bytes, max(start, offset - 60), within: start)
    let upTo = min(end, offset + 60)
    let before = String(decoding: bytes[from..<offset], as: UTF8.self)
    let after = String(
      decoding: bytes[offset..<Self.characterStart(bytes, upTo, within: offset)], as: UTF8.self)
    let head = "LINE \(line): " + (from > start ? "..." : "")
    let blank = String(repeating: " ", count: head.count + before.count)
    excerpt = "\(head)\(before)\(after)\(upTo < end ? "..." : "")\n\(blank)^"
  }

  /// The first byte of the character that `index` falls into.
  private static func characterStart(_ bytes: [UInt8], _ index: Int, within lower: Int) -> Int {
    var index = index
    while index > lower, index < bytes.count, bytes[index] & 0xC0 == 0x80 { index -= 1 }
    return index
  }
}
