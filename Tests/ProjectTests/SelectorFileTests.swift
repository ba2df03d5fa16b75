import Diagnostics
import Project
import Testing

@Suite("selectors.yml")
struct SelectorFileTests {
  private func problems(_ text: String) throws -> [String] {
    try SelectorFile(text: text).problems.map {
      "\($0.span?.line ?? 0): \($0.severity == .warning ? "warning: " : "")\($0.message)"
    }
  }

  @Test("every mistake of a file is told with its place")
  func mistakes() throws {
    let text = """
      selectors:
        - name: a
          definition:
            union: [x]
            exclude: [y]
        - name: b
          definition: [x]
        - definition: x
        - name: c
        - name: d
          definition: {method: selector, value: later}
        - name: e
          definition: {method: tag}
          descripton: x
        - name: f
          definition:
            method: tag
            value: x
            children: 1
            children_depth: two
            indirect_selection: careful
        - name: later
          definition: {intersection: x}
        - name: g
          definition:
            union:
              - exclude: [x]
              - exclude: [y]
              - 3
      """
    let found = try problems(text)
    #expect(
      found == [
        "4: 'union' must be the only key of the selector 'a'",
        "7: a definition must be text or a mapping, not a list",
        "8: a selector has no name",
        "9: the selector 'c' has no definition",
        "11: the selector 'd' inherits from 'later', which is not defined before it",
        "14: selectors.yml has no key 'descripton' here",
        "19: 'children' must be true or false, not a number",
        "20: 'children_depth' must be a number of edges, not text",
        "21: 'indirect_selection' must be eager, cautious, buildable, empty",
        "23: 'intersection' must be a list, not text",
        "29: an item of 'union' must be text or a mapping, not a number",
        "28: the list of 'union' has 'exclude' twice",
      ])
  }

  @Test("what dbt passes over in silence is a warning")
  func doubts() throws {
    let text = """
      selectors:
        - {name: a, definition: "x,y"}
        - {name: a, definition: "x y"}
        - name: b
          definition: {method: selector, value: a, children: true}
        - name: c
          definition:
            union:
              - {method: tag, value: x, exclude: [y]}
      """
    #expect(
      try problems(text) == [
        "2: warning: 'x,y' is one expression here: a comma in it joins nothing",
        "3: warning: 'x y' is one expression here: a space in it joins nothing",
        "5: warning: 'children' has no effect beside 'method: selector'",
        "9: warning: 'method' beside 'exclude' has no effect in a list of 'union'",
        "9: warning: 'value' beside 'exclude' has no effect in a list of 'union'",
        "3: warning: the selector 'a' is defined twice; the last one counts",
      ])
  }

  @Test("two default selectors, and a file that is no mapping, are mistakes; an empty file is none")
  func files() throws {
    let both =
      "selectors:\n  - {name: a, definition: x, default: true}\n  - {name: b, definition: y, default: true}"
    #expect(try problems(both) == ["3: both 'a' and 'b' are the default selector"])
    #expect(try problems("- a") == ["1: the file must be a mapping with 'selectors', not a list"])
    #expect(
      try problems("other: 1") == [
        "1: selectors.yml has no key 'other' here", "1: selectors.yml has no key 'selectors'",
      ])
    #expect(try problems("") == [])
  }
}
