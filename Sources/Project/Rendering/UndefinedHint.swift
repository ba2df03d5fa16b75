import Diagnostics

extension NodeContext {
  /// Problems of rendering; those of a name that nothing defines get the hint what it may have been meant to be.
  func explained(_ problems: [Diagnostic]) -> [Diagnostic] {
    problems.map { problem in
      guard problem.hint == nil, problem.code == .templateRuntime, let name = Self.undefinedName(problem)
      else {
        return problem
      }
      var problem = problem
      problem.hint =
        Spelling.hint(for: name, among: macros.names + Self.commonNames)
        ?? "check how it is written; a package's macros need the package in packages.yml, and then 'weir deps'"
      return problem
    }
  }

  /// The name of a message such as `'dbt_utils' is undefined`.
  private static func undefinedName(_ problem: Diagnostic) -> String? {
    guard problem.message.hasPrefix("'"), problem.message.hasSuffix("' is undefined") else { return nil }
    return String(problem.message.dropFirst().dropLast("' is undefined".count))
  }

  /// What people misspell most, beside macros.
  private static let commonNames = [
    "adapter", "api", "builtins", "config", "context", "database", "dbt_version", "doc", "env_var",
    "exceptions",
    "execute", "flags", "fromjson", "fromyaml", "graph", "invocation_id", "is_incremental", "local_md5",
    "log",
    "model", "modules", "print", "project_name", "ref", "return", "run_query", "run_started_at", "schema",
    "selected_resources", "set", "source", "target", "this", "tojson", "toyaml", "var", "zip",
  ]
}
