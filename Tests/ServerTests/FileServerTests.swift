import CommandTesting
import Diagnostics
import Foundation
import Testing

@testable import Server

/// The server itself, on a free port of the loopback interface.
@Suite struct FileServerTests {
  /// Runs `body` with the address of a server of a folder, and ends the server.
  private func serving<T: Sendable>(
    _ folder: String, _ body: @escaping @Sendable (String) async throws -> T
  ) async throws -> T {
    let (addresses, found) = AsyncStream.makeStream(of: String.self)
    let server = FileServer(folder: folder, names: ["index.html", "catalog.json"])
    let task = Task { try await server.run(host: "127.0.0.1", port: 0) { found.yield($0) } }
    defer { task.cancel() }
    var iterator = addresses.makeAsyncIterator()
    let address = try #require(await iterator.next())
    let value = try await body(address)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    return value
  }

  /// Sends requests over one connection and prints of each answer its status, what was asked for of it, and how long it is.
  private static let client = """
    import http.client, sys
    connection = http.client.HTTPConnection(sys.argv[1].removeprefix("http://"), timeout=20)
    for request in sys.argv[2:]:
        method, _, path = request.partition(" ")
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
        print(answer.status, answer.headers["content-length"], answer.headers["content-type"], len(body), body[:60].decode())
    """

  @Test("Files come whole, one request after the other on one connection, and what is not there is said")
  func files() async throws {
    let scratch = try ScratchFolder()
    let page = String(repeating: "<p>é</p>", count: 200_000)
    try scratch.write(page, to: "index.html")
    try scratch.write("secret", to: "profiles.yml")
    try scratch.write(Self.client, to: "client.py")
    let path = scratch.path
    let seen = try await serving(path) { address in
      let requests = [
        "GET /", "GET /index.html", "HEAD /", "GET /catalog.json", "GET /../profiles.yml", "POST /",
      ]
      return try await Command(
        program: "/usr/bin/python3", arguments: [path + "/client.py", address] + requests, folder: path,
        environment: [:]
      ).run()
    }
    let size = page.utf8.count
    let start = String(decoding: page.utf8.prefix(60), as: UTF8.self)
    #expect(seen.errors == "")
    #expect(
      seen.output.split(separator: "\n").map(String.init) == [
        "200 \(size) text/html; charset=utf-8 \(size) \(start)",
        "200 \(size) text/html; charset=utf-8 \(size) \(start)",
        "200 \(size) text/html; charset=utf-8 0 ",
        "404 56 text/plain 56 This file is not there. 'weir docs generate' writes it.",
        "404 10 text/plain 10 Not Found", "405 19 text/plain 19 Method Not Allowed",
      ])
  }

  @Test("A port that is taken is told")
  func taken() async throws {
    let scratch = try ScratchFolder()
    let path = scratch.path
    try await serving(path) { address in
      let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
      let second = FileServer(folder: path, names: ["index.html"])
      do {
        try await second.run(host: "127.0.0.1", port: port) { _ in }
        Issue.record("it listens twice")
      } catch let problem as Diagnostic {
        #expect(problem.code == .notServed)
        #expect(problem.message.hasPrefix("cannot listen on 127.0.0.1:\(port): "))
      }
    }
  }
}
