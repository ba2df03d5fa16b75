import CommandTesting
import Connectors
import Diagnostics
import EngineCore
import Foundation
import Jinja
import Project
import Testing

@Suite("Loading what programs print")
struct ProgramTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func connection(_ type: ConnectionType, _ settings: [(String, DataValue)], secrets: [String] = [])
    -> ResolvedConnection
  {
    ResolvedConnection(
      name: "tool", type: type, settings: .dict(DataMap(settings)), root: folder.path,
      redactor: Redactor(secrets: secrets))
  }

  private func read(
    _ reader: any SourceReader, _ wanted: ReadRequest
  ) async throws -> (table: ReadTable, read: SourceRead) {
    try await DatabaseFixture(.duckdb, []).withSession { session in
      let read = try await reader.open(wanted, on: session)
      let table = try await session.run { engine in
        read.selects.isEmpty ? ReadTable(types: [], rows: []) : try DatabaseFixture.rows(read, engine)
      }
      return (table, read)
    }
  }

  @Test("NDJSON, CSV and TSV are read with their types; what a program says of errors is kept")
  func formats() async throws {
    for (format, text) in [
      ("ndjson", #"{"a":1,"b":"x"}\n{"a":2,"b":null}\n"#), ("csv", #"a,b\n1,x\n2,\n"#),
      ("tsv", #"a\tb\n1\tx\n2\t\n"#),
    ] {
      let reader = try CommandReader(
        connection(
          .command, [("command", .string("printf '\(text)'; echo careful >&2")), ("format", .string(format))]),
        spooling: folder.path + "/spool")
      let (table, read) = try await read(reader, request(format))
      #expect(
        table == ReadTable(types: ["BIGINT", "VARCHAR"], rows: [["1", "x"], ["2", nil]]), "\(format)")
      #expect(try read.logs.map { try String(contentsOfFile: $0, encoding: .utf8) } == ["careful\n"])
    }
  }

  @Test("a row of many megabytes does not hide how the others' times are written")
  func longRow() async throws {
    let (first, last) = (#"{"n":1,"at":"2026-01-02T10:00:00+02:00","s":{"d":"01-02-2026","t":""#, #""}}"#)
    let script = """
      printf '\(first)'; head -c 17000000 /dev/zero | tr '\\0' x; printf '\(last)\\n'
      printf '{"n":2,"at":"2026-01-02T11:00:00+02:00","s":{"d":"01-03-2026","t":"y"}}\\n'
      """
    let reader = try CommandReader(
      connection(.command, [("command", .string(script))]), spooling: folder.path + "/spool")
    let wanted = request("t")
    let read = try await DatabaseFixture(.duckdb, []).withSession { session in
      let read = try await reader.open(wanted, on: session)
      let select = read.selects.joined()
      let sql = "SELECT n, \"at\", s.d, length(s.t) AS length FROM (\(select))"
      return try await session.run { engine in try DatabaseFixture.rows(SourceRead(selects: [sql]), engine) }
    }
    #expect(
      read
        == ReadTable(
          types: ["BIGINT", "TIMESTAMP", "DATE", "BIGINT"],
          rows: [
            ["1", "2026-01-02 08:00:00", "2026-02-01", "17000000"],
            ["2", "2026-01-02 09:00:00", "2026-03-01", "1"],
          ]))
  }

  @Test("a program learns where the last load stopped, and gets its table's arguments as they are")
  func wishes() async throws {
    let script = #"printf '{"cursor":"%s","first":"%s","key":"%s"}\n' "$WEIR_CURSOR" "$0" "$KEY""#
    let reader = try CommandReader(
      connection(
        .command,
        [
          ("command", .list([.string("/bin/sh"), .string("-c"), .string(script)])),
          ("environment", .dict(DataMap([("KEY", .string("v"))]))),
        ]), spooling: folder.path + "/spool")
    var wanted = request("t")
    wanted.position = LoadPosition(cursor: "2026-01-01")
    wanted.table.settings = .dict(DataMap([("arguments", .list([.string("a b; $(x)")]))]))
    #expect(try await read(reader, wanted).table.rows == [["2026-01-01", "a b; $(x)", "v"]])
  }

  @Test("an exit code other than 0 fails the load, with the last lines of the errors and without secrets")
  func failure() async throws {
    let reader = try CommandReader(
      connection(
        .command, [("command", .string(#"echo '{"a":1}'; echo "bad token hunter2" >&2; exit 3"#))],
        secrets: ["hunter2"]), spooling: folder.path + "/spool")
    let failure = await #expect(throws: Diagnostic.self) { try await read(reader, request("t")) }
    #expect(failure?.code == .programFailed)
    #expect(failure?.message == "the program 'echo' ended with exit code 3")
    #expect(failure?.notes == ["it said: bad token *****"])
    let missing = try CommandReader(
      connection(.command, [("command", .list([.string("no-such-program")]))]),
      spooling: folder.path + "/spool")
    #expect(
      await #expect(throws: Diagnostic.self) { try await read(missing, request("t")) }?.message
        == "the program 'no-such-program' cannot be started")
  }

  @Test("a program that takes too long is ended")
  func timeout() async throws {
    let reader = try CommandReader(
      connection(
        .command, [("command", .list([.string("sleep"), .string("600")])), ("timeout", .string("100ms"))]),
      spooling: folder.path + "/spool")
    let failure = await #expect(throws: Diagnostic.self) { try await read(reader, request("t")) }
    #expect(failure?.message == "the program 'sleep' did not end within 0.1 s")
    #expect(failure?.isTransient == true)
  }

  /// A tap of the tests' own: two streams, the catalog's selection and the state heeded.
  private func tap() throws -> ResolvedConnection {
    let script = #"""
      import argparse, json, sys
      parser = argparse.ArgumentParser()
      for name in ("config", "catalog", "state"): parser.add_argument("--" + name)
      parser.add_argument("--discover", action="store_true")
      words = parser.parse_args()
      config = json.load(open(words.config))
      assert config["token"] == "hunter2", "no token"
      orders = {"type": "object", "properties": {"id": {"type": "integer"}, "at": {"type": ["null", "string"], "format": "date-time"},
        "price": {"type": ["null", "number"], "multipleOf": 0.01}, "tags": {"type": "array", "items": {"type": "string"}},
        "place": {"type": "object", "properties": {"city": {"type": "string"}}}}}
      streams = [{"tap_stream_id": name, "stream": name, "schema": orders, "metadata": [{"breadcrumb": [], "metadata": {"table-key-properties": ["id"]}}]}
        for name in ("orders", "other")]
      if words.discover:
        print(json.dumps({"streams": streams})); sys.exit()
      chosen = [s["stream"] for s in json.load(open(words.catalog))["streams"] if s["metadata"][0]["metadata"].get("selected")]
      start = json.load(open(words.state))["last"] if words.state else 0
      for name in chosen:
        print(json.dumps({"type": "SCHEMA", "stream": name, "schema": orders, "key_properties": ["id"]}))
        for number in range(start + 1, start + 3):
          print('{"type":"RECORD","stream":"%s","record":{"id":%d,"at":"2026-01-0%dT00:00:00Z","price":9007199254740993.25,"tags":["é"],"place":{"city":"X"}}}' % (name, number, number))
        print(json.dumps({"type": "STATE", "value": {"last": start + 2}}))
      print("read " + ", ".join(chosen), file=sys.stderr)
      """#
    try script.write(toFile: folder.path + "/tap.py", atomically: true, encoding: .utf8)
    return connection(
      .singer,
      [
        ("tap", .list([.string("python3"), .string("tap.py")])),
        ("config", .dict(DataMap([("token", .string("hunter2"))]))),
      ], secrets: ["hunter2"])
  }

  @Test("a Singer tap's stream arrives with the types it declares, and goes on from its state")
  func singer() async throws {
    let reader = try SingerReader(tap(), spooling: folder.path + "/spool")
    let (table, first) = try await read(reader, request("orders"))
    #expect(
      table.types == [
        "BIGINT", "TIMESTAMP WITH TIME ZONE", "DECIMAL(38,2)", "VARCHAR[]", "STRUCT(city VARCHAR)",
      ])
    #expect(
      table.rows == [
        ["1", "2026-01-01 00:00:00+00", "9007199254740993.25", "[é]", "{'city': X}"],
        ["2", "2026-01-02 00:00:00+00", "9007199254740993.25", "[é]", "{'city': X}"],
      ])
    #expect(first.state == #"{"last": 2}"#)
    var wanted = request("orders")
    wanted.position = LoadPosition(state: first.state)
    let (next, second) = try await read(reader, wanted)
    #expect(next.rows.map(\.first) == ["3", "4"])
    #expect(second.state == #"{"last": 4}"#)
  }

  @Test("a tap's streams are discovered with their keys, and one it does not have is told with its like")
  func discovery() async throws {
    let reader = try SingerReader(tap(), spooling: folder.path + "/spool")
    let found = try await DatabaseFixture(.duckdb, []).withSession { try await reader.discover(on: $0) }
    #expect(
      found == [
        SourceTableDescription(name: "orders", key: ["id"]),
        SourceTableDescription(name: "other", key: ["id"]),
      ])
    let missing = await #expect(throws: Diagnostic.self) { try await read(reader, request("order")) }
    #expect(missing?.message == "the tap of 'tool' has no stream 'order'")
    #expect(missing?.hint == "did you mean 'orders'?")
  }
}
