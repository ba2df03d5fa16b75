import Diagnostics
import EngineCore
import Foundation
import Planner
import Project
import StateStore
import Testing

@testable import Runner

@Suite("Doing only what changed")
struct ChangeTests {
  let fixture: Fixture
  let state: StateStore

  init() throws {
    fixture = try Fixture()
    state = try StateStore(path: fixture.root + "/state.sqlite")
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids"])
    fixture.model("totals", "SELECT count(*) AS n FROM orders", after: ["orders"], reads: ["orders"])
    fixture.check("ids", "SELECT * FROM orders WHERE id IS NULL", reads: ["orders"])
  }

  /// A run that asks for changes alone, and records how it left the database if it ends well.
  @discardableResult
  private func run(onlyChanges: Bool = true, isFullRefresh: Bool = false, ends: Bool = true) async throws
    -> RunResult
  {
    var target = fixture.project.target
    target.profile.settings["path"] = .text("shop.duckdb")
    let invocation = fixture.invocation(isFullRefresh: isFullRefresh)
    let databases = try DatabaseWatch(target, state, run: invocation.id)
    try databases.begin(state)
    let result = try await fixture.driver(
      isFullRefresh: isFullRefresh, state: state, onlyChanges: onlyChanges, databases: databases
    ).run()
    #expect(result.keptRecords)
    if ends { try databases.end(state, run: invocation.id, isRenewed: result.mayHaveWritten) }
    return result
  }

  @Test("what was built is left alone, and says since when it is as it is")
  func keeps() async throws {
    let first = try await run(onlyChanges: false)
    #expect(first.nodes.map(\.status) == [.success, .success])
    let second = try await run()
    #expect(second.all.map(\.status) == [.upToDate, .upToDate, .upToDate])
    #expect(second.all.allSatisfy { $0.upToDateSince != nil && $0.compiledSQL == nil })
    #expect(second.status == .succeeded)
  }

  @Test("a changed model is built with its checks, and what reads it after it")
  func builds() async throws {
    try await run()
    fixture.model("orders", "SELECT 2 AS id", checks: ["ids"])
    fixture.model("totals", "SELECT count(*) AS n FROM orders", after: ["orders"], reads: ["orders"])
    let result = try await run()
    #expect(result.all.map(\.status) == [.success, .pass, .success])
    #expect(
      result.nodes.map(\.reason) == ["its code changed", "the definition of something upstream changed"])
  }

  @Test("a check that failed keeps its model from being up to date")
  func failing() async throws {
    fixture.nodes.removeAll { $0.name == "ids" }
    fixture.check("ids", "SELECT * FROM orders", reads: ["orders"])
    for _ in 0..<2 {
      let result = try await run()
      #expect(result.all.map(\.status) == [.error, .fail, .skipped])
      #expect(result.nodes[0].reason == "no earlier success is known")
    }
  }

  @Test("a check that was added runs against what is live, and stops what is downstream if it fails")
  func addedCheck() async throws {
    try await run()
    fixture.model("orders", "SELECT 1 AS id", checks: ["ids", "more"])
    fixture.model("totals", "SELECT count(*) AS n FROM orders", after: ["orders"], reads: ["orders"])
    fixture.check("more", "SELECT * FROM orders", reads: ["orders"])
    for _ in 0..<2 {
      let result = try await run()
      #expect(result.all.map(\.status) == [.upToDate, .upToDate, .fail, .skipped])
      #expect(result.status == .failed)
    }
    fixture.nodes.removeAll { $0.name == "more" }
    fixture.check("more", "SELECT * FROM orders WHERE id > 1", reads: ["orders"])
    #expect(try await run().all.map(\.status) == [.upToDate, .upToDate, .pass, .upToDate])
    #expect(try await run().all.map(\.status) == [.upToDate, .upToDate, .upToDate, .upToDate])
  }

  @Test("after a run that did not end nothing is taken for up to date")
  func killed() async throws {
    try await run()
    try await run(ends: false)
    let result = try await run()
    #expect(result.nodes.map(\.status) == [.success, .success])
    #expect(
      result.nodes[0].reason == "something else wrote to the database 'shop', or a run of it was killed")
    #expect(try await run().nodes.map(\.status) == [.upToDate, .upToDate])
  }

  @Test("a file that somebody else wrote to is not trusted")
  func others() async throws {
    try await run()
    try await fixture.execute("UPDATE orders SET id = 7; CHECKPOINT")
    #expect(try await run().nodes.map(\.status) == [.success, .success])
    #expect(try await fixture.rows("SELECT id FROM orders") == [["1"]])
  }

  @Test("--full-refresh builds everything")
  func fullRefresh() async throws {
    try await run()
    let result = try await run(isFullRefresh: true)
    #expect(result.nodes.map(\.reason) == ["--full-refresh was given", "--full-refresh was given"])
  }

  @Test("a record is gone before its model changes, and stays gone if the model fails")
  func forgets() async throws {
    try await run()
    fixture.model("orders", "SELECT nope", checks: ["ids"])
    _ = try await run()
    #expect(try state.publications(target: "dev").map(\.node) == ["model.shop.totals"])
  }

  @Test("a query's clock, its chance and what the project does not know keep it from being up to date")
  func unsteady() async throws {
    fixture.steps = []
    fixture.nodes = []
    fixture.model("clock", "SELECT now() AS t")
    fixture.model("chance", "SELECT random() AS t")
    fixture.model("stranger", "SELECT * FROM other")
    fixture.model("steady", "SELECT upper('a') AS t, sum(1) AS n, [1, 2] AS l")
    try await fixture.execute("CREATE TABLE other AS SELECT 1 AS id")
    try await run()
    let result = try await run()
    #expect(result.nodes.map(\.status) == [.success, .success, .success, .upToDate])
    #expect(
      result.nodes.map(\.reason) == [
        "it uses now()", "it uses random()", "it reads 'other' by a name that the project does not know", nil,
      ])
  }

  @Test("a dropped relation is built again")
  func dropped() async throws {
    fixture.onRunStart = [Hook(sql: "DROP TABLE IF EXISTS totals")]
    try await run()
    let result = try await run()
    #expect(result.nodes.map(\.status) == [.upToDate, .success])
    #expect(result.nodes[1].reason == "what it made is not in the warehouse any more")
  }

  // MARK: - Runs that would do nothing

  /// What holds of a run's evidence now, with an environment.
  private func holds(_ result: RunResult, _ environment: [String: String] = [:]) throws -> Bool {
    var target = fixture.project.target
    target.profile.settings["path"] = .text("shop.duckdb")
    let databases = try DatabaseWatch(target, state, run: "next")
    let standing = try #require(result.standing)
    return standing.evidence.holds(root: fixture.root, environment: environment, databases)
  }

  @Test("a run after which nothing is left to do says what the next one would tell, and until when")
  func standing() async throws {
    let first = try await run(onlyChanges: false)
    #expect(first.standing?.results.map(\.node.rawValue) == ["model.shop.orders", "model.shop.totals"])
    let second = try await run()
    let told = second.standing?.results.flatMap { [$0] + $0.audits } ?? []
    #expect(told.map(\.node) == second.all.map(\.node))
    #expect(told.map(\.message) == second.all.map(\.message))
    #expect(told.map(\.upToDateSince) == second.all.map(\.upToDateSince))
    #expect(try holds(second))
    try await fixture.execute("UPDATE orders SET id = 7; CHECKPOINT")
    #expect(try !holds(second))
  }

  @Test("a run after which the same run would do something leaves nothing to stand on")
  func notStanding() async throws {
    fixture.model("clock", "SELECT now() AS t")
    #expect(try await run().standing == nil)
    fixture.nodes.removeAll { $0.name == "clock" }
    fixture.steps.removeAll { $0.node == fixture.id("clock") }
    #expect(try await run().standing != nil)
    #expect(try await run(isFullRefresh: true).standing == nil)
    fixture.onRunEnd = [Hook(sql: "SELECT 1")]
    #expect(try await run().standing == nil)
    fixture.onRunEnd = []
    fixture.model("totals", "SELECT 1 AS id", after: ["orders"]) { config in
      config.postHooks = [Hook(sql: "DROP TABLE orders")]
    }
    #expect(try await run().standing == nil)
    fixture.nodes.removeAll { $0.name == "ids" }
    fixture.check("ids", "SELECT * FROM orders", reads: ["orders"])
    #expect(try await run().standing == nil)
  }

  @Test("a database that is no file leaves nothing to stand on")
  func unwatched() async throws {
    let invocation = fixture.invocation()
    let databases = try DatabaseWatch(fixture.project.target, state, run: invocation.id)
    let result = try await fixture.driver(state: state, databases: databases).run()
    #expect(result.status == .succeeded && result.standing == nil)
  }

  @Test("evidence fails with each thing that it names, and with nothing else")
  func evidence() throws {
    let watch = DatabaseWatch(fixture.project.target)
    func holds(_ evidence: StandingEvidence, _ environment: [String: String] = [:]) -> Bool {
      evidence.holds(root: fixture.root, environment: environment, watch)
    }
    let path = fixture.root + "/rows.csv"
    var files = StandingEvidence()
    #expect(holds(files))
    files.watch(path)
    #expect(holds(files))
    try Data("a".utf8).write(to: URL(fileURLWithPath: path))
    #expect(!holds(files))
    var sources = StandingEvidence()
    sources.sources = [
      .init(name: "'rows.csv'", state: SourceFiles.version(of: "'rows.csv'", root: fixture.root))
    ]
    #expect(holds(sources))
    try Data("b".utf8).write(to: URL(fileURLWithPath: path))
    #expect(!holds(sources))
    var variables = StandingEvidence()
    variables.use(["A", "B"], in: ["A": "1", "C": "2"])
    #expect(holds(variables, ["A": "1", "C": "3"]))
    #expect(!holds(variables, ["A": "1", "B": ""]))
    #expect(!holds(variables, ["A": "2"]))
    var databases = StandingEvidence()
    databases.databases = ["shop"]
    #expect(!holds(databases))
  }

  @Test("sources that are files are as old as the files, patterns among them")
  func files() throws {
    let folder = fixture.root + "/data"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data("a".utf8).write(to: URL(fileURLWithPath: folder + "/a.csv"))
    func version(_ expression: String) -> String? { SourceFiles.version(of: expression, root: fixture.root) }
    let one = version("'data/a.csv'")
    let all = version("read_csv('data/*.csv', delim = ',')")
    #expect(one != nil && all != nil && version("'data/a.csv'") == one)
    try Data("b".utf8).write(to: URL(fileURLWithPath: folder + "/b.csv"))
    #expect(version("'data/a.csv'") == one)
    #expect(version("read_csv('data/*.csv', delim = ',')") != all)
    try Data("c".utf8).write(to: URL(fileURLWithPath: folder + "/a.csv"))
    #expect(version("'data/a.csv'") != one)
    #expect(version("'s3://bucket/a.csv'") == nil)
    #expect(version("'data/none.csv'") == nil)
    #expect(version("postgres_scan('host=x', 'a', 'b')") == nil)
  }
}
