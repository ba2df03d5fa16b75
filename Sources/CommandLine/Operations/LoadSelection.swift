import Diagnostics
import Planner
import Project

/// Which loads, and which part of them.
struct LoadSelection: Sendable {
  /// Names and selectors as they stand behind the verb.
  var names: [String]
  /// The bounds of a backfill.
  var since: String?
  var until: String?

  /// The loads that are meant, with the checks of their tables. Throws on a name that no load has, and if a
  /// backfill is asked for where nothing has a cursor.
  func select(_ selection: SelectionOptions, in workspace: Workspace) throws -> Selection {
    let known = workspace.project.loads.map(\.name)
    for name in names where Self.isPlain(name) && !known.contains(name) {
      throw Diagnostic(
        .unclearSelection, "there is no load '\(TerminalText.oneLine(name))'",
        hint: Spelling.hint(for: name, among: known)
          ?? (known.isEmpty
            ? "declare loads in loads/*.yml" : "the loads are " + known.joined(separator: ", ")))
    }
    var selection = selection
    selection.select = (names + selection.expressions).map { Self.spelledOut($0, known) }
    selection.models = []
    selection.exclude = selection.exclude.map { Self.spelledOut($0, known) }
    let selected = try workspace.select(selection, nil, defaultKinds: [.load, .check])
    try checkBounds(workspace.project.loads.filter { selected.nodes.contains($0.id) })
    return selected
  }

  private func checkBounds(_ loads: [Node]) throws {
    guard since != nil || until != nil, !loads.isEmpty else { return }
    let hasCursor = loads.contains { $0.load?.tables.contains { $0.cursor != nil } ?? false }
    guard !hasCursor else { return }
    throw Diagnostic(
      .usage, "--since and --until need a cursor, and no table of these loads has one",
      hint: "give a table a 'cursor', or load everything again with --full-refresh")
  }

  /// Whether a word is a name and no selector.
  private static func isPlain(_ word: String) -> Bool {
    !word.contains { "+@:*?[],./ ".contains($0) }
  }

  /// A load's name means the load, not the package or the models of that name.
  private static func spelledOut(_ text: String, _ known: [String]) -> String {
    text.split(separator: " ").map { word in
      let head = word.prefix { $0 == "@" || $0 == "+" || $0.isNumber }
      let start = head.last.map { "@+".contains($0) } ?? false ? head.endIndex : word.startIndex
      let name = word[start...].prefix { $0 != "+" }
      return known.contains(String(name)) ? word[..<start] + "load:" + word[start...] : word[...]
    }.joined(separator: " ")
  }
}

extension Project {
  /// The loads, by name.
  var loads: [Node] { nodes.filter { $0.resourceType == .load } }
}
