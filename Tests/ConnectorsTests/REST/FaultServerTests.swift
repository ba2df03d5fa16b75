import Diagnostics
import Synchronization
import Testing

@testable import Connectors

@Suite("Faults of a server")
struct FaultServerTests {
  @Test("200,000 rows arrive exactly, whatever the server does to four of ten requests")
  func rows() async throws {
    let count = 200_000
    let size = 1000
    try await TestServer.with { server in
      let limit = Paging.PageLimit(rows: size, at: .query("per_page"))
      let resource = try RESTResource.make(
        "page", data: "data", Paging(.pageNumber(at: .query("page"), first: 1, limit: limit, total: nil)),
        [("total", String(count))])
      let told = Mutex((rows: 0, calls: 0))
      try await TestFolder.with { folder in
        let extraction = try await RESTSource.with(try server.connection("/faulty/4")) { source in
          try await source.extract(resource, into: try SpoolFolder(at: folder)) { rows, _ in
            told.withLock { $0 = (rows, $0.calls + 1) }
          }
        }
        #expect(extraction.rows == count)
        let lines = try extraction.lines()
        #expect(lines.count == count)
        let wrong = lines.enumerated().first { $0.element != TestServer.row($0.offset) }
        #expect(wrong == nil)
        #expect(told.withLock { $0 } == (count, 201))
        let counts = try await server.counts()
        for kind in ["429", "500", "cut", "short", "truncated", "chunked", "slow", "reset"] {
          #expect(counts["fault \(kind)", default: 0] > 0, "no fault of the kind '\(kind)' was met")
        }
        let faults = counts.filter { $0.key.hasPrefix("fault ") && $0.key != "fault slow" }.values.reduce(
          0, +)
        #expect(extraction.retries == faults)
        #expect(extraction.requests == 201 + faults)
      }
    }
  }

  @Test("a server that never gets well is given up, with its last words")
  func givenUp() async throws {
    try await TestServer.with { server in
      var connection = try server.connection("/faulty/10")
      connection.retry.maximumAttempts = 3
      let diagnostic = try await failure(try .make("page"), from: connection)
      #expect(!diagnostic.isTransient)
      #expect(diagnostic.notes.contains("GET \(server.base)/faulty/10/page"))
      #expect(diagnostic.notes.contains("given up: it was tried 3 times"))
    }
  }

  @Test("what does not pass by itself is not repeated")
  func terminal() async throws {
    try await TestServer.with { server in
      let diagnostic = try await failure(try .make("nothing/here"), from: try server.connection())
      #expect(diagnostic.code == .sourceRefused)
      #expect(diagnostic.message == "the server answered with status 404")
      #expect(diagnostic.notes == ["GET \(server.base)/nothing/here"])
      #expect(diagnostic.cause == #"{"error": "no such thing"}"#)
      #expect(!diagnostic.isTransient)
      let counts = try await server.counts()
      #expect(counts["requests"] == 2)
      var forgiving = try RESTResource.make("nothing/here")
      forgiving.responseActions = [ResponseAction(status: 404, content: "no such", action: .ignore)]
      try await extract(forgiving, from: try server.connection()) { extraction, _ in
        #expect(extraction.rows == 0)
        #expect(extraction.files == [])
      }
    }
  }

  @Test("a connection that is refused, a silent server and a slow one are told apart")
  func timeouts() async throws {
    try await TestServer.with { server in
      var connection = try server.connection()
      connection.retry.maximumAttempts = 1
      connection.timeouts = HTTPTimeouts(
        connect: .seconds(60), read: .milliseconds(100), overall: .seconds(600))
      let silent = try await failure(try .make("hang/head"), from: connection)
      #expect(silent.message == "nothing came for 0.1 s ('timeouts.read')")
      let stuck = try await failure(try .make("hang/body"), from: connection)
      #expect(stuck.message == "nothing came for 0.1 s ('timeouts.read')")
      connection.timeouts = HTTPTimeouts(
        connect: .seconds(60), read: .seconds(600), overall: .milliseconds(100))
      let slow = try await failure(try .make("hang/head"), from: connection)
      #expect(slow.message == "the response was not complete within 0.1 s ('timeouts.overall')")
      connection.baseURL = try #require(WebAddress("http://127.0.0.1:1"))
      connection.timeouts = HTTPTimeouts()
      let refused = try await failure(try .make("x"), from: connection)
      #expect(refused.code == .sourceUnreachable)
    }
  }

  @Test("cancelling ends an extraction that waits for a server's head or body", arguments: ["head", "body"])
  func cancelled(_ part: String) async throws {
    try await TestServer.with { server in
      let connection = try server.connection()
      let task = Task {
        try await extract(try .make("hang/\(part)"), from: connection) { _, _ in }
      }
      while try await server.counts()["requests", default: 0] < 2 { await Task.yield() }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }
}
