import Diagnostics
import EngineCore
import Testing

@testable import CommandLine

@Suite struct ProgramTests {
  private let folder: TemporaryFolder
  private let output = MemorySink()
  private let errors = MemorySink()

  init() throws { folder = try TemporaryFolder() }

  /// Runs a command line in the test's folder, with an engine that cannot be opened.
  private func weir(_ arguments: String..., environment: [String: String] = [:]) async -> Int32 {
    let engines = EngineProvider(
      open: { _ in throw Diagnostic(.engineFailure, "there is no engine in this test") },
      parseStatements: { $0.map { _ in .success([]) } }, describe: { [("engine", "none")] })
    return await Program(
      version: "1.2.3", environment: environment, workingFolder: folder.path, output: output, errors: errors,
      engines: engines, sources: NoSources.provider, now: { Fixtures.time }, makeIdentifier: { "id" },
      handlesSignals: false
    ).run(arguments)
  }

  private func writeProject() throws {
    try folder.write("weir.yml", "name: shop\n")
    try folder.write("models/orders.sql", "select 1 as id")
    try folder.write("models/totals.sql", "select count(*) as n from {{ ref('orders') }}")
  }

  @Test("The version is one line")
  func version() async {
    #expect(await weir("--version") == 0)
    #expect(output.text == "weir 1.2.3\n")
    #expect(errors.text == "")
  }

  @Test("Help names every command and fits eighty columns", arguments: [[], ["--help"], ["help"]])
  func help(_ arguments: [String]) async throws {
    #expect(await weir(arguments.first ?? "--help") == 0)
    for verb in Verb.allCases { #expect(output.text.contains("  \(verb.rawValue) ")) }
    for line in output.text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test("Every command has help with examples, which fits eighty columns", arguments: Verb.allCases)
  func commandHelp(_ verb: Verb) async {
    #expect(await weir(verb.rawValue, "--help") == 0)
    #expect(output.text.hasPrefix("OVERVIEW: \(verb.summary)."))
    #expect(output.text.contains("Examples:\n  weir \(verb.rawValue)"))
    #expect(!output.text.contains("populate-cache"))
    for line in output.text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    for line in output.text.split(separator: "\n") { #expect(!line.hasPrefix("-"), "wrapped: \(line)") }
  }

  @Test("Every shell has completions", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) async {
    #expect(await weir("completions", shell) == 0)
    #expect(output.text.contains("full-refresh"))
  }

  @Test("A shell without completions is told which have them")
  func unknownShell() async {
    #expect(await weir("completions", "tcsh") == 2)
    #expect(
      errors.text
        == "error[WEIR-E0901]: no completions for 'tcsh'\n  = help: the shells are bash, zsh and fish\n")
  }

  @Test("Wrong usage exits 2, says what is wrong and prints nothing else")
  func usage() async {
    #expect(await weir("build", "--selct", "a") == 2)
    #expect(output.text == "")
    #expect(
      errors.text == """
        error[WEIR-E0901]: Unknown option '--selct'. Did you mean '--select'?
          = help: 'weir build --help' lists what it takes

        """)
  }

  @Test("Without a project commands say how to get one")
  func noProject() async {
    #expect(await weir("ls") == 2)
    #expect(errors.text.contains("there is no weir.yml or dbt_project.yml in \(folder.path)"))
    #expect(errors.text.contains("weir init"))
  }

  @Test("ls prints selectors, sorted, and takes dbt's forms")
  func list() async throws {
    try writeProject()
    #expect(await weir("ls") == 0)
    #expect(await weir("ls", "--select", "orders", "--output", "path") == 0)
    #expect(await weir("--quiet", "ls", "--output", "json", "--output-keys", "name", "alias") == 0)
    #expect(
      output.text == """
        shop.orders
        shop.totals
        models/orders.sql
        {"name":"orders","alias":"orders"}
        {"name":"totals","alias":"totals"}

        """)
    #expect(errors.text == "")
  }

  @Test("A project in another folder is found by flag and by variable")
  func projectFolder() async throws {
    try folder.write("inner/weir.yml", "name: inner\n")
    try folder.write("inner/models/a.sql", "select 1 as id")
    #expect(await weir("ls", "--project-dir", "inner") == 0)
    #expect(await weir("ls", environment: ["DBT_PROJECT_DIR": "inner"]) == 0)
    #expect(output.text == "inner.a\ninner.a\n")
  }

  @Test("parse writes the manifest unless it is told not to")
  func parse() async throws {
    try writeProject()
    #expect(await weir("parse", "--no-write-json") == 0)
    #expect(!LocalFiles.exists(folder.path + "/target"))
    #expect(await weir("parse", "--target-path", "out") == 0)
    #expect(LocalFiles.exists(folder.path + "/out/manifest.json"))
    #expect(
      output.text == "Read 2 models in 0.00s; no problem found.\nRead 2 models in 0.00s; no problem found.\n")
  }

  @Test("An engine that does not open stops a build before anything is written")
  func noEngine() async throws {
    try writeProject()
    #expect(await weir("build") == 2)
    #expect(errors.text == "error[WEIR-E0501]: there is no engine in this test\n")
    #expect(!LocalFiles.exists(folder.path + "/target"))
  }

  @Test("debug tells what works and what does not, and fails with 1")
  func debug() async throws {
    try writeProject()
    #expect(await weir("debug") == 1)
    #expect(
      output.text.hasPrefix("Program\n  weir        1.2.3\n  engine      none\nProject\n  name        shop\n")
    )
    #expect(output.text.hasSuffix("  test        failed\n"))
    #expect(errors.text == "error[WEIR-E0501]: there is no engine in this test\n")
  }

  @Test("clean deletes the target folder and says so")
  func clean() async throws {
    try writeProject()
    try folder.write("target/run/a.sql")
    try folder.write("target/b.json")
    #expect(await weir("clean") == 0)
    #expect(await weir("clean") == 0)
    #expect(output.text == "Deleted target (2 files)\nNothing to delete.\n")
    try #expect(LocalFiles.names(in: folder.path) == ["models", "weir.yml"])
  }

  @Test("Variables of the command line must be a mapping")
  func vars() async throws {
    try writeProject()
    #expect(await weir("ls", "--vars", "5") == 2)
    #expect(
      errors.text.hasPrefix("error[WEIR-E0901]: --vars is no mapping but") && errors.text.contains("'5'"))
    #expect(await weir("ls", "--vars", "{\"a\": 1}") == 0)
  }

  @Test("Warnings count as errors when they are to")
  func warningsAsErrors() async throws {
    try writeProject()
    #expect(await weir("ls", "--select", "nothing_like_that") == 0)
    #expect(await weir("ls", "--select", "nothing_like_that", "--warn-error") == 2)
    #expect(errors.text.contains("error[WEIR-E0906]: 1 warning with --warn-error"))
  }
}
