import Diagnostics

/// dbt takes global flags on either side of the verb (`dbt --quiet run`, `dbt run --quiet`). Here they are moved
/// behind it, where each command declares them.
enum ArgumentOrder {
  /// Flags that may stand before the verb and are followed by a value.
  static let flagsWithValue: Set<String> = [
    "--target", "-t", "--profile", "--profiles-dir", "--project-dir", "--vars", "--threads", "--target-path",
    "--log-format", "--log-level", "--warn-error-options", "--log-path", "--printer-width",
    "--log-format-file", "--log-level-file",
  ]

  /// dbt's commands that this version does not have.
  static let unsupportedVerbs: Set<String> = [
    "freshness"
  ]

  /// What a command line asks for.
  enum Request: Equatable {
    /// Help on everything.
    case overview
    case version
    /// A script for a shell, asked for in argument-parser's way.
    case completionScript(shell: String?)
    /// A verb, and all its arguments with the verb first.
    case command([String])
  }

  /// Finds the verb and puts it first.
  static func sort(_ arguments: [String]) throws(Diagnostic) -> Request {
    var before: [String] = []
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      switch argument {
      case "--version", "-V", "-v": return .version
      case "--help", "-h": return .overview
      case "--generate-completion-script":
        return .completionScript(shell: index + 1 < arguments.count ? arguments[index + 1] : nil)
      case _ where argument.hasPrefix("--generate-completion-script="):
        return .completionScript(shell: String(argument.drop { $0 != "=" }.dropFirst()))
      default: break
      }
      guard argument.hasPrefix("-"), argument != "-" else { break }
      before.append(argument)
      index += 1
      if flagsWithValue.contains(argument), index < arguments.count {
        before.append(arguments[index])
        index += 1
      }
    }
    guard index < arguments.count else {
      if let first = before.first {
        throw Diagnostic(
          .usage, "no command after '\(TerminalText.oneLine(first))'",
          hint: "name a command, such as 'weir build'; 'weir --help' lists them")
      }
      return .overview
    }
    return try command(named: arguments[index], before: before, after: Array(arguments[(index + 1)...]))
  }

  private static func command(
    named verb: String, before: [String], after: [String]
  ) throws(Diagnostic) -> Request {
    if verb == "help" {
      guard let topic = after.first, !topic.hasPrefix("-") else { return .overview }
      let rest = Verb.groups.contains(topic) ? Array(after.dropFirst()) : []
      return try command(named: topic, before: [], after: rest + ["--help"])
    }
    guard Verb.names.contains(verb) else {
      if unsupportedVerbs.contains(verb) {
        throw Diagnostic(
          .usage, "dbt's command '\(verb)' is not supported yet", hint: "'weir --help' lists the commands")
      }
      let nearest = Spelling.nearest(to: verb, among: Verb.names)
      throw Diagnostic(
        .usage, "unknown command '\(TerminalText.oneLine(verb))'",
        hint: nearest.map { "did you mean 'weir \($0)'?" } ?? "'weir --help' lists the commands")
    }
    guard Verb.groups.contains(verb), let place = placeOfWord(in: after) else {
      return .command([verb] + before + after)
    }
    return .command([verb, after[place]] + before + after[..<place] + after[(place + 1)...])
  }

  /// Where the first argument stands that is no flag and no flag's value.
  private static func placeOfWord(in arguments: [String]) -> Int? {
    var index = 0
    while index < arguments.count, arguments[index].hasPrefix("-") {
      index += flagsWithValue.contains(arguments[index]) ? 2 : 1
    }
    return index < arguments.count ? index : nil
  }
}
