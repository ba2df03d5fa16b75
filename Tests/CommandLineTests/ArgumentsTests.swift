import Testing

@testable import CommandLine

@Suite struct ArgumentsTests {
  private func parse<T: Command>(_ arguments: String..., as type: T.Type = T.self) throws -> T {
    try #require(try RootCommand.parseAsRoot(arguments) as? T)
  }

  @Test("Selectors take several values, and may be given several times")
  func selectors() throws {
    let build: BuildCommand = try parse(
      "build", "--select", "a", "+b", "--full-refresh", "-s", "tag:x,path:y", "--exclude", "c", "d")
    #expect(build.selection.select == ["a", "+b", "tag:x,path:y"])
    #expect(build.selection.exclude == ["c", "d"])
    #expect(build.building.fullRefresh == true)
    let run: RunCommand = try parse("run", "-m", "a", "--models", "b")
    #expect(run.selection.expressions == ["a", "b"])
  }

  @Test("What is not said stays open for the environment and the project")
  func open() throws {
    let build: BuildCommand = try parse("build")
    #expect(build.selection.select == [])
    #expect(build.building.fullRefresh == nil)
    #expect(build.building.failFast == nil)
    #expect(build.output.quiet == nil)
    #expect(build.output.logFormat == nil)
    #expect(build.project.target == nil)
  }

  @Test("Short flags are dbt's")
  func shortFlags() throws {
    let build: BuildCommand = try parse("build", "-f", "-x", "-q", "-t", "prod")
    #expect(build.building.fullRefresh == true)
    #expect(build.building.failFast == true)
    #expect(build.output.quiet == true)
    #expect(build.project.target == "prod")
    let off: BuildCommand = try parse("build", "--no-fail-fast", "--no-full-refresh", "--no-color")
    #expect(off.building.failFast == false)
    #expect(off.building.fullRefresh == false)
    #expect(off.output.color == false)
  }

  @Test("Flags of dbt without meaning here are accepted")
  func compatibility() throws {
    let build: BuildCommand = try parse(
      "build", "--no-partial-parse", "--no-send-anonymous-usage-stats", "--log-level", "debug", "--debug",
      "--no-use-colors", "--log-path", "logs")
    #expect(build.output.useColors == false)
  }

  @Test("show takes a selection or a text")
  func show() throws {
    let show: ShowCommand = try parse(
      "show", "--inline", "select 1", "--limit", "-1", "--output", "csv")
    #expect(show.inline == "select 1")
    #expect(show.limit == -1)
    #expect(show.form == .csv)
  }

  @Test(
    "Usage errors say what is wrong",
    arguments: [
      (["build", "--selct", "a"], "Unknown option '--selct'. Did you mean '--select'?"),
      (["build", "--select"], "Missing value for '--select <selector>'"),
      (["show"], "nothing to show: give --select or --inline"),
      (["show", "--inline", "select 1", "-s", "a"], "--inline and --select exclude each other"),
      (["show", "-s", "a", "--limit", "-2"], "--limit takes a number of rows, or -1 for all"),
      (["build", "--threads", "many"], "The value 'many' is invalid for '--threads <n>'"),
      (
        ["ls", "--output", "xml"],
        "The value 'xml' is invalid for '--output <form>'. Please provide one of 'name', 'path', 'selector' or 'json'."
      ),
      (["init", "a", "b"], "Unexpected argument 'b'"),
    ])
  func errors(_ arguments: [String], _ expected: String) {
    do {
      _ = try RootCommand.parseAsRoot(arguments)
      Issue.record("\(arguments) should not parse")
    } catch {
      #expect(RootCommand.message(for: error) == expected)
    }
  }
}
