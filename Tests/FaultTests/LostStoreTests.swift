import CommandTesting
import ServiceTesting
import Testing

/// Loads from an S3 whose connections are cut, or fall silent, while files are read.
@Suite("Loads that lose S3")
struct LostStoreTests {
  /// What files are read.
  enum Form: String, CaseIterable, CustomTestStringConvertible {
    case parquet, csv, ndjson

    var testDescription: String { rawValue }
  }

  /// A folder of a bucket with three files.
  private struct Source {
    var server: S3Service
    var folder: String
    var proxy: ProxyService
    var form: Form

    init(_ form: Form) async throws {
      self.form = form
      server = try await Services.s3()
      folder = server.makeFolder()
      proxy = try await Services.proxy(to: server.endpoint)
      try await write(files: 0..<2)
    }

    /// Writes files past the proxy.
    func write(files: Range<Int>) async throws {
      let writer = try ScratchFolder()
      let copies = files.map { file in
        let name = "\(folder)/\(file).\(form.rawValue)"
        return
          "copy (select range as id, md5(range::varchar) as v from range(\(file) * 40000, \(file + 1) * 40000))"
          + " to '\(name)' (format \(form == .ndjson ? "json" : form.rawValue))"
      }
      try writer.write(
        "name: writer\nprofile: writer\non-run-start:\n" + copies.map { "  - \"\($0)\"\n" }.joined(),
        to: "weir.yml")
      try writer.write(
        "writer:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: w.duckdb, "
          + "secrets: [\(server.profileSecret)]}\n", to: "profiles.yml")
      try writer.write("select 1 as n", to: "models/one.sql")
      let outcome = try await Command.weir(["run"], in: writer.path).run()
      try #require(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }

    func project(_ write: String, direct: Bool = false, settings: String = "{}") throws -> LossProject {
      try LossProject(
        connection:
          "{type: s3, bucket: \(folder.dropFirst("s3://".count)), region: \(server.region), url_style: path, "
          + "use_ssl: false, endpoint: '\(direct ? server.endpoint : "\(proxy.host):\(proxy.port)")', "
          + "key_id: \"{{ env_var('SOURCE_KEY') }}\", secret: \"{{ env_var('SOURCE_SECRET') }}\"}",
        tables: "[{name: big, from: '*.\(form.rawValue)', write: \(write)}]",
        environment: ["SOURCE_KEY": server.key, "SOURCE_SECRET": server.secret], settings: settings)
    }
  }

  @Test(
    "A load whose store is lost fails, leaves all as it was, and does its work when it is healed",
    arguments: [
      (Form.parquet, ProxyService.Fault.Kind.reset, "append"), (.csv, .close, "replace"),
      (.ndjson, .reset, "append"),
    ])
  func lost(_ form: Form, _ kind: ProxyService.Fault.Kind, _ write: String) async throws {
    let source = try await Source(form)
    let (hit, calm) = (try source.project(write), try source.project(write, direct: true))
    for project in [hit, calm] { try await project.succeed("build") }
    try await source.write(files: 2..<3)
    try await source.proxy.set(.init(kind, after: 300_000))
    try await hit.buildLost("s3 connection 'source'")
    let outcome = try await hit.command("load").run()
    #expect((outcome.output + outcome.errors).contains("it was tried 5 times"))
    try await source.proxy.heal()
    for project in [hit, calm] { try await project.succeed("load") }
    #expect(try await hit.contents() == calm.contents())
    #expect(try await hit.rows(of: "select count(*), max(id) from shop.big") == ["120000,119999"])
  }

  @Test("A request that is cut is sent again", arguments: Form.allCases)
  func again(_ form: Form) async throws {
    let source = try await Source(form)
    let (hit, calm) = (try source.project("append"), try source.project("append", direct: true))
    try await calm.succeed("load")
    try await source.proxy.set(.init(form == .csv ? .close : .reset, after: 300_000, times: 2))
    try await hit.succeed("load")
    #expect(try await source.proxy.counts().cuts == 2)
    #expect(try await hit.contents() == calm.contents())
  }

  @Test("A store that falls silent is not waited for without end, for as long as the profile says")
  func silence() async throws {
    let source = try await Source(.parquet)
    let project = try source.project("replace", settings: "{http_timeout: 1, http_retries: 1}")
    try await project.succeed("build")
    try await source.write(files: 2..<3)
    try await source.proxy.set(.init(.stall, after: 300_000))
    try await project.buildLost("s3 connection 'source' was lost while '*.parquet' was read")
    try await source.proxy.heal()
    try await project.succeed("load")
  }
}
