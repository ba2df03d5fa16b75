import Diagnostics
import Jinja
import Testing

@testable import Connectors

@Suite("Paging against a server")
struct PagingServerTests {
  /// Each way to page, the path that uses it, where its rows are, and the requests it takes for 1,000 rows.
  private static let ways: [(path: String, data: String?, paging: Paging?, limit: String?, requests: Int)] = [
    ("page", "data", Paging(.pageNumber(at: .query("page"), first: 1, limit: nil, total: nil)), nil, 11),
    (
      "page", "data",
      Paging(.pageNumber(at: .query("page"), first: 1, limit: nil, total: .test("meta.pages"))), nil, 10
    ),
    (
      "page", "data",
      short(
        Paging(
          .pageNumber(
            at: .query("page"), first: 1, limit: .init(rows: 300, at: .query("per_page")), total: nil))), nil,
      4
    ),
    (
      "offset", "items",
      Paging(
        .offset(at: .query("offset"), first: 0, limit: .init(rows: 500, at: .query("limit")), total: nil)),
      nil, 16
    ),
    (
      "offset", "$.items[*]",
      Paging(.offset(at: .query("offset"), first: 0, limit: nil, total: .test("total"))), nil, 15
    ),
    ("cursor", "results", Paging(.cursor(at: .query("cursor"), path: .test("paging.next"))), nil, 12),
    ("next", "value", Paging(.nextLink(path: .test("links.next"))), nil, 10),
    ("next", "value", nil, nil, 10),
    ("link", nil, Paging(.linkHeader(relation: "next")), nil, 8),
    ("link", nil, nil, nil, 8),
    (
      "keyset", nil,
      Paging(.keyset(at: .query("after"), field: .test("id"), limit: .init(rows: 200, at: .query("limit")))),
      nil, 6
    ),
    (
      "stripe", "data",
      more(
        Paging(
          .keyset(
            at: .query("starting_after"), field: .test("id"), limit: .init(rows: 100, at: .query("limit"))))),
      nil, 10
    ),
    ("header", nil, Paging(.headerCursor(at: .query("from"), header: "x-next")), nil, 7),
  ]

  private static func short(_ paging: Paging) -> Paging {
    var paging = paging
    paging.stopsAtShortPage = true
    return paging
  }

  private static func more(_ paging: Paging) -> Paging {
    var paging = paging
    paging.hasMore = .test("has_more")
    return paging
  }

  @Test("every way to page brings every row once, byte by byte and in order")
  func all() async throws {
    let expected = (0..<1000).map(TestServer.row)
    try await TestServer.with { server in
      for way in Self.ways {
        let resource = try RESTResource.make(way.path, data: way.data, way.paging)
        try await extract(resource, from: try server.connection()) { extraction, lines in
          #expect(lines == expected, "\(way.path)")
          #expect(extraction.rows == 1000)
          #expect(extraction.requests == way.requests, "\(way.path) \(String(describing: way.paging))")
          #expect(extraction.retries == 0)
          #expect(extraction.warnings == [])
        }
      }
    }
  }

  @Test("a search by POST pages within its body, and a number there stays a number")
  func body() async throws {
    try await TestServer.with { server in
      var resource = try RESTResource.make("search", data: "data.nodes")
      resource.method = "POST"
      resource.body = ["filter": ["kind": "all", "ids": [1, 2]], "page": ["size": 400]]
      var paging = Paging(.cursor(at: .body(["page", "after"]), path: .test("data.info.after")))
      paging.hasMore = .test("data.info.more")
      resource.paging = paging
      try await extract(resource, from: try server.connection()) { extraction, lines in
        #expect(lines == (0..<1000).map(TestServer.row))
        #expect(extraction.requests == 3)
      }
    }
  }

  @Test("'max_pages' ends with a warning, and a preview's limit cuts a page")
  func limits() async throws {
    try await TestServer.with { server in
      var paging = Paging(.pageNumber(at: .query("page"), first: 1, limit: nil, total: nil))
      paging.maximumPages = 2
      var resource = try RESTResource.make("page", data: "data", paging)
      try await extract(resource, from: try server.connection()) { extraction, _ in
        #expect(extraction.rows == 200)
        #expect(
          extraction.warnings.map(\.message) == ["'rows': there is more behind the 2 pages of 'max_pages'"])
      }
      resource.maximumRows = 130
      try await extract(resource, from: try server.connection()) { _, lines in
        #expect(lines == (0..<130).map(TestServer.row))
      }
    }
  }

  @Test("servers that lead in circles are found out, with the page and what to do")
  func circles() async throws {
    try await TestServer.with { server in
      let page = Paging(.pageNumber(at: .query("page"), first: 1, limit: nil, total: nil))
      let repeated = try await failure(try .make("same/page", page), from: try server.connection())
      #expect(repeated.code == .sourcePaging)
      #expect(repeated.message == "page 2 has just the rows of the page before, and paging would go on")
      #expect(repeated.notes == ["page 2: GET \(server.base)/same/page?page=2"])

      let cursor = Paging(.cursor(at: .query("cursor"), path: .test("next")))
      let mark = try await failure(
        try .make("same/cursor", data: "rows", cursor), from: try server.connection())
      #expect(mark.message == #"the server gives the mark "abc" for the next page a second time"#)

      let link = Paging(.nextLink(path: .test("next")))
      let circle = try await failure(
        try .make("same/link", data: "rows", link), from: try server.connection())
      #expect(circle.message == "the server links to a page that was read before: \(server.base)/same/link")
    }
  }

  @Test("a response that says there is more is refused if nobody said how to get it")
  func unsaid() async throws {
    try await TestServer.with { server in
      let diagnostic = try await failure(
        try .make("more/unsaid", data: "data"), from: try server.connection())
      #expect(
        diagnostic.message
          == "the response says that there is more ('has_more' is true), and no paginator says how to get it")
      try await extract(
        try .make("more/unsaid", data: "data", Paging(.single)), from: try server.connection()
      ) {
        #expect($1 == [#"{"id": 1}"#])
      }
    }
  }

  @Test("a response of many megabytes goes through a file and loses nothing")
  func big() async throws {
    let count = 100_000
    try await TestServer.with { server in
      var patient = try server.connection()
      patient.timeouts.overall = .seconds(600)
      try await extract(try .make("big/\(count)", nil), from: patient) { extraction, lines in
        #expect(extraction.bytes > BodyCollector.memoryLimit)
        #expect(extraction.rows == count)
        #expect(lines.count == count && lines.last == TestServer.row(count - 1))
      }
      var small = try server.connection()
      small.maximumResponseSize = 100_000
      let diagnostic = try await failure(try .make("big/1000", nil), from: small)
      #expect(diagnostic.message == "a response is larger than 100000 bytes")
      #expect(diagnostic.code == .sourceUnreadable)
    }
  }
}
