import Diagnostics
import DuckDBEngine
import EngineCore
import Foundation
import Jinja
import Tabular
import Testing

@testable import Connectors
@testable import Project

@Suite("REST as a source of loads")
struct ReaderTests {
  private func withReader(
    _ server: TestServer, _ settings: [(String, DataValue)] = [],
    _ body: (RESTReader, any Session) async throws -> Void
  ) async throws {
    let all = [("base_url", .string(server.base)), ("retry", ["base_delay": "1ms"])] + settings
    let connection = ResolvedConnection(
      name: "shop", type: .rest, settings: .dict(DataMap(all)), redactor: Redactor(secrets: ["hush"]))
    let engine = try DuckDBEngine(path: nil, configuration: ["threads": "2"])
    let session = try await engine.makeSession()
    try await TestFolder.with { folder in
      try await body(try RESTReader(connection, spooling: folder), session)
    }
    await session.close()
    await engine.close()
  }

  private func table(_ name: String, _ from: String, _ settings: DataValue) -> LoadTable {
    var table = LoadTable(name: name, from: from, span: SourceSpan(file: "loads/shop.yml", line: 3))
    table.settings = settings
    return table
  }

  private func rows(_ read: SourceRead, _ sql: String, _ session: any Session) async throws -> [[Scalar]] {
    let select = sql.replacing("$", with: "(\(read.selects.joined(separator: " UNION ALL ")))")
    return try await session.run { try $0.query(select).rows }
  }

  @Test("a table's rows reach the engine with exact types, and its children with their parent's fields")
  func reading() async throws {
    try await TestServer.with { server in
      try await withReader(server) { reader, session in
        var page = table(
          "rows", "page",
          [
            "data_selector": "data", "params": ["total": 250],
            "paginator": ["type": "page_number", "base_page": 1],
          ])
        page.columnTypes = [("amount", "DECIMAL(38, 19)")]
        let read = try await reader.open(ReadRequest(table: page), on: session)
        let found = try await rows(
          read,
          "SELECT count(*), sum(big)::VARCHAR, typeof(any_value(big)), max(amount::DECIMAL(38, 19))::VARCHAR, "
            + "typeof(any_value(nested)), count(DISTINCT id) FROM $", session)
        let sum = (0..<250).reduce(0) { $0 + 9_007_199_254_740_993 + $1 }
        #expect(
          found == [
            [
              .integer(250), .text(String(sum)), .text("BIGINT"), .text("249.1234567890123456789"),
              .text("STRUCT(list JSON[], empty JSON)"), .integer(250),
            ]
          ])
        #expect(read.isComplete && read.bytes ?? 0 > 40_000)

        let orders = table("orders", "orders", ["data_selector": "orders"])
        _ = try await reader.open(ReadRequest(table: orders), on: session)
        let items = table(
          "items", "orders/{orders.id}/items",
          [
            "paginator": ["type": "page_number", "base_page": 1], "include_from_parent": ["code"],
            "response_actions": [["status_code": 404, "action": "ignore"]],
          ])
        let children = try await reader.open(ReadRequest(table: items), on: session)
        let counted = try await rows(
          children, #"SELECT count(*), count(*) FILTER (_orders_code = 'a/b ' || "order") FROM $"#, session)
        #expect(counted == [[.integer(42), .integer(42)]])
      }
    }
  }

  private func request(_ name: String, _ from: String, after earlier: [String]) -> ReadRequest {
    var request = ReadRequest(table: table(name, from, [:]))
    request.earlierTables = earlier
    return request
  }

  @Test("a child that is opened first waits for its parent, and hears of its failure")
  func waiting() async throws {
    try await TestServer.with { server in
      try await withReader(server) { reader, session in
        let customers = request("customers", "customers/{orders.customer}", after: ["orders"])
        let child = Task { try await reader.open(customers, on: session) }
        let orders = table("orders", "orders", ["data_selector": "orders"])
        _ = try await reader.open(ReadRequest(table: orders), on: session)
        let count = try await rows(try await child.value, "SELECT count(*) FROM $", session)
        #expect(count == [[.integer(2)]])

        let orphan = request("x", "customers/{broken.id}", after: ["broken"])
        let left = Task { try await reader.open(orphan, on: session) }
        let broken = request("broken", "nothing", after: [])
        await #expect(throws: Diagnostic.self) { try await reader.open(broken, on: session) }
        let found = await #expect(throws: Diagnostic.self) { try await left.value }
        #expect(found?.message == "'broken', whose rows are asked for, could not be read")
        #expect(found?.span == SourceSpan(file: "loads/shop.yml", line: 3))

        let waiting = request("y", "customers/{never.id}", after: ["never"])
        let late = Task { try await reader.open(waiting, on: session) }
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
      }
    }
  }

  @Test("the position, less the lookback, becomes a parameter, and a source without rows has no selects")
  func positions() async throws {
    try await TestServer.with { server in
      try await withReader(server) { reader, session in
        var echo = table(
          "echo", "echo",
          [
            "data_selector": "path",
            "incremental": ["start_param": "since", "end_param": "to", "format": "iso8601"],
          ])
        echo.cursor = CursorRule(column: "at", lookback: 3600, initial: "2026-01-01")
        var request = ReadRequest(table: echo)
        func asked() async throws -> (Scalar?, Bool) {
          let read = try await reader.open(request, on: session)
          return (try await rows(read, "SELECT value FROM $", session).first?.first, read.isComplete)
        }
        #expect(try await asked() == (.text("/echo?since=2026-01-01T00%3A00%3A00Z"), true))
        request.position = LoadPosition(cursor: "2026-02-03 04:05:06.5", cursorType: "TIMESTAMP")
        #expect(try await asked() == (.text("/echo?since=2026-02-03T03%3A05%3A06.500000Z"), false))
        request.position = LoadPosition(
          cursor: "2026-02-03 04:05:06.5+02", cursorType: "TIMESTAMP WITH TIME ZONE")
        #expect(try await asked() == (.text("/echo?since=2026-02-03T01%3A05%3A06.500000Z"), false))
        request.since = "2025-05-05"
        request.until = "2025-06-06"
        #expect(
          try await asked() == (
            .text("/echo?since=2025-05-05T00%3A00%3A00Z&to=2025-06-06T00%3A00%3A00Z"), false
          ))
        let empty = table(
          "none", "page",
          ["data_selector": "data", "params": ["total": 0, "page": 1], "paginator": "single_page"])
        let read = try await reader.open(ReadRequest(table: empty), on: session)
        #expect(read.selects == [] && read.isComplete)
      }
    }
  }

  @Test("a connection is tested by a request, and only a refusal or silence counts against it")
  func testing() async throws {
    try await TestServer.with { server in
      try await withReader(server) { reader, session in
        let tables = try await reader.discover(on: session)
        #expect(tables == [])
      }
      let paths = ["auth/bearer": DiagnosticCode.sourceAuthentication, "nothing": .sourceRefused]
      for (path, code) in paths {
        try await withReader(server, [("test_path", .string(path))]) { reader, session in
          let found = await #expect(throws: Diagnostic.self) { try await reader.discover(on: session) }
          #expect(found?.code == code)
        }
      }
    }
  }

  @Test("settings that Jinja or a path spoils are told with the table's place")
  func spoiled() async throws {
    try await TestServer.with { server in
      try await withReader(server) { reader, session in
        let cases: [(DataValue, String)] = [
          (["data_selector": "a..b"], "'data_selector' of table 't' is no path: a..b"),
          (
            ["paginator": ["type": "cursor", "cursor_path": "$["]],
            "'cursor_path' of 'paginator' of table 't' is no path: $["
          ),
          (
            ["paginator": ["type": "offset", "offset_param": "o", "offset_body_path": "x"]],
            "'offset_body_path' of 'paginator' of table 't' and 'offset_param' cannot both be there"
          ),
          (["incremental": ["format": "%Q"]], "'format' of 'incremental' of table 't' is no format: %Q"),
          (["json": ["a": 1]], "'json' of table 't' needs 'method: POST': a GET request has no body"),
          (["params": ["a": ["b": 1]]], "'params' of table 't' has no text under 'a'"),
          (["include_from_parent": ["x"]], "'t' has 'include_from_parent', and no parent"),
          (
            ["paginator": ["type": "offset", "stop_after_short_page": true]],
            "'stop_after_short_page' of 'paginator' of table 't' needs a 'limit': how many rows a full page has"
          ),
        ]
        for (settings, message) in cases {
          let found = await #expect(throws: Diagnostic.self) {
            try await reader.open(ReadRequest(table: table("t", "echo", settings)), on: session)
          }
          #expect(found?.message == message)
        }
      }
    }
    let bad = ResolvedConnection(
      name: "shop", type: .rest, settings: ["base_url": "https://me:hush@x/"],
      redactor: Redactor(secrets: ["hush"]))
    let found = #expect(throws: Diagnostic.self) { try RESTConnection(bad) }
    #expect(found?.message == "'base_url' of connection 'shop' is no http or https URL")
    #expect(found?.hint == "names and passwords belong under 'auth', not into the URL")
  }

  @Test("every setting of a connection is read")
  func connection() throws {
    let yaml = """
      base_url: https://x/v1
      headers: {X-A: b}
      auth: {type: oauth2_client_credentials, access_token_url: /token, client_id: me, client_secret: s,
        scope: [a, b], access_token_request_data: {audience: z}, credentials_in: header, default_token_expiration: 5m}
      paginator: {type: keyset, field: a.id, cursor_param: after, limit: 50, limit_param: size, has_more_path: more,
        stop_after_empty_page: false, stop_after_short_page: "true", max_pages: 7, allow_repeats: true}
      rate_limit: {requests: "5", per: 1m}
      retry: {max_attempts: 3, max_elapsed: 2h, base_delay: 1s, max_delay: 5s, statuses: [500, 418]}
      timeouts: {connect: 1s, read: 2s, overall: 3s}
      concurrency: 9
      max_response_size: 10 MB
      ca_file: certs/ca.pem
      proxy: http://proxy:3128
      """
    let value = try DataValue.parse(yaml: yaml, name: "x")
    let connection = try RESTConnection(
      ResolvedConnection(name: "c", type: .rest, settings: value, root: "/p", redactor: .none))
    #expect(connection.baseURL.description == "https://x/v1")
    #expect(connection.headers == ["X-A": "b"])
    #expect(
      connection.authentication
        == .clientCredentials(
          ClientCredentials(
            tokenURL: try #require(WebAddress("https://x/token")), id: "me", secret: "s", scope: "a b",
            parameters: [QueryParameter("audience", "z")], sendsInBody: false, defaultLifetime: .seconds(300))
        ))
    var paging = Paging(
      .keyset(at: .query("after"), field: .test("a.id"), limit: .init(rows: 50, at: .query("size"))))
    paging.hasMore = .test("more")
    paging.stopsAtEmptyPage = false
    paging.stopsAtShortPage = true
    paging.maximumPages = 7
    paging.allowsRepeats = true
    #expect(connection.paging == paging)
    #expect(connection.rateLimit == RateLimit(requests: 5, per: .seconds(60)))
    #expect(
      connection.retry
        == RetryPolicy(
          maximumAttempts: 3, maximumElapsed: .seconds(7200), baseDelay: .seconds(1),
          maximumDelay: .seconds(5),
          statuses: [500, 418]))
    #expect(
      connection.timeouts == HTTPTimeouts(connect: .seconds(1), read: .seconds(2), overall: .seconds(3)))
    #expect(connection.concurrency == 9 && connection.maximumResponseSize == 10_000_000)
    #expect(connection.authorityFile == "/p/certs/ca.pem" && connection.proxy?.authority == "proxy:3128")
  }

  @Test("each YAML block of the documentation is valid, and each key that can be written is named there")
  func documentation() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../../docs/loads/rest.md")
    let text = try String(contentsOf: page.standardizedFileURL, encoding: .utf8)
    let blocks = text.components(separatedBy: "```yaml\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
    #expect(blocks.count == 4)
    for block in blocks {
      let node = try #require(try YAMLFile.parse(block, file: "rest.md"))
      var checker = ShapeChecker(file: "rest.md", allowsJinja: true)
      if node["connections"] != nil {
        checker.check(node, ConnectionShapes.file, "the file")
      } else {
        for load in node["loads"]?.items ?? [] {
          checker.check(load, LoadShapes.load(from: .rest), "the load")
        }
      }
      #expect(checker.problems == [])
      for load in node["loads"]?.items ?? [] {
        for settings in load["tables"]?.items ?? [] {
          var table = LoadTable(
            name: try #require(settings["name"]?.string), from: settings["from"]?.string ?? "x",
            span: SourceSpan(file: "x"))
          table.settings = settings.data
          _ = try RESTResource(table, root: "/")
        }
      }
    }
    for key in Self.keys(.mapping(RESTShapes.connection + RESTShapes.table)) {
      let isNamed = text.contains("`\(key)`") || text.contains(".\(key)`")
      let isBodyPath = key.hasSuffix("_body_path") && text.contains("`…_body_path`")
      #expect(isNamed || isBodyPath || key == "type", "'\(key)' is not in docs/loads/rest.md")
    }
  }

  /// The keys that a shape allows, at any depth.
  private static func keys(_ shape: Shape) -> Set<String> {
    switch shape {
    case .mapping(let fields): fields.reduce(into: []) { $0.formUnion(keys($1.shape).union([$1.key])) }
    case .tagged(let key, let cases):
      cases.reduce(into: [key]) { $0.formUnion(keys(.mapping($1.fields))) }
    case .list(let item), .oneOrMore(let item), .dictionary(let item): keys(item)
    case .either(let shapes): shapes.reduce(into: []) { $0.formUnion(keys($1)) }
    default: []
    }
  }
}
