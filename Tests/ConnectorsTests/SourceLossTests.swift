import Diagnostics
import Jinja
import Project
import Testing

@testable import Connectors

@Suite("Telling a lost source from other failures")
struct SourceLossTests {
  /// Words of an engine's failure, the source's kind, and whether they mean a loss, and one that may pass.
  private static let words: [(ConnectionType, String, isLoss: Bool, isPassing: Bool)] = [
    (.postgres, "server closed the connection unexpectedly", true, true),
    (.postgres, "FATAL:  terminating connection due to administrator command", true, true),
    (
      .postgres, "connection to server at \"h\" failed: FATAL:  the database system is starting up", true,
      true
    ),
    (.postgres, "connection to server at \"h\" failed: FATAL:  password authentication failed", false, false),
    (.postgres, "connection to server at \"h\", port 1 failed: timeout expired", true, false),
    (.postgres, "ERROR:  column \"x\" does not exist", false, false),
    (.postgres, "Failed to commit DuckLake transaction: server closed the connection", false, false),
    (.mysql, "Lost connection to MySQL server during query", true, true),
    (.s3, "Failure when receiving data from the peer error for HTTP GET to 'http://h/b/f'", true, true),
    (.s3, "Timeout was reached error for HTTP GET to 'http://h/b/f'", true, false),
    (.s3, "HTTP GET error on 'http://h/b/f' (HTTP 403)", false, false),
    (.s3, "Failure error for HTTP PUT to 'http://h/b/f'", false, false),
    (.azure, "Fail to get a new connection for: https://h. Could not connect to server", true, true),
    (.files, "server closed the connection unexpectedly", false, false),
  ]

  @Test("goes by the engine's words", arguments: words)
  func classified(_ type: ConnectionType, _ text: String, _ isLoss: Bool, _ isPassing: Bool) {
    let loss = SourceLoss(Diagnostic(.engineInputOutput, "IO Error", cause: text), of: type)
    #expect((loss != nil) == isLoss)
    #expect((loss?.isPassing ?? false) == isPassing)
  }

  @Test("a loss names the connection and what was read, and hides its secrets")
  func told() {
    let connection = ResolvedConnection(
      name: "shop", type: .postgres, settings: .dict(DataMap()), redactor: Redactor(secrets: ["hunter2"]))
    let lost = #expect(throws: Diagnostic.self) {
      try SourceWatch(connection).reading("orders") {
        throw Diagnostic(.engineFailure, "server closed the connection: hunter2")
      }
    }
    #expect(lost?.code == .sourceUnreachable)
    #expect(lost?.message == "postgres connection 'shop' was lost while 'orders' was read")
    #expect(lost?.cause == "server closed the connection: *****")
    #expect(lost?.isTransient == true)
    let other = #expect(throws: Diagnostic.self) {
      try SourceWatch(connection).reading("orders") { throw Diagnostic(.sqlData, "no number: 'x'") }
    }
    #expect(other?.message == "no number: 'x'")
  }
}
