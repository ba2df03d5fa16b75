import Diagnostics
import Foundation
import Glibc
import Project
import Testing

@testable import Connectors

/// A REST server of the tests' own, on a free port of the loopback. It ends with the test, and with the test's process.
struct TestServer: Sendable {
  let port: Int
  var scheme = "http"

  var base: String { "\(scheme)://127.0.0.1:\(port)" }

  /// With a folder's path the server speaks TLS, and leaves its `certificate.pem` there.
  static func with(tls folder: String? = nil, _ body: (TestServer) async throws -> Void) async throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Server/rest_server.py")
    var ends: [Int32] = [-1, -1]
    // Closed in other programs from the start: the server must see the end of this one, however it comes.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
    let process = spawn(["python3", script.path] + [folder].compactMap(\.self), talkingTo: ends[1])
    close(ends[1])
    let line = line(from: ends[0])
    defer {
      close(ends[0])
      if let process {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
      }
    }
    let port = try #require(Int(line), "the server did not start: \(line)")
    try await body(TestServer(port: port, scheme: folder == nil ? "http" : "https"))
  }

  private static func spawn(_ words: [String], talkingTo socket: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, socket, 0)
    posix_spawn_file_actions_adddup2(&actions, socket, 1)
    var arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process = pid_t()
    return posix_spawnp(&process, "python3", &actions, nil, &arguments, environ) == 0 ? process : nil
  }

  /// What comes before the first line's end.
  private static func line(from descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) == 1, byte != 0x0A { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A connection to it that repeats at once, and gives up only long after: what a busy machine delays is no failure.
  func connection(_ path: String = "") throws -> RESTConnection {
    var connection = RESTConnection(baseURL: try #require(WebAddress(base + path)))
    connection.retry = RetryPolicy(
      maximumAttempts: 30, maximumElapsed: .seconds(600), baseDelay: .milliseconds(2),
      maximumDelay: .milliseconds(20))
    connection.timeouts = HTTPTimeouts(connect: .seconds(60), read: .seconds(300), overall: .seconds(600))
    return connection
  }

  /// How often what happened.
  func counts() async throws -> [String: Int] {
    let url = try #require(WebAddress(base + "/stats"))
    let response = try await AsyncHTTPTransport.with(RESTConnection(baseURL: url)) { transport in
      try await transport.send(
        HTTPRequest(url: url), keeping: BodyLimits(folder: "/tmp", maximumSize: 1 << 20))
    }
    return try JSONDecoder().decode([String: Int].self, from: response.body.withBytes { Data($0) })
  }

  /// The row with that number, as the server writes it.
  static func row(_ number: Int) -> String {
    let day = number % 28 + 1
    return
      #"{"id": \#(number), "name": "Zeile \#(number) \u00e9\n\"x\"", "big": \#(9_007_199_254_740_993 + number), "#
      + #""amount": \#(number).1234567890123456789, "at": "2026-01-\#(day < 10 ? "0" : "")\#(day)T00:00:00Z", "#
      + #""nested": {"list": [1, {"n": \#(number)}, null], "empty": {}}}"#
  }
}

/// A folder of its own for each test.
enum TestFolder {
  static func with(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "weir-rest-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }
}

extension Extraction {
  /// All rows, in order.
  func lines() throws -> [String] {
    try files.flatMap { file in
      try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }
  }
}

/// Reads a resource from a server over the network, into a fresh folder.
func extract(
  _ resource: RESTResource, from connection: RESTConnection, _ window: RESTSource.Window = .init(),
  parents: [String: [String]] = [:], check: (Extraction, [String]) throws -> Void
) async throws {
  try await TestFolder.with { folder in
    let extraction = try await RESTSource.with(connection) { source in
      try await source.extract(resource, window, parents: parents, into: try SpoolFolder(at: folder))
    }
    try check(extraction, try extraction.lines())
  }
}

/// The diagnostic that an extraction ends with.
func failure(_ resource: RESTResource, from connection: RESTConnection) async throws -> Diagnostic {
  do {
    try await extract(resource, from: connection) { _, _ in }
  } catch let diagnostic as Diagnostic {
    return diagnostic
  }
  throw Unexpected()
}

struct Unexpected: Error {}

extension RESTResource {
  /// A resource for tests.
  static func make(
    _ path: String, data: String? = nil, _ paging: Paging? = nil, _ parameters: [(String, String)] = []
  ) throws -> RESTResource {
    var resource = RESTResource(name: "rows", path: TemplateText(path))
    resource.dataSelector = try data.map { try #require(JSONPath($0)) }
    resource.paging = paging
    resource.parameters = parameters.map { ($0.0, TemplateText($0.1)) }
    return resource
  }
}

extension JSONPath {
  /// A path that is known to be one.
  static func test(_ text: String) -> JSONPath { JSONPath(text) ?? .root }
}

extension RESTSource {
  /// Lends a source that uses the network.
  static func with<Result: Sendable>(
    _ connection: RESTConnection, _ body: (RESTSource) async throws -> Result
  ) async throws -> Result {
    try await AsyncHTTPTransport.with(connection) { transport in
      try await body(RESTSource(connection, transport: transport, seed: .random(in: 0...(.max))))
    }
  }
}
