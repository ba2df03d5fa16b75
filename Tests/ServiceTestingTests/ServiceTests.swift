import CommandTesting
import Foundation
import ServiceTesting
import Testing

@Suite("Services for tests")
struct ServiceTests {
  @Test("PostgreSQL gives each test a database of its own")
  func postgres() async throws {
    let server = try await Services.postgres()
    let first = try await server.makeDatabase()
    let second = try await server.makeDatabase()
    try await server.execute("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2)", in: first)
    #expect(try await server.execute("SELECT sum(n) FROM t", in: first) == "3\n")
    await #expect(throws: ServiceFailure.self) { try await server.execute("SELECT * FROM t", in: second) }
  }

  @Test("S3 and Azure refuse who has no key")
  func stores() async throws {
    let s3 = try await Services.s3()
    let azure = try await Services.azure()
    let blobs = try #require(
      azure.connection.split(separator: "BlobEndpoint=").last?.split(separator: ";").first)
    for address in ["http://\(s3.endpoint)/\(s3.bucket)/x", "\(blobs)/\(azure.container)/x"] {
      let command = Command(
        program: "/usr/bin/python3",
        arguments: [
          "-c",
          """
          import sys, urllib.error, urllib.request
          try: urllib.request.urlopen(sys.argv[1])
          except urllib.error.HTTPError as error: print(error.code)
          """, address,
        ], folder: "/", environment: [:])
      #expect(try await command.start().finish().output == "403\n", "\(address)")
    }
  }

  @Test("A service ends with the process that asked for it, even when that is killed")
  func end() async throws {
    let folder = try ScratchFolder()
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Services/azure.py").path
    // The shell holds the pipe's only end; `wait` returns when the service has gone.
    let command = Command.shell(
      """
      mkfifo pipe
      python3 \(script) <pipe >facts & service=$!
      bash -c 'exec 3>pipe; until [ -s facts ]; do sleep 0.01; done; kill -9 $$'
      wait $service
      echo "ended with $?"
      """, in: folder.path)
    let outcome = try await command.start().finish(seconds: 300)
    #expect(outcome.output == "ended with 0\n", "\(outcome.errors)")
  }
}
