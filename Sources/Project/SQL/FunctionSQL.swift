import EngineCore
import Jinja

/// The statements that create functions where the engine's are macros, as DuckDB's: an expression or a query over
/// arguments. Pure.
public enum FunctionSQL {
  /// The statements that create a function whose arguments are cast to their types, and its result to its own.
  ///
  /// DuckDB has typed arguments in files of newer formats only. So the function has two forms under one name: the one that
  /// is called hands the arguments, cast, to the one that holds the body, which has an argument more to be told by. The
  /// latter has to be there before the former can name it.
  static func statements(
    _ target: Relation, _ function: FunctionDefinition, body: String, dialect: any Dialect
  ) -> [String] {
    let head = signature(target, arguments: "", dialect: dialect).dropLast("() AS".count)
    guard !function.arguments.isEmpty else { return ["\(head)() AS \(Self.body(body, of: function))"] }
    let names = function.arguments.map(\.name)
    let list = (names + [mark(beside: names)]).map(dialect.quoted).joined(separator: ", ")
    let inner = "(\(list)) AS \(function.kind == .table ? "TABLE " : "")(\n\(body)\n)"
    let casts = function.arguments.map { "CAST(\(dialect.quoted($0.name)) AS \($0.dataType))" }
    let call = "\(dialect.rendered(target))(\((casts + ["TRUE"]).joined(separator: ", ")))"
    let outer = "(\(arguments(function.arguments, dialect: dialect))) AS \(cast(call, of: function))"
    return ["\(head)\(inner)", "\(head)\(outer), \(inner)"]
  }

  /// The argument that tells the form with the body from the one that is called.
  private static func mark(beside names: [String]) -> String {
    var mark = "__weir_cast"
    while names.contains(where: { $0.lowercased() == mark }) { mark += "_" }
    return mark
  }

  /// The beginning of the statement that creates a function, up to its body.
  static func signature(_ target: Relation, arguments: String, dialect: any Dialect) -> String {
    "CREATE OR REPLACE MACRO \(dialect.rendered(target))(\(arguments)) AS"
  }

  /// The arguments, with what stands in for those that a call may leave out.
  static func arguments(_ arguments: [FunctionArgument], dialect: any Dialect) -> String {
    arguments.map { argument in
      let own = dialect.quoted(argument.name)
      guard let standard = argument.defaultValue?.scalarText else { return own }
      return "\(own) := CAST(\(standard) AS \(argument.dataType))"
    }.joined(separator: ", ")
  }

  /// The body, cast to what the function is declared to return.
  static func body(_ text: String, of function: FunctionDefinition) -> String {
    cast("(\n\(text)\n)", of: function)
  }

  /// An expression, or what stands for rows in a FROM clause, cast to what the function is declared to return.
  private static func cast(_ text: String, of function: FunctionDefinition) -> String {
    let type = function.returns?.dataType ?? ""
    guard function.kind == .table else { return "CAST(\(text) AS \(type))" }
    guard let columns = columns(ofTable: type), !columns.isEmpty else {
      return "TABLE (SELECT * FROM \(text))"
    }
    let names = columns.map(\.name).joined(separator: ", ")
    let casts = columns.map { "CAST(\($0.name) AS \($0.type)) AS \($0.name)" }.joined(separator: ", ")
    return "TABLE (SELECT * REPLACE (\(casts)) FROM \(text) AS __weir_rows(\(names)))"
  }

  /// The columns of `table (a integer, "b c" text)`, names as they are written; nil for other types.
  static func columns(ofTable type: String) -> [(name: String, type: String)]? {
    let type = NativeMacros.trimmed(type)
    guard type.lowercased().hasPrefix("table"), type.hasSuffix(")") else { return nil }
    let rest = NativeMacros.trimmed(String(type.dropFirst(5)))
    guard rest.hasPrefix("(") else { return nil }
    var columns: [(name: String, type: String)] = []
    for part in parts(of: rest.dropFirst().dropLast()) {
      let text = NativeMacros.trimmed(part)
      var isQuoted = false
      guard
        let end = text.firstIndex(where: { character in
          if character == "\"" { isQuoted.toggle() }
          return !isQuoted && character.isWhitespace
        })
      else { return nil }
      columns.append((String(text[..<end]), NativeMacros.trimmed(String(text[end...]))))
    }
    return columns
  }

  /// The parts between the commas that stand in no brackets and quotes.
  private static func parts(of text: Substring) -> [String] {
    var parts = [""]
    var depth = 0
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if !isQuoted, "([".contains(character) { depth += 1 }
      if !isQuoted, ")]".contains(character) { depth -= 1 }
      if character == ",", depth == 0, !isQuoted {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }

  /// The statement that removes a function that gives rows, or one that gives values.
  public static func drop(_ target: Relation, givesRows: Bool, dialect: any Dialect) -> String {
    "DROP MACRO \(givesRows ? "TABLE " : "")IF EXISTS \(dialect.rendered(target))"
  }

  /// The statement that keeps a function's description with it; nil if that is not wanted.
  public static func comment(on target: Relation, _ node: Node, dialect: any Dialect) -> String? {
    guard DocumentationSQL.keepsRelation(node), !node.description.isEmpty else { return nil }
    let kind = node.function?.kind == .table ? "MACRO TABLE" : "MACRO"
    return "COMMENT ON \(kind) \(dialect.rendered(target)) IS \(dialect.literal(node.description))"
  }

  /// A query that shows what a function's body reads and calls.
  public static func query(of body: String, _ function: FunctionDefinition) -> String {
    function.kind == .table ? body : "SELECT (\n\(body)\n)"
  }
}
