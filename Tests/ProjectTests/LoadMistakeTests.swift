import Diagnostics
import Testing

@testable import Project

@Suite("Mistakes in loads and connections")
struct LoadMistakeTests {
  private func complaints(_ files: [String: String], home: [String: String] = [:]) async throws -> [String] {
    let project = try TemporaryProject(["weir.yml": "name: shop\n"].merging(files) { _, new in new })
    let person = try TemporaryProject(home)
    return await project.problems { $0.environment = ["HOME": person.root] }.map {
      let hint = $0.hint.map { " | \($0)" } ?? ""
      return "\($0.span?.description ?? "-"): \($0.message)\(hint)"
    }
  }

  /// Compares line by line, and shows what was said if it is not what was expected.
  private func expect(
    _ actual: [String], _ expected: [String], sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let text = actual.joined(separator: "\n")
    #expect(text == expected.joined(separator: "\n"), sourceLocation: sourceLocation)
  }

  private func complaints(table: String) async throws -> [String] {
    let text = "loads:\n- name: x\n  from: data/\n  tables:\n  - {name: t, \(table)}"
    return try await complaints(["loads/x.yml": text]).map {
      $0.replacing("loads/x.yml:5:", with: "").replacing("table 't' of load 'x'", with: "T")
    }
  }

  @Test("paths into JSON are read before anything runs")
  func paths() async throws {
    let connections = """
      connections:
        api:
          type: rest
          base_url: https://example.org
          paginator: {type: cursor, cursor_path: "next..id"}
      """
    let load = """
      loads:
        - name: x
          from: api
          tables:
            - {name: t, data_selector: "data[*"}
            - {name: u, data_selector: "$.data[*]['a.b'][-1]"}
      """
    expect(
      try await complaints(["loads/x.yml": load, "connections.yml": connections]),
      [
        "connections.yml:5:44: 'cursor_path' of 'paginator' of connection 'api' is no path: next..id | \(JSONPath.hint)",
        "loads/x.yml:5:34: 'data_selector' of table 't' of load 'x' is no path: data[* | \(JSONPath.hint)",
      ])
  }

  @Test("all problems of a file are told at once, with their places")
  func atOnce() async throws {
    let text = """
      version: 2
      lodas: []
      loads:
        - name: a b
          from: data/*.csv
          tabels: []
          tables:
            - name: t
              wriet: merge
            - name: T
              write: upsert
            - from: x.csv
        - from: data
        - name: c
          from: shopdb
          naming: camel
          shema: x
          tables: [{name: t, nestd: keep}]
      """
    let connections = "connections: {shop_db: {type: sqlite, path: x.db}}"
    expect(
      try await complaints(["loads/x.yml": text, "connections.yml": connections]),
      [
        "loads/x.yml:1:10: 'version' of a file of loads must be 1, not 2",
        "loads/x.yml:2:1: a file of loads has no setting 'lodas' | did you mean 'loads'?",
        "loads/x.yml:6:5: load 'a b' has no setting 'tabels' | did you mean 'tables'?",
        "loads/x.yml:4:11: 'a b' cannot be the name of a load | use letters, digits, underscores and dashes, and no digit first",
        "loads/x.yml:9:9: table 't' of load 'a b' has no setting 'wriet' | did you mean 'write'?",
        "loads/x.yml:11:16: 'write' of table 'T' of load 'a b' cannot be 'upsert' | it is one of: append, replace, merge, scd2",
        "loads/x.yml:12:9: a table of load 'a b' does not say its 'name' | 'name': the table's name in the warehouse, or a pattern such as `sales_*`",
        "loads/x.yml:10:9: the tables 't' and 'T' of load 'a b' are one in the warehouse | rename one of them",
        "loads/x.yml:13:11: a load reads from 'data', which is no connection | declare it in connections.yml, or write a URL or a path such as 'data/*.csv'",
        "loads/x.yml:13:5: a load does not say its 'name' | 'name': the name: its tables are source('<name>', …)",
        "loads/x.yml:13:5: a load does not say its 'tables' | 'tables': what it loads",
        "loads/x.yml:15:11: load 'c' reads from 'shopdb', which is no connection | did you mean 'shop_db'?",
        "loads/x.yml:16:13: 'naming' of load 'c' cannot be 'camel' | it is one of: snake_case, keep",
        "loads/x.yml:17:5: load 'c' has no setting 'shema' | did you mean 'schema'?",
        "loads/x.yml:18:24: table 't' of load 'c' has no setting 'nestd' | did you mean 'nested'?",
      ])
  }

  @Test("rules of keys, cursors and columns")
  func rules() async throws {
    expect(
      try await complaints(table: "write: merge"),
      [
        "22: T does not say its 'key', which 'merge' needs | 'key': the columns that identify a row"
      ])
    expect(
      try await complaints(table: "cursor: at, lookback: -1"),
      [
        "23: T has a cursor, but 'replace' reads everything each time | write 'write: append' or "
          + "'write: merge', or leave the cursor out", "37: 'lookback' of T must not be negative",
      ])
    expect(
      try await complaints(table: "lookback: soon"),
      [
        "25: 'lookback' of T must be a duration such as '30s' or '2 hours'",
        "25: T has 'lookback' but no 'cursor' | 'cursor': the column whose growing values tell what is new",
      ])
    expect(
      try await complaints(table: "select: [a, A], exclude: b"),
      [
        "23: 'select' of T names 'A' twice",
        "40: T has both 'select' and 'exclude' | keep 'select': what it does not name is left out anyway",
      ])
    expect(
      try await complaints(table: "write: merge, key: k, exclude: [k]"),
      [
        "46: T leaves out 'k', which is its key"
      ])
    expect(
      try await complaints(table: "delete: {when: gone, column: x}"),
      [
        "23: T has 'delete', which 'replace' cannot do | leave rows out with 'where'",
        "23: 'delete' of T has a column, but does not mark rows | add 'mode: soft'",
      ])
    expect(
      try await complaints(table: "validity: {from: a}"),
      [
        "25: T has 'validity', which only 'scd2' knows | write 'write: scd2', or leave it out"
      ])
    expect(
      try await complaints(table: "write: scd2, key: valid_to, filename: VALID_FROM"),
      [
        "5: 'validity' and 'filename' of T both name the column 'valid_from' | give one of them another name",
        "5: 'validity' and 'key' of T both name the column 'valid_to' | give one of them another name",
      ])
  }

  @Test("a property of a table that no source has is an error here")
  func properties() async throws {
    expect(
      try await complaints(table: "columns: [{name: a, typ: int}]"),
      [
        "35: column 'a' of source 'x.t' has no key 'typ' | own values belong under 'config.meta'"
      ])
  }

  @Test("names: patterns, Weir's own, one table twice, one load twice, two writers of one table")
  func names() async throws {
    let text = """
      loads:
      - {name: x, from: data/, tables: [{name: a*, from: b}, {name: _weir_loads}]}
      - {name: x, from: data/, tables: [{name: c}]}
      - {name: y, from: a.db, schema: main, tables: [{name: m}, {name: n, from: "p*"}]}
      - {name: z, from: nowhere, tables: [{name: m}]}
      """
    expect(
      try await complaints(["loads/x.yml": text, "models/m.sql": "select {{ 1 }}"]),
      [
        "loads/x.yml:2:52: table 'a*' of load 'x' is a pattern, but its 'from' is not | leave 'from' out, or write a pattern there too",
        "loads/x.yml:2:63: table '_weir_loads' of load 'x' has a name that is Weir's own | tables that begin with '_weir_' hold the state of loads",
        "loads/x.yml:4:75: table 'n' of load 'y' reads a pattern of tables into one | write a pattern as its name too: each table of the source then has one of its own",
        "loads/x.yml:5:19: load 'z' reads from 'nowhere', which is no connection | declare it in connections.yml, or write a URL or a path such as 'data/*.csv'",
        "loads/x.yml:3:3: two loads are called 'x' | rename one of them",
        "loads/x.yml:4:48: the load 'y' and the model 'm' both write to shop.main.m | give the load another schema, or one of them another name",
      ])
  }

  @Test("connections: unknown keys and types, secrets in plain text, names, both files")
  func connections() async throws {
    let text = """
      connections:
        shop: {type: postgres, hots: db, password: abc, port: 99999}
        2nd: {type: postgre}
        web: {type: http, url: "https://x/?token=abc", headers: {Authorization: Bearer abc, X-Id: "7"}}
        lite: {type: sqlite}
        fine: {type: s3, secret: "{{ secret('command:pass show s3') }}", key_id: "{{ env_var('ID') }}"}
      """
    expect(
      try await complaints(["connections.yml": text]),
      [
        "connections.yml:2:26: connection 'shop' has no setting 'hots' | did you mean 'host'?",
        "connections.yml:2:46: 'password' of connection 'shop' is written as plain text | SECRET",
        "connections.yml:2:57: 'port' of connection 'shop' must be from 1 to 65535, not 99999",
        "connections.yml:3:3: '2nd' cannot be the name of a connection | use letters, digits, underscores and dashes, and no digit first",
        "connections.yml:3:15: 'type' of connection '2nd' cannot be 'postgre' | did you mean 'postgres'?",
        "connections.yml:4:26: 'token' in 'url' of connection 'web' is written as plain text | SECRET",
        "connections.yml:4:75: 'Authorization' in 'headers' of connection 'web' is written as plain text | SECRET",
        "connections.yml:5:9: connection 'lite' does not say its 'path' | 'path': the database file",
      ].map { $0.replacing("SECRET", with: PlainSecrets.hint) })
  }

  @Test("a person's own connections are read too, and are not in the way of projects without loads")
  func home() async throws {
    let home = [".weir/connections.yml": "connections: {mine: {type: sqlite, path: x.db}, bad: {}}"]
    #expect(try await complaints([:], home: home).count == 1)
    let load = "loads: [{name: a, from: mine, tables: [{name: t}]}]"
    expect(
      try await complaints(["loads/a.yml": load], home: home),
      [
        "~/.weir/connections.yml:1:54: connection 'bad' does not say its 'type' | it is one of: files, s3, "
          + "gcs, azure, http, postgres, mysql, sqlite, duckdb, odbc, rest, command, singer"
      ])
  }
}
