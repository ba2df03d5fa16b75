import Checks
import Diagnostics
import EngineCore
import Jinja
import Project
import Testing

/// Standard SQL.
private struct PlainDialect: Dialect {
  let name = "plain"
}

@Suite("The SQL of checks")
struct CheckStatementTests {
  private func check(_ change: (inout NodeConfig) -> Void = { _ in }) -> Node {
    var config = NodeConfig(materialization: .check, values: .none)
    change(&config)
    var node = Node(
      id: NodeID(.check, "shop", "t"), resourceType: .check, name: "t", package: "shop", path: "t.sql",
      originalPath: "tests/t.sql", fqn: ["shop", "t"], span: SourceSpan(file: "tests/t.sql", line: 1),
      config: config, code: "", checksum: "")
    node.check = .singular
    return node
  }

  private func statement(
    _ sql: String = "select 1", _ change: (inout NodeConfig) -> Void = { _ in }
  ) throws -> CheckStatement {
    try CheckStatement(node: check(change), compiledSQL: sql, dialect: PlainDialect())
  }

  @Test("the count of failures and its comparisons come from one query of one row")
  func evaluation() throws {
    #expect(
      try statement("select * from t -- the end\n; \n").evaluationSQL == """
        select
          count(*) as failures,
          count(*) != 0 as should_warn,
          count(*) != 0 as should_error
        from (
        select * from t -- the end
        ) dbt_internal_test
        """)
  }

  @Test("fail_calc, warn_if, error_if and limit shape the query")
  func configured() throws {
    let statement = try statement("select n from t") {
      $0.failureCalculation = "sum(n)"
      $0.warnIf = "> 5"
      $0.errorIf = "between 10 and 20"
      $0.limit = 7
    }
    #expect(
      statement.evaluationSQL == """
        select
          sum(n) as failures,
          sum(n) > 5 as should_warn,
          sum(n) between 10 and 20 as should_error
        from (
        select *
        from (
        select n from t
        ) dbt_internal_limited
        limit 7
        ) dbt_internal_test
        """)
  }

  @Test("a sample of the failing rows honours the smaller limit")
  func failingRows() throws {
    let limited = try statement { $0.limit = 3 }
    #expect(
      limited.failingRowsSQL(limit: 100) == "select *\nfrom (\nselect 1\n) dbt_internal_test\nlimit 3")
    #expect(limited.failingRowsSQL(limit: 2).hasSuffix("limit 2"))
    #expect(try statement().failingRowsSQL(limit: 100).hasSuffix("limit 100"))
  }

  @Test("failures are stored as a table or a view, with names quoted")
  func storing() throws {
    let relation = Relation(schema: "main_dbt_test__audit", identifier: "odd \"name\"")
    #expect(
      try statement().storeSQL(into: relation)
        == "CREATE OR REPLACE TABLE \"main_dbt_test__audit\".\"odd \"\"name\"\"\" AS (\nselect 1\n)")
    #expect(
      try statement("select 1") { $0.storesFailuresAs = .view }.storeSQL(into: relation)
        .hasPrefix("CREATE OR REPLACE VIEW "))
    #expect(
      try statement().evaluationSQL(ofStored: relation)
        .contains("from (\nselect *\nfrom \"main_dbt_test__audit\".\"odd \"\"name\"\"\"\n) dbt_internal_test")
    )
  }

  @Test(
    "thresholds may be any comparison with numbers",
    arguments: [
      "!= 0", ">10", " >= 1.5 ", "<> -3", "== 0", "=0", "<= .5", "between 1 and 5", "NOT BETWEEN 1 AND 5",
      "in (1, 2,3)", "not in (0)", "is null", "is not null", "< +7",
    ])
  func thresholds(_ text: String) throws {
    _ = try statement { $0.warnIf = text }
    _ = try statement { $0.errorIf = text }
  }

  @Test(
    "anything else as a threshold is refused",
    arguments: [
      "", "10", "> ", "> ten", "> 10; drop table t", "> 10 or true", "> 1 -- x", "between 1", "in ()",
      "in (1",
      "is", "not 5", "> 1 2", "> (select 1)", "!! 0", "> .", "> 1e3",
    ])
  func badThresholds(_ text: String) {
    let thrown = #expect(throws: Diagnostic.self) { try statement { $0.errorIf = text } }
    #expect(thrown?.code == .badThreshold)
    #expect(thrown?.message == "'\(text)' as error_if of 't' is not a comparison with a number")
    #expect(thrown?.span == SourceSpan(file: "tests/t.sql", line: 1))
    #expect(throws: Diagnostic.self) { try statement { $0.warnIf = text } }
  }
}

@Suite("Verdicts")
struct VerdictTests {
  @Test("an error counts only with severity error; otherwise what would warn, warns")
  func rules() throws {
    func judge(_ warn: Bool, _ error: Bool, _ severity: CheckSeverity) throws -> Verdict {
      try Verdict.verdict(failures: 3, shouldWarn: warn, shouldError: error, severity: severity)
    }
    #expect(try judge(false, false, .error) == .pass)
    #expect(try judge(true, true, .error) == .fail(failures: 3))
    #expect(try judge(false, true, .error) == .fail(failures: 3))
    #expect(try judge(true, false, .error) == .warn(failures: 3))
    #expect(try judge(true, true, .warn) == .warn(failures: 3))
    #expect(try judge(false, true, .warn) == .pass)
  }

  @Test("a result that says nothing is a diagnostic with advice")
  func nothing() {
    let thrown = #expect(throws: Diagnostic.self) {
      try Verdict.verdict(failures: nil, shouldWarn: nil, shouldError: nil, severity: .error)
    }
    #expect(thrown?.code == .noVerdict)
    #expect(thrown?.hint?.contains("coalesce") == true)
  }

  @Test("verdicts are told in dbt's words")
  func words() {
    var config = NodeConfig(materialization: .check, values: .none)
    config.warnIf = "> 0"
    #expect(Verdict.fail(failures: 1).message(config) == "Got 1 result, configured to fail if != 0")
    #expect(Verdict.warn(failures: 20).message(config) == "Got 20 results, configured to warn if > 0")
    #expect(Verdict.pass.message(config) == nil)
    #expect([Verdict.pass.failures, Verdict.fail(failures: 4).failures] == [0, 4])
  }
}
