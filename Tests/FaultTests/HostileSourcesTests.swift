import CommandTesting
import Foundation
import Testing

/// Sources that nobody should write, read by the program itself: right rows, or words that say what is wrong and where.
@Suite struct HostileSourcesTests {
  private static func project(
    _ data: [UInt8], as file: String, settings: String = ""
  ) throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try scratch.write("name: hostile\n", to: "weir.yml")
    try scratch.write(
      "loads:\n  - name: l\n    from: data\n    tables:\n      - {name: t, from: \(file)\(settings)}\n",
      to: "loads/l.yml")
    try scratch.write("", to: "data/\(file)")
    try Data(data).write(to: URL(fileURLWithPath: scratch.path + "/data/" + file))
    return scratch
  }

  private static func load(
    _ data: [UInt8], as file: String, settings: String = ""
  ) async throws -> (project: ScratchFolder, outcome: Command.Outcome) {
    let project = try project(data, as: file, settings: settings)
    return (project, try await Command.weir(["load"], in: project.path).run(seconds: 600))
  }

  private static func show(_ query: String, in project: ScratchFolder) async throws -> String {
    try await Command.weir(
      ["show", "--inline", query, "--limit", "-1", "--output", "csv", "--quiet"], in: project.path
    ).run().output
  }

  @Test("Two thousand columns are columns, of CSV and of NDJSON")
  func wide() async throws {
    let names = (0..<2000).map { "c\($0)" }
    let csv =
      names.joined(separator: ",") + "\n" + names.indices.map(String.init).joined(separator: ",") + "\n"
    let json = "{" + names.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",") + "}\n"
    for (file, text) in [("t.csv", csv), ("t.ndjson", json)] {
      let (project, outcome) = try await Self.load(Array(text.utf8), as: file)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      let shown = try await Self.show(
        "select c0, c1999, (select count(*) from information_schema.columns where table_name = 't') n from l.t",
        in: project)
      #expect(shown == "c0,c1999,n\n0,1999,2000\n", "\(file)")
    }
  }

  @Test("Ten thousand levels of JSON are kept as JSON below the 64th", arguments: ["[", "{\"a\":"])
  func deep(opening: String) async throws {
    let closing = opening == "[" ? "]" : "}"
    let text =
      "{\"a\":" + String(repeating: opening, count: 10_000) + "1" + String(repeating: closing, count: 10_000)
      + "}\n"
    let (project, outcome) = try await Self.load(Array(text.utf8), as: "t.ndjson")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(try await Self.show("select count(*) n from l.t", in: project) == "n\n1\n")
    let previewed = try await Command.weir(["load", "--preview"], in: project.path).run()
    #expect(previewed.status == 0)
  }

  @Test(
    "A row that is not UTF-8 ends the load, with its place; or is put aside, though the first rows hold it")
  func notText() async throws {
    let csv: [UInt8] = Array("a,b\n1,x\n2,".utf8) + [0xFF, 0xFE] + Array("\n3,y\n".utf8)
    let json: [UInt8] = Array("{\"a\":1}\n{\"a\":\"".utf8) + [0xFF] + Array("\"}\n{\"a\":3}\n".utf8)
    for (file, data, line) in [("t.csv", csv, 3), ("t.ndjson", json, 2)] {
      let refused = try await Self.load(data, as: file)
      #expect(refused.outcome.status == 1)
      #expect(refused.outcome.output.contains("WEIR-E1107"), "\(refused.outcome.output)")
      #expect(refused.outcome.output.contains("\(file):\(line): "), "\(refused.outcome.output)")
      let (project, outcome) = try await Self.load(data, as: file, settings: ", rejects: {limit: 1}")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      #expect(try await Self.show("select a from l.t order by a", in: project) == "a\n1\n3\n")
      #expect(try await Self.show("select line from l._weir_rejects", in: project) == "line\n\(line)\n")
    }
  }

  @Test("Rows of different lengths are not taken for one column")
  func uneven() async throws {
    let (project, outcome) = try await Self.load(
      Array("a,b\n1,x\n2,y,z\n3,w\n".utf8), as: "t.csv", settings: ", rejects: {limit: 1}")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(try await Self.show("select * from l.t order by a", in: project) == "a,b\n1,x\n3,w\n")
    #expect(try await Self.show("select line from l._weir_rejects", in: project) == "line\n3\n")
  }

  @Test("A name that holds a NUL is refused; a value may")
  func nul() async throws {
    for (file, text) in [("t.csv", "a\0b,c\n1,x\n2,y\n"), ("t.ndjson", "{\"a\\u0000b\":1}\n")] {
      let (_, outcome) = try await Self.load(Array(text.utf8), as: file)
      #expect(outcome.status == 1)
      #expect(
        outcome.output.contains(
          "error[WEIR-E1106]: the column 'a\\0b' of '\(file)' has a name, or a field, that holds a NUL"),
        "\(outcome.output)")
    }
    for (file, text) in [("t.csv", "a,b\n1,x\0y\n"), ("t.ndjson", "{\"a\":1,\"b\":\"x\\u0000y\"}\n")] {
      let (project, outcome) = try await Self.load(Array(text.utf8), as: file)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      #expect(try await Self.show("select length(b) n, ord(b[2]) z from l.t", in: project) == "n,z\n3,0\n")
    }
  }

  @Test("A mark at its beginning and other line ends do not make NDJSON unreadable")
  func ends() async throws {
    for text in [
      "\u{FEFF}{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}\r{\"a\":2}\r", "{\"a\":1}\r\n\r\n{\"a\":2}\r\n",
    ] {
      let (project, outcome) = try await Self.load(Array(text.utf8), as: "t.ndjson")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      #expect(try await Self.show("select a from l.t order by a", in: project) == "a\n1\n2\n")
    }
  }

  @Test("A file that lacks rows gives none")
  func empty() async throws {
    for (file, text) in [
      ("t.csv", ""), ("t.csv", "\n"), ("t.csv", "a,b\n"), ("t.ndjson", ""), ("t.ndjson", "\n"),
      ("t.json", ""),
    ] {
      let (project, outcome) = try await Self.load(Array(text.utf8), as: file)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      #expect(try await Self.show("select count(*) n from l.t", in: project) == "n\n0\n", "\(file)")
    }
  }

  @Test("What a program prints as Arrow is loaded; half of it is refused and leaves nothing")
  func arrow() async throws {
    let stream = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("ConnectorsTests/Fixtures/rows.arrows").path
    let scratch = try ScratchFolder()
    try scratch.write("name: hostile\n", to: "weir.yml")
    try scratch.write("loads: [{name: l, from: tool, tables: [{name: t}]}]\n", to: "loads/l.yml")
    func load(_ command: String) async throws -> Command.Outcome {
      try scratch.write(
        "connections:\n  tool: {type: command, command: '\(command)', format: arrow}\n", to: "connections.yml"
      )
      return try await Command.weir(["load"], in: scratch.path).run()
    }
    let cut = try await load("head -c 60000 \(stream)")
    #expect(cut.status == 1)
    #expect(
      cut.output.contains("what the program of 'tool' printed cannot be read as Arrow"), "\(cut.output)")
    let whole = try await load("cat \(stream)")
    #expect(whole.status == 0, "\(whole.output)\(whole.errors)")
    #expect(
      try await Self.show("select count(*) n, sum(i) s, count(d) d from l.t", in: scratch)
        == "n,s,d\n2110,2203995,1808\n")
  }

  @Test("A malformed row of a small file does not ask for gigabytes")
  func memory() async throws {
    let project = try Self.project(
      Array("{\"a\":1}\n{\"a\":\n".utf8), as: "t.ndjson", settings: ", rejects: {limit: 1}")
    let outcome = try await Command.shell("ulimit -v 3000000; weir load", in: project.path).run()
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(try await Self.show("select a from l.t", in: project) == "a\n1\n")
  }

  @Test(
    "A text of many megabytes is loaded",
    .enabled(if: ProcessInfo.processInfo.environment["WEIR_SLOW"] == "1"),
    arguments: [("t.ndjson", 100_000_000), ("t.csv", 100_000_000)])
  func long(file: String, length: Int) async throws {
    let text = String(repeating: "x", count: length)
    let data =
      file == "t.csv" ? "a,b\n1,\(text)\n2,y\n" : "{\"a\":1,\"b\":\"\(text)\"}\n{\"a\":2,\"b\":\"y\"}\n"
    let (project, outcome) = try await Self.load(Array(data.utf8), as: file)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(
      try await Self.show("select a, length(b) n from l.t order by a", in: project)
        == "a,n\n1,\(length)\n2,1\n")
  }
}
