import Testing

@testable import Project

@Suite struct SQLTests {
  @Test(
    "Ephemeral models come before a statement's own expressions",
    arguments: [
      ("select 1", "with e as (\nS\n)\nselect 1"),
      ("with a as (select 1) select 2", "with e as (\nS\n), a as (select 1) select 2"),
      ("WITH RECURSIVE a as (select 1) select 2", "WITH RECURSIVE e as (\nS\n), a as (select 1) select 2"),
      ("with recursive as (select 1) select 2", "with e as (\nS\n), recursive as (select 1) select 2"),
      (
        "-- with x\n/* with /* y */ */ with a as (select 1) x",
        "-- with x\n/* with /* y */ */ with e as (\nS\n), a as (select 1) x"
      ),
      ("select 'with a' from \"with\"", "with e as (\nS\n)\nselect 'with a' from \"with\""),
    ])
  func injection(sql: String, expected: String) {
    #expect(CommonTableInjection.inject([("e", "S")], into: sql) == expected)
  }

  @Test("Several ephemeral models stand in their order")
  func several() {
    #expect(
      CommonTableInjection.inject([("a", "1"), ("b", "2")], into: "select 3")
        == "with a as (\n1\n), b as (\n2\n)\nselect 3")
  }

  @Test(
    "Semicolons at the end go, others stay",
    arguments: [
      ("select 1;", "select 1"), ("select ';' ; -- end;\n;", "select ';'  -- end;\n"),
      ("select 1", "select 1"),
      ("select 1; select 2", "select 1; select 2"), ("select $$;$$;", "select $$;$$"),
    ])
  func terminators(sql: String, expected: String) {
    #expect(CommonTableInjection.withoutTerminator(sql) == expected)
  }

  @Test(
    "Tokens are words, names, literals and signs",
    arguments: [
      ("a.b", ["a", ".", "b"]), ("\"a\"\"b\" 'c''d'", ["\"a\"\"b\"", "'c''d'"]),
      ("e'\\'' x", ["e'\\''", "x"]),
      ("$t$ ' $t$ $1", ["$t$ ' $t$", "$", "1"]), ("'open", ["'open"]), ("/* open", []),
      ("ä-- x\nß", ["ä", "ß"]),
    ])
  func tokens(sql: String, expected: [String]) {
    var scanner = SQLScanner(sql)
    var found: [String] = []
    while let token = scanner.next() { found.append(scanner.text(token)) }
    #expect(found == expected)
  }

  @Test(
    "Statements that begin or end a transaction are found where they are statements",
    arguments: [
      ("select 1; -- commit\n begin; x", ["BEGIN"]), ("select '; commit' as \"; end\"", []),
      ("Start Transaction; select 1; COMMIT;", ["START", "COMMIT"]), ("select case when a then b end", []),
    ])
  func transactionControl(sql: String, expected: [String]) {
    #expect(TransactionControl.statements(in: sql) == expected)
    #expect(TransactionControl.leavesOpen([sql]) == (expected == ["BEGIN"]))
    #expect(!TransactionControl.leavesOpen([sql, "rollback"]))
  }
}
