import Diagnostics
import Synchronization
import Testing

@testable import Connectors

@Suite("Sending with a clock of the tests' own")
struct RequesterTests {
  /// Time that passes only when somebody waits.
  private final class ManualTime: Sendable {
    let passed = Mutex(Duration.zero)
    let waits = Mutex([Duration]())

    var clock: RESTClock {
      RESTClock(
        now: { self.passed.withLock { $0 } },
        secondsSince1970: { 1_000_000 + self.passed.withLock { $0 } / .seconds(1) },
        sleep: { duration in
          try Task.checkCancellation()
          self.passed.withLock { $0 += duration }
          self.waits.withLock { $0.append(duration) }
        })
    }
  }

  /// Answers by a script, and remembers what it was asked and when.
  private final class ScriptedTransport: HTTPTransport {
    let asked = Mutex([(request: HTTPRequest, at: Duration)]())
    private let time: ManualTime
    private let answer: @Sendable (HTTPRequest, Int) throws -> HTTPResponse

    init(_ time: ManualTime, _ answer: @escaping @Sendable (HTTPRequest, Int) throws -> HTTPResponse) {
      self.time = time
      self.answer = answer
    }

    func send(_ request: HTTPRequest, keeping limits: BodyLimits) async throws -> HTTPResponse {
      let now = time.passed.withLock { $0 }
      let number = asked.withLock { asked in
        asked.append((request, now))
        return asked.count
      }
      return try answer(request, number)
    }
  }

  private static func response(_ status: Int = 200, _ headers: HTTPHeaders = [:], _ text: String = "[]")
    -> HTTPResponse
  {
    HTTPResponse(status: status, headers: headers, body: ResponseBody(Array(text.utf8)))
  }

  private func run(
    _ connection: RESTConnection, _ resource: RESTResource, _ transport: ScriptedTransport, _ time: ManualTime
  ) async throws -> [String] {
    let lines = Mutex([String]())
    try await TestFolder.with { folder in
      let source = RESTSource(connection, transport: transport, clock: time.clock, seed: 1)
      let extraction = try await source.extract(resource, into: try SpoolFolder(at: folder))
      let found = try extraction.lines()
      lines.withLock { $0 = found }
    }
    return lines.withLock { $0 }
  }

  private func connection() throws -> RESTConnection {
    RESTConnection(baseURL: try #require(WebAddress("https://api.example/v1")))
  }

  @Test("'Retry-After' is kept to, and the wait does not use up attempts")
  func retryAfter() async throws {
    let time = ManualTime()
    let transport = ScriptedTransport(time) { _, number in
      number < 20 ? Self.response(429, ["Retry-After": "30"]) : Self.response(200, [:], "[1]")
    }
    var connection = try connection()
    connection.retry.maximumAttempts = 2
    #expect(try await run(connection, try .make("x"), transport, time) == [#"{"value":1}"#])
    let gaps = transport.asked.withLock { asked in zip(asked, asked.dropFirst()).map { $1.at - $0.at } }
    #expect(gaps.count == 19)
    #expect(gaps.allSatisfy { $0 >= .seconds(30) && $0 <= .milliseconds(30_500) })
  }

  @Test("the rate limit holds across pages")
  func rate() async throws {
    let time = ManualTime()
    let transport = ScriptedTransport(time) { _, number in
      Self.response(200, [:], number < 31 ? "[\(number)]" : "[]")
    }
    var connection = try connection()
    connection.rateLimit = RateLimit(requests: 10, per: .seconds(5))
    let resource = try RESTResource.make(
      "x", Paging(.pageNumber(at: .query("page"), first: 1, limit: nil, total: nil)))
    #expect(try await run(connection, resource, transport, time).count == 30)
    let times = transport.asked.withLock { $0.map(\.at) }
    #expect(times[9] == .zero && times[10] == .milliseconds(500))
    #expect(times[30] == .milliseconds(10_500))
  }

  @Test("a token is renewed before it ends, and its server's failures are repeated")
  func tokens() async throws {
    let time = ManualTime()
    let transport = ScriptedTransport(time) { request, number in
      if request.url.path == "/token" {
        if number == 1 { throw TransportFailure("cut") }
        return Self.response(200, [:], #"{"access_token": "t\#(number)", "expires_in": "100"}"#)
      }
      time.passed.withLock { $0 += .seconds(45) }
      let page = Int(request.url.query?.dropFirst("page=".count) ?? "") ?? 0
      return Self.response(200, [:], page < 5 ? "[\(page)]" : "[]")
    }
    var connection = try connection()
    connection.authentication = .clientCredentials(
      ClientCredentials(
        tokenURL: try #require(WebAddress("https://api.example/token")), id: "me", secret: "s"))
    let resource = try RESTResource.make(
      "x", Paging(.pageNumber(at: .query("page"), first: 1, limit: nil, total: nil)))
    #expect(try await run(connection, resource, transport, time).count == 4)
    let used = transport.asked.withLock { asked in asked.compactMap { $0.request.headers["Authorization"] } }
    // A token of 100 seconds is renewed after 80: with 45 seconds a request, each serves two.
    #expect(used == ["Bearer t2", "Bearer t2", "Bearer t5", "Bearer t5", "Bearer t8"])
  }

  @Test("https is never left for http, neither by a link nor by a redirect")
  func downgrade() async throws {
    let time = ManualTime()
    for headers: HTTPHeaders in [
      ["Link": "<http://api.example/v1/2>; rel=next"], ["Location": "http://api.example/v1"],
    ] {
      let isRedirect = headers["Location"] != nil
      let transport = ScriptedTransport(time) { _, _ in Self.response(isRedirect ? 302 : 200, headers, "[1]")
      }
      let found = await #expect(throws: Diagnostic.self) {
        try await run(try connection(), try .make("x"), transport, time)
      }
      #expect(found?.message.hasPrefix("the server leads from https to http: http://api.example/v1") == true)
    }
  }

  @Test("redirects in a circle end")
  func redirects() async throws {
    let time = ManualTime()
    let transport = ScriptedTransport(time) { _, _ in Self.response(301, ["Location": "y"]) }
    let found = await #expect(throws: Diagnostic.self) {
      try await run(try connection(), try .make("x"), transport, time)
    }
    #expect(found?.message == "the server redirects more than 5 times")
  }

  @Test("response actions: asked again, refused, taken as nothing")
  func actions() async throws {
    let time = ManualTime()
    let transport = ScriptedTransport(time) { _, number in
      number < 3 ? Self.response(200, [:], #"{"state": "not ready"}"#) : Self.response(200, [:], "[1]")
    }
    var resource = try RESTResource.make("x")
    resource.responseActions = [ResponseAction(content: "not ready", action: .retry)]
    #expect(try await run(try connection(), resource, transport, time) == [#"{"value":1}"#])
    resource.responseActions = [ResponseAction(status: 200, content: "[1]", action: .fail)]
    let found = await #expect(throws: Diagnostic.self) {
      try await run(try connection(), resource, transport, time)
    }
    #expect(found?.message == "the server answered with status 200")
    #expect(found?.cause == "[1]")
  }

  @Test(
    "a cursor leads on over pages without rows; a number does so only if the server says that there is more")
  func emptyPages() async throws {
    let time = ManualTime()
    let pages = [
      #"{"r": [], "c": "a"}"#, #"{"r": [], "c": "b"}"#, #"{"r": [], "c": "d"}"#, #"{"r": [7], "c": null}"#,
    ]
    let transport = ScriptedTransport(time) { _, number in Self.response(200, [:], pages[number - 1]) }
    let cursor = Paging(.cursor(at: .query("after"), path: .test("c")))
    #expect(
      try await run(try connection(), try .make("x", data: "r", cursor), transport, time) == [#"{"value":7}"#]
    )
    let asked = transport.asked.withLock { $0.map(\.request.url.query) }
    #expect(asked == [nil, "after=a", "after=b", "after=d"])
    var counting = Paging(.pageNumber(at: .query("p"), first: 0, limit: nil, total: nil))
    counting.hasMore = .test("more")
    let endless = ScriptedTransport(time) { _, _ in Self.response(200, [:], #"{"r": [], "more": true}"#) }
    let found = await #expect(throws: Diagnostic.self) {
      try await run(try connection(), try .make("x", data: "r", counting), endless, time)
    }
    #expect(found?.message == "page 2 has no rows, like the page before, and paging would go on")
    let few = ScriptedTransport(time) { _, number in
      Self.response(200, [:], number == 1 ? #"{"r": [1, 2], "n": 5}"# : #"{"r": [], "n": 5}"#)
    }
    let offset = Paging(.offset(at: .query("o"), first: 0, limit: nil, total: .test("n")))
    try await TestFolder.with { folder in
      let source = RESTSource(try connection(), transport: few, clock: time.clock, seed: 1)
      let extraction = try await source.extract(
        try .make("x", data: "r", offset), into: try SpoolFolder(at: folder))
      #expect(extraction.rows == 2)
      #expect(
        extraction.warnings.map(\.message) == [
          "'rows': there are no rows behind the first 2, but the response says that there are 5"
        ])
    }
  }

  @Test("a status of 204 is a page without rows; an empty response of 200 is asked for again")
  func empty() async throws {
    let time = ManualTime()
    let none = ScriptedTransport(time) { _, _ in Self.response(204, [:], "") }
    #expect(try await run(try connection(), try .make("x", data: "a"), none, time) == [])
    let cut = ScriptedTransport(time) { _, number in Self.response(200, [:], number < 3 ? "" : "[1]") }
    #expect(try await run(try connection(), try .make("x"), cut, time).count == 1)
  }
}
