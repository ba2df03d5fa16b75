import EngineCore

/// How values of types that Parquet does not have travel in it: as text, within structures and lists too.
///
/// The script that runs Python models (`PythonHandler`) does the same.
enum CarriedType {
  private static let words: Set<String> = ["HUGEINT", "UHUGEINT", "INTERVAL", "BIT", "BIGNUM", "TIMETZ"]

  /// The type in which a column of a type is written.
  static func carrier(of type: String) -> String {
    var result = ""
    var word = ""
    var quote: Character?
    func finish() {
      result += words.contains(word) ? "VARCHAR" : word
      word = ""
    }
    for letter in type.replacing("TIME WITH TIME ZONE", with: "TIMETZ") {
      if let open = quote {
        result.append(letter)
        if letter == open { quote = nil }
      } else if letter.isLetter || letter.isNumber || letter == "_" {
        word.append(letter)
      } else {
        finish()
        result.append(letter)
        if letter == "'" || letter == "\"" { quote = letter }
      }
    }
    finish()
    return result
  }

  /// The query of rows as they are written.
  static func writing(_ select: String, _ columns: [ColumnDescription], _ dialect: any Dialect) -> String {
    guard columns.contains(where: { carrier(of: $0.type) != $0.type }) else { return select }
    let list = columns.map { column in
      let name = dialect.quoted(column.name)
      let carrier = carrier(of: column.type)
      return carrier == column.type ? name : "CAST(\(name) AS \(carrier)) AS \(name)"
    }
    return "SELECT \(list.joined(separator: ", ")) FROM (\n\(select)\n) AS weir_rows"
  }

  /// The query that reads a file's rows with their own types; as the file has them if none are known.
  static func reading(_ file: String, _ columns: [ColumnDescription]?, _ dialect: any Dialect) -> String {
    let source = "read_parquet(\(dialect.literal(file)))"
    guard let columns else { return "SELECT * FROM \(source)" }
    let list = columns.map { column in
      let name = dialect.quoted(column.name)
      // What holds nothing but NULL has no type to be cast to.
      return ["NULL", "\"NULL\""].contains(column.type) ? name : "CAST(\(name) AS \(column.type)) AS \(name)"
    }
    return "SELECT \(list.joined(separator: ", ")) FROM \(source)"
  }
}
