import Jinja

/// What can be told of a Python model's file without running it: its `model` function and its calls of `dbt`.
///
/// It is Python's grammar only as far as lines, blocks and brackets go; what else is wrong Python says when it runs.
struct PythonSource {
  /// A call of `dbt.ref`, `dbt.source`, `dbt.config`, `dbt.config.get` or `dbt.config.meta_get`.
  struct Call {
    /// The name behind `dbt.`.
    var function: String
    var arguments: PythonLiteral.Arguments
    var line: Int
    var column: Int
  }

  private(set) var calls: [Call] = []
  private(set) var problems: [PythonProblem] = []

  /// Reads a file.
  init(_ text: String) {
    let tokens: [PythonToken]
    do throws(PythonProblem) {
      tokens = try PythonLexer.tokens(of: text)
    } catch {
      problems = [error]
      return
    }
    let lines = PythonLine.lines(of: tokens)
    problems = PythonBlocks.problems(lines)
    guard problems.isEmpty else { return }
    problems += PythonFunction.problems(lines)
    refuseJinja(tokens)
    findCalls(tokens)
  }

  // MARK: - Calls

  private static let functions: Set<String> = ["ref", "source", "config", "config.get", "config.meta_get"]

  private mutating func findCalls(_ tokens: [PythonToken]) {
    for (index, token) in tokens.enumerated() {
      if case .formatted(let words) = token.kind { findCalls(words) }
      guard token.isName("dbt"), index == 0 || !tokens[index - 1].isSymbol(".") else { continue }
      var path: [String] = []
      var next = index + 1
      while next + 1 < tokens.count, tokens[next].isSymbol("."), tokens[next + 1].kind == .name {
        path.append(tokens[next + 1].text)
        next += 2
      }
      let name = path.joined(separator: ".")
      guard next < tokens.count, tokens[next].isSymbol("("), Self.functions.contains(name) else { continue }
      var reader = PythonLiteral(tokens, after: next)
      do throws(PythonLiteral.NotLiteral) {
        let arguments = try reader.arguments()
        calls.append(Call(function: name, arguments: arguments, line: token.line, column: token.column))
      } catch {
        problems.append(Self.notLiteral(name, error.token))
      }
    }
  }

  private static func notLiteral(_ function: String, _ token: PythonToken) -> PythonProblem {
    let written = token.kind == .name || token.kind == .number ? "'\(token.text)'" : "this"
    let hint =
      switch function {
      case "ref": "write the model's name itself: dbt.ref('orders')"
      case "source": "write both names themselves: dbt.source('shop', 'orders')"
      case "config":
        "write the value itself, or set it in YAML, where Jinja may compute it, and read it by dbt.config.get('…')"
      default: "write the key itself: dbt.\(function)('key')"
      }
    return PythonProblem(
      message: "dbt.\(function)() takes literals only, and \(written) is none", line: token.line,
      column: token.column, hint: hint)
  }

  // MARK: - Jinja

  /// As in dbt, a Python model is no template.
  private mutating func refuseJinja(_ tokens: [PythonToken]) {
    for (index, token) in tokens.enumerated() {
      let next = index + 1 < tokens.count ? tokens[index + 1] : nil
      let isBrace =
        token.isSymbol("{") && (next?.isSymbol("{") ?? false || next?.isSymbol("%") ?? false)
        && next?.line == token.line && next?.column == token.column + 1
      guard isBrace || Self.holdsJinja(token) else { continue }
      problems.append(
        PythonProblem(
          message: "a Python model holds no Jinja", line: token.line, column: token.column,
          hint:
            "dbt.ref, dbt.source and dbt.config.get do what templates do; set what is computed in YAML, under config"
        ))
    }
  }

  private static func holdsJinja(_ token: PythonToken) -> Bool {
    guard case .text(let text) = token.kind else { return false }
    return [("{{", "}}"), ("{%", "%}")].contains { text.contains($0.0) && text.contains($0.1) }
  }
}
