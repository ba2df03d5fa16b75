import CommandTesting
import Connectors
import Diagnostics
import EngineCore
import Foundation
import Jinja
import Project
import ServiceTesting
import Testing

@Suite("Loading files of every store and format")
struct RemoteFileTests {
  private func connection(
    _ type: ConnectionType, _ settings: [(String, DataValue)], secrets: [String] = []
  ) -> ResolvedConnection {
    ResolvedConnection(
      name: "lake", type: type, settings: .dict(DataMap(settings)), root: "/",
      redactor: Redactor(secrets: secrets))
  }

  /// Reads one table of a connection; `prepare` runs on the session before.
  private func read(
    _ connection: ResolvedConnection, _ from: String, settings: [(String, DataValue)] = [],
    position: LoadPosition? = nil, prepare: [String] = []
  ) async throws -> (table: ReadTable, read: SourceRead) {
    let folder = try ScratchFolder()
    return try await DatabaseFixture(.duckdb, []).withSession { session in
      try await session.run { engine in for sql in prepare { try engine.execute(sql) } }
      let reader = try FileReader(connection, spooling: folder.path + "/spool")
      var wanted = request(from)
      wanted.table.disposition = .append
      wanted.table.settings = .dict(DataMap(settings))
      wanted.position = position
      let read = try await reader.open(wanted, on: session)
      let table = try await session.run { engine in
        read.selects.isEmpty ? ReadTable(types: [], rows: []) : try DatabaseFixture.rows(read, engine)
      }
      await reader.close(on: session)
      return (table, read)
    }
  }

  @Test("S3: files under a pattern, then only the new one")
  func s3() async throws {
    let server = try await Services.s3()
    let folder = server.makeFolder()
    let connection = connection(
      .s3,
      [
        ("bucket", .string(String(folder.dropFirst("s3://".count)))), ("key_id", .string(server.key)),
        ("secret", .string(server.secret)), ("endpoint", .string(server.endpoint)),
        ("region", .string(server.region)), ("url_style", .string("path")), ("use_ssl", .bool(false)),
      ], secrets: [server.secret])
    func put(_ name: String, _ select: String) -> [String] {
      ["LOAD httpfs", server.createSecret, "COPY (\(select)) TO '\(folder)/\(name)'", "DROP SECRET tests_s3"]
    }
    let first = try await read(
      connection, "day=*/*.parquet",
      prepare: put("day=1/a.parquet", "SELECT 1 AS n") + put("day=2/a.parquet", "SELECT 2 AS n"))
    #expect(first.table.rows == [["1", "1"], ["2", "2"]])
    #expect(first.read.files.count == 2)
    let second = try await read(
      connection, "day=*/*.parquet", position: LoadPosition(files: first.read.files),
      prepare: put("day=3/a.parquet", "SELECT 3 AS n"))
    #expect(second.table.rows == [["3", "3"]])
    #expect(second.read.isComplete == false)
    let third = try await read(
      connection, "day=*/*.parquet", position: LoadPosition(files: first.read.files + second.read.files))
    #expect(third.read.selects.isEmpty)
  }

  @Test("S3: who has no key is told so, and no key is shown")
  func refusal() async throws {
    let server = try await Services.s3()
    let connection = connection(
      .s3,
      [
        ("bucket", .string(server.bucket)), ("key_id", .string(server.key)),
        ("secret", .string("wrong-wrong-wrong")),
        ("endpoint", .string(server.endpoint)), ("region", .string(server.region)),
        ("url_style", .string("path")),
        ("use_ssl", .bool(false)),
      ], secrets: ["wrong-wrong-wrong"])
    let refusal = await #expect(throws: Diagnostic.self) { try await read(connection, "x/*.csv") }
    #expect(refusal?.code == .sourceUnreachable)
    #expect(!"\(String(describing: refusal))".contains("wrong-wrong"))
  }

  @Test("Azure: Blob and Data Lake Storage")
  func azure() async throws {
    let server = try await Services.azure()
    let folder = server.makeFolder()
    let connection = connection(
      .azure,
      [
        ("container", .string(String(folder.dropFirst("az://".count)))),
        ("connection_string", .string(server.connection)),
      ], secrets: [server.key])
    let rows = try await read(
      connection, "*.csv",
      prepare: [
        "LOAD azure", server.createSecret, "COPY (SELECT 'é' AS a, 1 AS b) TO '\(folder)/x.csv'",
        "DROP SECRET tests_azure",
      ])
    #expect(rows.table == ReadTable(types: ["VARCHAR", "BIGINT"], rows: [["é", "1"]]))
  }

  @Test("Avro, Delta Lake, Iceberg and Excel")
  func formats() async throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures").path
    let local = connection(.files, [("path", .string(fixtures))])
    let avro = try await read(local, "orders.avro")
    #expect(
      avro.table
        == ReadTable(
          types: ["BIGINT", "VARCHAR", "DECIMAL(10,2)"], rows: [["1", "é", "1.25"], ["2", nil, "-3.50"]]))
    let expected = ReadTable(
      types: ["BIGINT", "VARCHAR", "DECIMAL(10,2)"],
      rows: [["1", "é", "1.25"], ["2", nil, "-3.50"], ["3", "later", "0.00"]])
    for format in ["delta", "iceberg"] {
      let read = try await read(local, "orders_\(format)", settings: [("format", .string(format))])
      #expect(read.table == expected, "\(format)")
      let again = try await self.read(
        local, "orders_\(format)", settings: [("format", .string(format))],
        position: LoadPosition(files: read.read.files))
      #expect(again.read.selects.isEmpty, "\(format)")
    }
    let folder = try ScratchFolder()
    let sheets = try await read(
      connection(.files, [("path", .string(folder.path))]), "*.xlsx",
      prepare: [
        "LOAD excel",
        "COPY (SELECT 'x' AS a, 1.5 AS b) TO '\(folder.path)/1.xlsx' (FORMAT xlsx, HEADER true)",
        "COPY (SELECT 'y' AS a, 2 AS b) TO '\(folder.path)/2.xlsx' (FORMAT xlsx, HEADER true)",
      ])
    #expect(sheets.table == ReadTable(types: ["VARCHAR", "DOUBLE"], rows: [["x", "1.5"], ["y", "2.0"]]))
  }

  @Test("Avro: decimals are exact, however they are written; those within other values are warned of")
  func decimals() async throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures").path
    let avro = try await read(connection(.files, [("path", .string(fixtures))]), "decimals.avro")
    let nines = String(repeating: "9", count: 38)
    #expect(
      avro.table.types
        == ["DECIMAL(38,0)", "DECIMAL(38,10)", "DECIMAL(5,5)", "DECIMAL(38,10)", "BLOB", "BLOB[]"])
    #expect(
      avro.table.rows.map { Array($0.prefix(4)) } == [
        ["-" + nines, "-0.0000000001", nil, nil],
        ["0", "-128.0000000000", ".00128", "256.0000000000"],
        [nines, "9999999999999999999999999999.9999999999", "-.00001", "-0.0000000001"],
      ])
    #expect(
      avro.read.warnings.map(\.message)
        == ["decimals of 'decimals.avro' stay the bytes that Avro writes them in: list"])
    let folder = try ScratchFolder()
    try folder.write("Obj\u{1}", to: "cut.avro")
    let problem = await #expect(throws: Diagnostic.self) {
      try await read(connection(.files, [("path", .string(folder.path))]), "cut.avro")
    }
    #expect(problem?.code == .sourceUnreadable)
  }

  @Test("Google Cloud Storage: files by its own scheme and key")
  func google() async throws {
    let server = try await Services.s3()
    let folder = server.makeFolder()
    let connection = connection(
      .gcs,
      [
        ("bucket", .string(String(folder.dropFirst("s3://".count)))), ("key_id", .string(server.key)),
        ("secret", .string(server.secret)), ("endpoint", .string(server.endpoint)),
        ("url_style", .string("path")), ("use_ssl", .bool(false)),
      ], secrets: [server.secret])
    let read = try await read(
      connection, "*.csv",
      prepare: [
        "LOAD httpfs", server.createSecret, "COPY (SELECT 1 AS a, 'x' AS b) TO '\(folder)/x.csv'",
        "DROP SECRET tests_s3",
      ])
    #expect(read.table == ReadTable(types: ["BIGINT", "VARCHAR"], rows: [["1", "x"]]))
    #expect(read.read.files.map(\.path) == ["gs://\(folder.dropFirst("s3://".count))/x.csv"])
  }

  @Test("HTTP: a file by its address, with the connection's headers")
  func web() async throws {
    let folder = try ScratchFolder()
    let script = """
      import http.server, sys
      class Handler(http.server.BaseHTTPRequestHandler):
          def answer(self, body):
              ok = self.headers.get("X-Key") == "sesame"
              self.send_response(200 if ok else 403)
              self.send_header("Content-Length", str(len(body) if ok else 0))
              self.send_header("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT")
              self.end_headers()
              return ok
          def do_GET(self):
              body = b"a,b\\n1,x\\n"
              if self.answer(body): self.wfile.write(body)
          def do_HEAD(self): self.answer(b"a,b\\n1,x\\n")
          def log_message(self, *words): pass
      server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
      open(sys.argv[1], "w").write(str(server.server_port))
      server.serve_forever()
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", script, folder.path + "/port"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer { process.terminate() }
    var port = ""
    while port.isEmpty {
      port = (try? String(contentsOfFile: folder.path + "/port", encoding: .utf8)) ?? ""
      try await Task.sleep(for: .milliseconds(20))
    }
    let connection = connection(
      .http,
      [
        ("url", .string("http://127.0.0.1:\(port)")),
        ("headers", .dict(DataMap([("X-Key", .string("sesame"))]))),
      ])
    let web = try await read(connection, "data/orders.csv")
    #expect(web.table == ReadTable(types: ["BIGINT", "VARCHAR"], rows: [["1", "x"]]))
  }
}
