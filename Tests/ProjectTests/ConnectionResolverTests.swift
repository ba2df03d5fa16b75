import Diagnostics
import Jinja
import Synchronization
import Testing

@testable import Project

@Suite("Connections that are used")
struct ConnectionResolverTests {
  /// Secrets out of a dictionary; counts how often each is asked for.
  final class Secrets: SecretSource {
    let values: [String: String]
    let asked = Mutex<[String]>([])

    init(_ values: [String: String]) { self.values = values }

    func value(
      of reference: SecretReference, root: String, isCancelled: @Sendable () -> Bool
    ) throws -> SecretValue {
      asked.withLock { $0.append(reference.description) }
      guard let value = values[reference.description] else {
        throw Diagnostic(.secretUnavailable, "there is no \(reference)")
      }
      return SecretValue(value, warning: Diagnostic(.secretExposed, "\(reference)", severity: .warning))
    }
  }

  private func resolver(
    _ secrets: Secrets, environment: [String: String] = [:],
    hide: @escaping @Sendable (Redactor) -> Void = { _ in }
  ) async throws -> (ConnectionResolver, Project) {
    let project = try TemporaryProject([
      "weir.yml": "name: shop\nvars: {db: sales}\n",
      "connections.yml": """
      connections:
        shop:
          type: postgres
          host: "{{ target.name }}.example"
          port: "{{ env_var('PORT') | int }}"
          database: "{{ var('db') }}"
          password: "{{ secret('command:pass show shop') }}"
        broken:
          type: postgres
          host: "{{ env_var('NONE') }}"
          password: "{{ secret('file:none') }}"
          user: "{{ secret('nonsense') }}"
        web:
          type: http
          url: https://example.org
          headers: {Authorization: "Bearer {{ env_var('TOKEN') }}"}
      """,
    ])
    let options = project.options { $0.environment = environment }
    let loaded = try await ProjectLoader(options: options, parser: { _ in [] }).load()
    let resolver = ConnectionResolver(
      project: loaded.project, invocation: Invocation(options), secrets: secrets, hide: hide)
    return (resolver, loaded.project)
  }

  private func origin(_ name: String, _ project: Project) throws -> LoadOrigin {
    .connection(try #require(project.connections.first { $0.name == name }))
  }

  private let span = SourceSpan(file: "loads/x.yml", line: 3)

  @Test("settings are rendered when they are used, each secret is asked for once and hidden")
  func rendering() async throws {
    let secrets = Secrets(["command:pass show shop": "hunter2"])
    let hidden = Mutex<[String]>([])
    let (resolver, project) = try await resolver(secrets, environment: ["PORT": "5433"]) { redactor in
      hidden.withLock { $0.append(redactor.redact("hunter2")) }
    }
    #expect(secrets.asked.withLock { $0 } == [])
    let connection = try await resolver.resolve(origin("shop", project), at: span)
    #expect(
      connection.settings.json()
        == #"{"type":"postgres","host":"default.example","port":5433,"database":"sales","password":"hunter2"}"#
    )
    #expect(connection.redactor.redact("it is hunter2") == "it is *****")
    _ = try await resolver.resolve(origin("shop", project), at: span)
    #expect(secrets.asked.withLock { $0 } == ["command:pass show shop"])
    #expect(hidden.withLock { $0.first } == "*****")
    #expect(resolver.warnings.map(\.message) == ["command:pass show shop"])
  }

  @Test("what an environment variable gives under a secret's name is hidden too")
  func headers() async throws {
    let (resolver, project) = try await resolver(Secrets([:]), environment: ["PORT": "1", "TOKEN": "abc"])
    let connection = try await resolver.resolve(origin("web", project), at: span)
    #expect(connection.settings["headers"]?["Authorization"] == .string("Bearer abc"))
    #expect(connection.redactor.redact("sent Bearer abc") == "sent *****")
  }

  @Test("everything that cannot be rendered is told at once, where the connection is declared")
  func broken() async throws {
    let (resolver, project) = try await resolver(Secrets([:]))
    let list = await #expect(throws: DiagnosticList.self) {
      try await resolver.resolve(origin("broken", project), at: span)
    }
    #expect(
      list?.items.map { "\($0.span?.description ?? "-") \($0.code) \($0.message)" } == [
        "connections.yml:8:3 WEIR-E0118 the environment variable 'NONE' is not set",
        "connections.yml:8:3 WEIR-E1103 there is no file:none",
        "connections.yml:8:3 WEIR-E0106 secret('nonsense') names neither a file nor a command",
      ])
  }

  @Test("a URL becomes a connection's settings, its password hidden")
  func location() async throws {
    let secrets = Secrets(["file:p": "s3cret"])
    let (resolver, project) = try await resolver(secrets)
    let connection = try await resolver.resolve(
      .location("postgres://ann:{{ secret('file:p') }}@db/shop", .postgres), at: span)
    #expect(
      connection.settings.json()
        == #"{"user":"ann","password":"s3cret","host":"db","database":"shop"}"#)
    #expect(connection.name == "postgres://ann:{{ secret('file:p') }}@db/shop")
    #expect(connection.redactor.redact("s3cret") == "*****")
    let files = try await resolver.resolve(.location("data/*.csv", .files), at: span)
    #expect(files.settings == .dict([("path", .string(project.settings.root + "/data"))]))
  }

  @Test("a load's own settings and its tables' are rendered with it")
  func load() async throws {
    let (resolver, _) = try await resolver(Secrets(["file:p": "s3cret"]))
    var load = LoadDefinition(
      name: "x", origin: .location("data/", .files), schema: "x",
      tables: [LoadTable(name: "t", from: "t", span: span)])
    load.tables[0].settings = .dict([("null", .string("{{ secret('file:p') }}"))])
    load.settings = .dict([("a", .string("{{ var('db') }}"))])
    let (_, resolved) = try await resolver.resolve(load, at: span)
    #expect(resolved.settings["a"] == .string("sales"))
    #expect(resolved.tables[0].settings["null"] == .string("s3cret"))
  }
}
