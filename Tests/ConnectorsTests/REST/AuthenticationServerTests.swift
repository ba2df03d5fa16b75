import Diagnostics
import Testing

@testable import Connectors

@Suite("Authentication against a server")
struct AuthenticationServerTests {
  @Test("every kind of authentication is accepted by a server that asks for it")
  func kinds() async throws {
    let key = "k3y/+"
    let kinds: [(String, RESTAuthentication)] = [
      ("basic", .basic(user: "ann", password: "s3cr:t")), ("bearer", .bearer(token: "t0ken")),
      ("header", .apiKey(name: "X-Key", key: key, place: .header)),
      ("query", .apiKey(name: "api_key", key: key, place: .query)),
      ("cookie", .apiKey(name: "session", key: key, place: .cookie)),
    ]
    try await TestServer.with { server in
      for (path, authentication) in kinds {
        var connection = try server.connection()
        connection.authentication = authentication
        try await extract(try .make("auth/\(path)"), from: connection) { _, lines in
          #expect(lines == [#"{"ok": true}"#], "\(path)")
        }
        connection.authentication = .none
        let diagnostic = try await failure(try .make("auth/\(path)"), from: connection)
        #expect(diagnostic.code == .sourceAuthentication)
        #expect(diagnostic.message == "the server answered with status 401")
      }
    }
  }

  private func credentials(_ server: TestServer, secret: String = "p@ss") throws -> ClientCredentials {
    ClientCredentials(
      tokenURL: try #require(WebAddress("\(server.base)/token")), id: "app", secret: secret)
  }

  @Test(
    "a token that the server no longer takes is replaced once, however it is asked for",
    arguments: [true, false])
  func renewal(_ sendsInBody: Bool) async throws {
    try await TestServer.with { server in
      var connection = try server.connection()
      var credentials = try credentials(server)
      credentials.sendsInBody = sendsInBody
      connection.authentication = .clientCredentials(credentials)
      let resource = try RESTResource.make(
        "guarded", data: "data", Paging(.pageNumber(at: .query("page"), first: 1, limit: nil, total: nil)))
      try await extract(resource, from: connection) { extraction, lines in
        #expect(lines == (0..<1000).map(TestServer.row))
        // 11 pages, three to a token: three times a token is refused.
        #expect(extraction.requests == 14)
      }
      let counts = try await server.counts()
      #expect(counts["tokens"] == 4)
    }
  }

  @Test("a refused secret is told in the server's words, and is not shown")
  func refused() async throws {
    try await TestServer.with { server in
      var connection = try server.connection()
      connection.authentication = .clientCredentials(try credentials(server, secret: "is wrong"))
      let diagnostic = try await failure(try .make("guarded"), from: connection)
      #expect(diagnostic.code == .sourceAuthentication)
      #expect(diagnostic.message == "the token's server answered with status 401")
      #expect(diagnostic.cause == "invalid_client: p@ss *****")
    }
  }

  @Test("a key in the query is never shown, also where the server repeats it")
  func hidden() async throws {
    try await TestServer.with { server in
      var connection = try server.connection()
      connection.authentication = .apiKey(name: "api_key", key: "hush hush", place: .query)
      let resource = try RESTResource.make("echo", data: "nothing")
      let diagnostic = try await failure(resource, from: connection)
      #expect(diagnostic.message == "the response has nothing at 'nothing' ('data_selector' of 'rows')")
      #expect(diagnostic.notes == ["it has: path, headers, body"])
      #expect(diagnostic.cause?.hasPrefix(#"it starts with: {"path": "/echo?api_key=*****""#) == true)
      #expect(!"\(diagnostic)".contains("hush"))
    }
  }
}
