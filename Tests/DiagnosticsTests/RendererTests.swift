import Diagnostics
import Testing

@Suite("Rendering of diagnostics")
struct RendererTests {
  private let full = Diagnostic(
    .cycle, "nodes depend on each other in a circle: a → b → a",
    at: SourceSpan(file: "models/a.sql", line: 2, column: 15),
    notes: ["'a' reads 'b'", "'b' reads 'a'"], hint: "remove one of these dependencies",
    cause: "line one\nline two")

  private func renderer(
    width: Int? = nil, colour: Bool = false, text: String? = nil, redactor: Redactor = .none
  ) -> DiagnosticRenderer {
    DiagnosticRenderer(usesColour: colour, width: width, redactor: redactor) { _ in text }
  }

  @Test("people see the line, a caret, notes, the cause and what to do")
  func human() {
    let text = "select *\nfrom {{ ref('b') }}\nwhere true\n"
    let source = Diagnostic(
      .cycle, full.message, at: SourceSpan(file: "models/a.sql", line: 2, column: 9), notes: full.notes,
      hint: full.hint, cause: full.cause)
    #expect(
      renderer(text: text).render(source) == """
        error[WEIR-E0301]: nodes depend on each other in a circle: a → b → a
         --> models/a.sql:2:9
          |
        2 | from {{ ref('b') }}
          |         ^
          |
          = note: 'a' reads 'b'
          = note: 'b' reads 'a'
          = cause: line one
                   line two
          = help: remove one of these dependencies
        """)
  }

  @Test("lines that may hold secrets are named and not shown")
  func privateLines() {
    for (file, text) in [
      ("profiles.yml", "password: hunter2"), ("/home/me/.weir/connections.yml", "token: hunter2"),
      ("loads/shop.yml", "from: postgres://me:hunter2@db/shop"),
    ] {
      let diagnostic = Diagnostic(.cycle, "m", at: SourceSpan(file: file, line: 1, column: 1))
      #expect(renderer(text: text).render(diagnostic) == "error[WEIR-E0301]: m\n --> \(file):1:1")
    }
    let plain = Diagnostic(.plainSecret, "m", at: SourceSpan(file: "loads/shop.yml", line: 1, column: 1))
    #expect(renderer(text: "token: hunter2").render(plain) == "error[WEIR-E1101]: m\n --> loads/shop.yml:1:1")
    let open = Diagnostic(.cycle, "m", at: SourceSpan(file: "loads/shop.yml", line: 1, column: 1))
    #expect(renderer(text: "from: postgres://me@db:5432/shop").render(open).contains("me@db"))
  }

  @Test("without the file's text only the place is named")
  func noText() {
    let warning = Diagnostic(
      .nothingSelected, "nothing", at: SourceSpan(file: "x.yml", line: 120), severity: .warning, hint: "look")
    #expect(
      renderer().render(warning) == "warning[WEIR-E0307]: nothing\n   --> x.yml:120\n    = help: look")
    #expect(renderer().render(Diagnostic(.usage, "wrong")) == "error[WEIR-E0901]: wrong")
  }

  @Test("the caret stands right behind wide characters, tabs and umlauts")
  func caret() {
    let diagnostic = Diagnostic(.cycle, "m", at: SourceSpan(file: "f", line: 1, column: 11))
    let lines = renderer(text: "\t日本ä x\r\n").render(diagnostic).split(separator: "\n")
    #expect(lines[3] == "1 |     日本ä x")
    #expect(lines[4] == "  |           ^")
  }

  @Test("a column beyond the line and a line beyond the file show no caret")
  func beyond() {
    let far = Diagnostic(.cycle, "m", at: SourceSpan(file: "f", line: 1, column: 99))
    #expect(renderer(text: "abc").render(far) == "error[WEIR-E0301]: m\n --> f:1:99\n  |\n1 | abc")
    let below = Diagnostic(.cycle, "m", at: SourceSpan(file: "f", line: 7, column: 1))
    #expect(renderer(text: "abc").render(below) == "error[WEIR-E0301]: m\n --> f:7:1")
  }

  @Test("long lines are cut around the caret and long messages wrapped at spaces")
  func narrow() {
    let line = String(repeating: "abcdefghi ", count: 20)
    let diagnostic = Diagnostic(
      .cycle, "a message of several words that is wider than this terminal",
      at: SourceSpan(file: "f", line: 1, column: 101), notes: ["one two three four five six seven eight"])
    let lines = renderer(width: 40, text: line).render(diagnostic).split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { TerminalText.width(of: $0) <= 40 })
    #expect(
      lines == [
        "error[WEIR-E0301]: a message of", "  several words that is wider than this", "  terminal",
        " --> f:1:101",
        "  |", "1 | …hi abcdefghi abcdefghi abcdefghi a…", "  |                         ^", "  |",
        "  = note: one two three four five six", "          seven eight",
      ])
  }

  @Test("colours wrap the label, the message and the marks, and nothing else")
  func colours() {
    let text = renderer(colour: true).render(Diagnostic(.usage, "wrong", hint: "so"))
    #expect(
      text == "\u{1B}[1;31merror[WEIR-E0901]\u{1B}[0m\u{1B}[1m: wrong\u{1B}[0m\n"
        + "  \u{1B}[1;34m=\u{1B}[0m \u{1B}[1mhelp\u{1B}[0m: so")
  }

  @Test("nothing that a file or an engine says can steer the terminal")
  func control() {
    let nasty = Diagnostic(.usage, "a\u{1B}[2Jb\u{202E}c\u{7}", cause: "x\ty")
    #expect(
      renderer().render(nasty) == "error[WEIR-E0901]: a\\u{1b}[2Jb\\u{202e}c\\u{7}\n  = cause: x    y")
    #expect(renderer().render(nasty, as: .concise) == "error[WEIR-E0901]: a\\u{1b}[2Jb\\u{202e}c\\u{7}")
  }

  @Test("the concise form is one line, whatever the message holds")
  func concise() {
    #expect(
      renderer().render(full, as: .concise)
        == "models/a.sql:2:15: error[WEIR-E0301]: nodes depend on each other in a circle: a → b → a")
    #expect(renderer().render(Diagnostic(.usage, "a\nb"), as: .concise) == "error[WEIR-E0901]: a b")
  }

  @Test("the JSON form holds everything that is known, escaped")
  func json() {
    var diagnostic = full
    diagnostic.message = "a \"quoted\" \\ line\n\u{1}é"
    diagnostic.isTransient = true
    #expect(
      renderer().render(diagnostic, as: .json)
        == #"{"code":"WEIR-E0301","severity":"error","message":"a \"quoted\" \\ line\n\u0001é","#
        + #""file":"models/a.sql","line":2,"column":15,"notes":["'a' reads 'b'","'b' reads 'a'"],"#
        + #""hint":"remove one of these dependencies","cause":"line one\nline two","transient":true}"#)
    #expect(
      renderer().render(Diagnostic(.usage, "m"), as: .json)
        == #"{"code":"WEIR-E0901","severity":"error","message":"m"}"#)
  }

  @Test("several diagnostics are apart for people and a line each for programs")
  func several() {
    let list = [Diagnostic(.usage, "a"), Diagnostic(.usage, "b")]
    #expect(renderer().render(list) == "error[WEIR-E0901]: a\n\nerror[WEIR-E0901]: b")
    #expect(renderer().render(list, as: .concise) == "error[WEIR-E0901]: a\nerror[WEIR-E0901]: b")
  }

  @Test("secrets are hidden in every form and every field")
  func secrets() {
    let redactor = Redactor(secrets: ["hunter2"])
    let diagnostic = Diagnostic(
      .usage, "m hunter2", at: SourceSpan(file: "hunter2.sql"), notes: ["n hunter2"], hint: "h hunter2",
      cause: "c hunter2")
    for form in DiagnosticForm.allCases {
      let text = renderer(redactor: redactor).render(diagnostic, as: form)
      #expect(!text.contains("hunter2") && text.contains("m *****"), "\(form)")
    }
  }
}

@Suite("Redaction")
struct RedactorTests {
  @Test("the longest secret goes first, and neighbours are replaced one by one")
  func longest() {
    let redactor = Redactor(secrets: ["pass", "password1", "", "  ", "ä€"])
    #expect(redactor.redact("my password1 and pass, passpass, pas") == "my ***** and *****, **********, pas")
    #expect(redactor.redact("xä€y") == "x*****y")
    #expect(redactor.redact("nothing here") == "nothing here")
    #expect(redactor.redact("") == "")
  }

  @Test("no secrets hide nothing")
  func none() {
    #expect(Redactor.none.isEmpty)
    #expect(Redactor(secrets: [" ", ""]).isEmpty)
    #expect(Redactor.none.redact("a") == "a")
  }
}

@Suite("Spelling")
struct SpellingTests {
  @Test("the nearest word is found by insertions, deletions, replacements and swaps")
  func nearest() {
    let words = ["orders", "customers", "payments"]
    #expect(Spelling.nearest(to: "order", among: words) == "orders")
    #expect(Spelling.nearest(to: "ordesr", among: words) == "orders")
    #expect(Spelling.nearest(to: "CUSTOMRES", among: words) == "customers")
    #expect(Spelling.nearest(to: "lineage", among: words) == nil)
    #expect(Spelling.nearest(to: "ab", among: ["ac", "ad"]) == "ac")
    #expect(Spelling.nearest(to: "x", among: []) == nil)
    #expect(Spelling.nearest(to: "d", among: ["a", "b"]) == nil)
    #expect(Spelling.hint(for: "paymnts", among: words) == "did you mean 'payments'?")
  }
}

@Suite("Writing JSON")
struct JSONWriterTests {
  @Test("commas, colons and nesting are set by the writer")
  func nesting() {
    var writer = JSONWriter()
    writer.object {
      $0.member("a", 1)
      $0.member("b", array: { $0.array { _ in } })
      $0.member("c", object: { _ in })
      $0.member("d", nil as String?)
      $0.member("e", ["x", "y"])
      $0.member("f", true)
      $0.key("g")
      $0.number(1.5)
      $0.key("h")
      $0.number(.infinity)
    }
    #expect(
      writer.text == #"{"a":1,"b":[[]],"c":{},"d":null,"e":["x","y"],"f":true,"g":1.5,"h":null}"#)
  }

  @Test("control characters, quotes and backslashes are escaped, the rest is copied")
  func escapes() {
    var writer = JSONWriter()
    writer.string("\u{0}\u{1F}\t\r\n\"\\/\u{7F}日🎉")
    #expect(writer.text == "\"\\u0000\\u001f\\t\\r\\n\\\"\\\\/\\u007f日🎉\"")
  }

  @Test("values are redacted, keys are not")
  func redaction() {
    var writer = JSONWriter(redactor: Redactor(secrets: ["se\"cret"]))
    writer.object { $0.member("k", "a se\"cret b") }
    #expect(writer.text == #"{"k":"a ***** b"}"#)
  }
}
