import Diagnostics
import Jinja

extension ResultTable {
  /// What tables of agate can do that templates can ask for; nil for other names.
  func method(_ name: String) -> Value? {
    switch name {
    case "rename":
      .function(name) { arguments, _ in try .object(self.renamed(arguments.value(0, "column_names"))) }
    case "select":
      .function(name) { arguments, _ in
        try .object(self.keeping(Self.names(arguments.value(0, "key")).map(self.position)))
      }
    case "exclude":
      .function(name) { arguments, _ in
        let left = try Set(Self.names(arguments.value(0, "key")).map(self.position))
        return .object(self.keeping(self.names.indices.filter { !left.contains($0) }))
      }
    case "limit":
      .function(name) { arguments, _ in
        let first = arguments.limit(0, "start_or_stop", .max)
        let stop = arguments.value(1, "stop") == nil ? nil : arguments.limit(1, "stop", .max)
        let range = stop.map { first..<max(first, $0) } ?? 0..<max(0, first)
        return .object(
          ResultTable(names: self.names, rows: Array(self.rows[range.clamped(to: self.rows.indices)])))
      }
    case "print_table":
      .function(name) { arguments, interpreter in
        let layout = TableLayout(
          maximumRows: arguments.limit(0, "max_rows", 20),
          maximumColumns: arguments.limit(1, "max_columns", 6),
          maximumWidth: arguments.limit(3, "max_column_width", 20))
        return try Self.print(layout.text(of: self), interpreter)
      }
    case "print_csv": .function(name) { _, interpreter in try Self.print(self.csv, interpreter) }
    case "print_json":
      .function(name) { _, interpreter in
        let rows = self.rows.map { Value(Array(zip(self.names, $0))) }
        return try Self.print(Value(rows).data().json(), interpreter)
      }
    default: nil
    }
  }

  private static func print(_ text: String, _ interpreter: Interpreter) throws -> Value {
    _ = try interpreter.evaluate(expression: "print(text)", name: "print", variables: ["text": .string(text)])
    return .none
  }

  /// One name, or several.
  private static func names(_ key: Value?) throws -> [String] {
    guard let key else { return [] }
    if let name = key.stringValue { return [name] }
    return try key.data().items?.compactMap(\.stringValue) ?? []
  }

  private func position(of name: String) throws -> Int {
    if let index = names.firstIndex(of: name) { return index }
    throw Diagnostic(
      .templateRuntime, "the result has no column '\(name)'",
      notes: ["it has \(names.joined(separator: ", "))"])
  }

  private func keeping(_ columns: [Int]) -> ResultTable {
    ResultTable(names: columns.map { names[$0] }, rows: rows.map { row in columns.map { row[$0] } })
  }

  /// With names by their old ones, or all new ones in order.
  private func renamed(_ given: Value?) throws -> ResultTable {
    var names = names
    if case .dict(let new)? = given {
      names = names.map { new[$0]?.stringValue ?? $0 }
    } else if let new = try given?.data().items?.compactMap(\.stringValue), new.count == names.count {
      names = new
    }
    return ResultTable(names: names, rows: rows)
  }

  private var csv: String {
    func cell(_ value: String) -> String {
      guard value.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return value }
      return "\"" + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        + "\""
    }
    let lines = [names] + rows.map { row in row.map { $0.isNone ? "" : $0.description } }
    return lines.map { $0.map(cell).joined(separator: ",") }.joined(separator: "\n")
  }
}

extension Arguments {
  /// A number, nothing for `none`, or what holds where it is not given.
  fileprivate func limit(_ index: Int, _ name: String, _ standard: Int) -> Int {
    guard let given = value(index, name) else { return standard }
    if case .int(let number) = given { return number }
    return .max
  }
}

/// A table as agate prints it.
private struct TableLayout {
  let maximumRows: Int
  let maximumColumns: Int
  let maximumWidth: Int

  func text(of table: ResultTable) -> String {
    let columns = table.names.indices.prefix(maximumColumns)
    let rows = table.rows.prefix(maximumRows)
    var cells = [columns.map { shortened(table.names[$0]) }]
    let places = columns.map { index in decimals(rows.map { $0[index] }) }
    cells += rows.map { row in columns.map { shortened(text(row[$0], places[$0])) } }
    if columns.count < table.names.count { for index in cells.indices { cells[index].append("...") } }
    let widths = cells[0].indices.map { index in cells.map { $0[index].count }.max() ?? 0 }
    if rows.count < table.rows.count { cells.append(cells[0].map { _ in "..." }) }
    var lines = cells.map { row in
      let padded = row.indices.map { index in
        let space = String(repeating: " ", count: max(0, widths[index] - row[index].count))
        let isText = index < places.count && places[index] == nil
        return isText ? row[index] + space : space + row[index]
      }
      return "| \(padded.joined(separator: " | ")) |"
    }
    lines.insert("| \(widths.map { String(repeating: "-", count: $0) }.joined(separator: " | ")) |", at: 1)
    return lines.joined(separator: "\n")
  }

  private func shortened(_ text: String) -> String {
    text.count > maximumWidth ? String(text.prefix(max(0, maximumWidth - 3))) + "..." : text
  }

  /// How many digits a column of numbers shows behind the point; nil for one of anything else.
  private func decimals(_ values: [Value]) -> Int? {
    var most = 0
    var isNumeric = false
    for value in values where !value.isNone {
      switch value {
      case .int: break
      case .float(let number):
        let digits = "\(number)".split(separator: ".").last.map { $0 == "0" ? 0 : $0.count } ?? 0
        most = max(most, digits)
      default: return nil
      }
      isNumeric = true
    }
    return isNumeric ? min(most, 3) : nil
  }

  private func text(_ value: Value, _ places: Int?) -> String {
    if value.isNone { return "" }
    guard let places else { return value.description }
    switch value {
    case .int(let number): return grouped(String(abs(number)), isNegative: number < 0, places)
    case .float(let number) where number.isFinite && abs(number) < 1e15:
      let scale = [1.0, 10, 100, 1000][places]
      let scaled = (abs(number) * scale).rounded(.toNearestOrEven)
      var digits = String(Int(scaled))
      if digits.count <= places { digits = String(repeating: "0", count: places + 1 - digits.count) + digits }
      let fraction = places == 0 ? "" : "." + digits.suffix(places)
      return grouped(String(digits.dropLast(places)), isNegative: number < 0, 0) + fraction
    default: return value.description
    }
  }

  private func grouped(_ digits: String, isNegative: Bool, _ places: Int) -> String {
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return (isNegative ? "-" : "") + text + (places > 0 ? "." + String(repeating: "0", count: places) : "")
  }
}
