/// What `weir --help` shows.
enum Overview {
  static func text(version: String, style: Style) -> String {
    var lines = [
      "\(style.bold("weir")) \(version): from source to audited tables, in one program",
      "",
      "\(style.bold("Usage")):  weir <command> [flags]",
    ]
    for (title, verbs) in groups {
      lines += ["", style.bold(title)]
      for verb in verbs { lines.append(row(verb.rawValue, verb.summary, style)) }
    }
    lines += ["", style.bold("Flags of every command")]
    for (flag, meaning) in flags { lines.append(row(flag, meaning, style, width: 24)) }
    lines += ["", style.bold("Examples")]
    for (example, meaning) in examples { lines.append(row(example, meaning, style, width: 40)) }
    lines += [
      "", "'weir <command> --help' tells all about a command.",
      style.dim("Exit codes: 0 fine, 1 a model or check failed, 2 could not run, 130 interrupted."), "",
    ]
    return lines.joined(separator: "\n")
  }

  private static let groups: [(String, [Verb])] = [
    ("Start", [.initialize, .deps, .debug, .connections]),
    ("Work", [.build, .load, .run, .test, .seed, .snapshot, .retry, .clone, .show, .runOperation]),
    ("Look", [.list, .compile, .parse, .docs, .source, .state]),
    ("Tidy", [.maintain, .clean, .completions]),
  ]

  private static let flags = [
    ("-s, --select <nodes>", "which nodes: orders, +orders, tag:daily, path:marts"),
    ("    --exclude <nodes>", "which nodes not"),
    ("-t, --target <name>", "the environment of profiles.yml to work in"),
    ("    --threads <n>", "how many nodes run at once"),
    ("    --vars <yaml>", "variables, as in '{day: 2013-01-01}'"),
    ("-q, --quiet", "errors and results only"),
    ("    --log-format json", "one JSON object a line"),
    ("    --project-dir <dir>", "the project, if not here or above"),
  ]

  private static let examples = [
    ("weir init shop && cd shop && weir build", "a project that runs, in ten seconds"),
    ("weir build --select +orders", "orders and all that it needs"),
    ("weir show --select orders --limit 10", "look at rows"),
    ("weir show --inline 'select 42' -o json", "ask anything"),
    ("weir test --select source:*", "are the sources fit to use?"),
  ]

  private static func row(_ left: String, _ right: String, _ style: Style, width: Int = 13) -> String {
    let padding = String(repeating: " ", count: max(1, width - left.count))
    return "  \(style.cyan(left))\(padding)  \(right)"
  }
}
