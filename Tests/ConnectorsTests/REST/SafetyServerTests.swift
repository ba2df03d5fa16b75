import Diagnostics
import Foundation
import Testing

@testable import Connectors

@Suite("What leaves for other servers")
struct SafetyServerTests {
  private func secretive(_ server: TestServer) throws -> RESTConnection {
    var connection = try server.connection()
    connection.authentication = .bearer(token: "t0psecret")
    connection.headers = ["X-Tenant": "acme"]
    return connection
  }

  @Test("a link to another host is followed without the token and the connection's headers")
  func links() async throws {
    try await TestServer.with { server in
      var paging = Paging(.nextLink(path: .test("next")))
      paging.allowsRepeats = true
      var resource = try RESTResource.make("away", data: "rows", paging)
      resource.headers = [("X-Own", TemplateText("secret"))]
      resource.isDataOptional = true
      resource.rawFolder = NSTemporaryDirectory() + "weir-raw-\(UUID().uuidString)"
      try await extract(resource, from: try secretive(server)) { extraction, _ in
        #expect(
          extraction.rawFiles.map(\.request) == [
            "GET \(server.base)/away", "GET http://localhost:\(server.port)/echo",
          ])
        #expect(extraction.rawFiles.map(\.rows) == [1, 0])
        let echo = try String(contentsOfFile: extraction.rawFiles[1].file, encoding: .utf8)
        #expect(echo.contains(#""host": "localhost:"#))
        for word in ["Authorization", "t0psecret", "acme", "X-Own"] {
          #expect(!echo.contains(word), "\(word)")
        }
      }
    }
  }

  @Test(
    "a server is trusted if its authority is named, and only then; a refused certificate is not tried again")
  func certificates() async throws {
    try await TestFolder.with { folder in
      _ = try SpoolFolder(at: folder)
      try await TestServer.with(tls: folder) { server in
        var connection = try server.connection()
        let resource = try RESTResource.make("page?page=1&per_page=3&total=3", data: "data")
        let diagnostic = try await failure(resource, from: connection)
        #expect(diagnostic.code == .sourceUnreachable)
        #expect(diagnostic.message == "the server's certificate is not trusted")
        #expect(diagnostic.notes == ["GET \(server.base)/page?page=1&per_page=3&total=3"])
        connection.authorityFile = folder + "/certificate.pem"
        try await extract(resource, from: connection) { _, lines in
          #expect(lines == (0..<3).map(TestServer.row))
        }
        let pages = try RESTResource.make(
          "faulty/5/page", data: "data",
          Paging(
            .pageNumber(
              at: .query("page"), first: 1, limit: .init(rows: 20, at: .query("per_page")), total: nil)))
        try await extract(pages, from: connection) { extraction, lines in
          #expect(lines == (0..<1000).map(TestServer.row))
          #expect(extraction.retries > 10)
        }
        connection.authorityFile = folder + "/key.pem"
        let wrong = try await failure(resource, from: connection)
        #expect(wrong.message == "'ca_file' is no file of certificates: \(folder)/key.pem")
      }
    }
  }

  @Test("all requests go through a proxy if one is named")
  func proxy() async throws {
    try await TestServer.with { server in
      var connection = try server.connection()
      connection.baseURL = try #require(WebAddress("http://nowhere.invalid"))
      connection.proxy = WebAddress(server.base)
      try await extract(try .make("page?page=1&per_page=3&total=3", data: "data"), from: connection) {
        _, lines in
        #expect(lines == (0..<3).map(TestServer.row))
      }
      let counts = try await server.counts()
      #expect(counts["tunnels"] == 1)
    }
  }

  @Test("redirects are followed, with secrets only on the connection's own server")
  func redirects() async throws {
    try await TestServer.with { server in
      try await extract(try .make("redirect/here", data: "data"), from: try secretive(server)) { _, lines in
        #expect(lines == (0..<3).map(TestServer.row))
      }
      try await extract(try .make("redirect/away", data: "$"), from: try secretive(server)) { _, lines in
        let echo = try #require(lines.first)
        #expect(
          echo.contains(#""host": "localhost:"#) && !echo.contains("t0psecret") && !echo.contains("acme"))
      }
      try await extract(try .make("echo", data: "headers"), from: try secretive(server)) { _, lines in
        let own = try #require(lines.first)
        #expect(own.contains("Bearer t0psecret") && own.contains(#""X-Tenant": "acme""#))
      }
    }
  }

  @Test("a single object that holds a list is one row, and a warning says so")
  func single() async throws {
    try await TestServer.with { server in
      try await extract(try .make("page?page=1&per_page=2&total=2"), from: try server.connection()) {
        extraction, _ in
        #expect(extraction.rows == 1)
        #expect(
          extraction.warnings.map(\.message)
            == ["the whole response became one row of 'rows', and it holds a list 'data'"])
        #expect(extraction.warnings.first?.hint?.contains("'data_selector: data'") == true)
      }
    }
  }

  @Test("the bounds of what is new are sent in the format that the server wants")
  func incremental() async throws {
    try await TestServer.with { server in
      var resource = try RESTResource.make("echo", data: "path", nil, [("also", "{incremental.start_value}")])
      let window = RESTSource.Window(
        since: .timestamp(microseconds: 1_767_323_045_678_901), until: .text("2026-02-01T00:00:00.5+01:00"))
      let formats: [(CursorFormat, String)] = [
        (
          .iso8601,
          "also=2026-01-02T03%3A04%3A05.678901Z&since=2026-01-02T03%3A04%3A05.678901Z&to=2026-01-31T23%3A00%3A00.500000Z"
        ),
        (.date, "also=2026-01-02&since=2026-01-02&to=2026-02-01"),
        (.epoch(unitsPerSecond: 1), "also=1767323045&since=1767323045&to=1769900401"),
        (.epoch(unitsPerSecond: 1000), "also=1767323045678&since=1767323045678&to=1769900400500"),
        (
          .pattern("%d.%m.%y %H:%M"), "also=02.01.26%2003%3A04&since=02.01.26%2003%3A04&to=31.01.26%2023%3A01"
        ),
      ]
      for (format, query) in formats {
        resource.incremental = IncrementalParameters(
          startParameter: "since", endParameter: "to", format: format)
        try await extract(resource, from: try server.connection(), window) { _, lines in
          #expect(lines == [#"{"value":"/echo?\#(query)"}"#])
        }
      }
      resource.incremental = IncrementalParameters(startParameter: "since", initialValue: "1970-01-01")
      try await extract(resource, from: try server.connection()) { _, lines in
        #expect(lines == [#"{"value":"/echo?also=1970-01-01&since=1970-01-01"}"#])
      }
      resource.incremental = nil
      try await extract(resource, from: try server.connection()) { _, lines in
        #expect(lines == [#"{"value":"/echo"}"#])
      }
    }
  }
}
