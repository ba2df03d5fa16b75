import Diagnostics
import EngineCore
import Jinja
import Testing

@testable import Project

@Suite struct ProfileTests {
  private func target(
    _ profiles: String, project: String = "name: p\nprofile: shop\n",
    _ change: (inout LoadOptions) -> Void = { _ in }
  ) async throws -> Target {
    let folder = try TemporaryProject(["dbt_project.yml": project, "profiles.yml": profiles])
    return try await folder.load(change).project.target
  }

  @Test("The profile's own target is taken, and the database is named after the file")
  func standard() async throws {
    let target = try await target(
      """
      shop:
        target: dev
        outputs:
          dev: {type: duckdb, path: "data/{{ env_var('STAGE') }}.db.duckdb", threads: 3, schema: mart}
      """
    ) { $0.environment = ["STAGE": "x"] }
    #expect(target.name == "dev")
    #expect(target.database == "x.db")
    #expect(target.schema == "mart")
    #expect(target.threads == 3)
    #expect(target.profile.settings["path"] == .text("data/x.db.duckdb"))
    #expect(target.visibleValues["database"] == "x.db")
  }

  @Test("A target named on the command line goes first")
  func named() async throws {
    let target = try await target(
      "shop: {target: dev, outputs: {dev: {type: duckdb}, prod: {type: duckdb, path: prod.duckdb}}}"
    ) {
      $0.targetName = "prod"
      $0.threads = 9
    }
    #expect(target.database == "prod")
    #expect(target.threads == 9)
  }

  @Test("A file in memory is called memory")
  func memory() async throws {
    #expect(try await target("shop: {outputs: {default: {type: duckdb}}}").database == "memory")
  }

  @Test("Secrets reach the engine and nothing else")
  func secrets() async throws {
    let profiles = """
      shop:
        outputs:
          default:
            type: postgres
            host: h
            user: u
            password: "{{ env_var('DBT_ENV_SECRET_PASSWORD') }}"
            dbname: d
            schema: s
      """
    let target = try await target(profiles) { $0.environment = ["DBT_ENV_SECRET_PASSWORD": "hush"] }
    #expect(target.profile.settings["password"] == .text("hush"))
    #expect(!target.visibleValues.json().contains("hush"))
    #expect(target.visibleValues["host"] == "h")
  }

  @Test(
    "What is wrong with profiles is said",
    arguments: [
      ("other: {}", "profiles.yml: WEIR-E0108 could not find profile named 'shop'"),
      ("shop: {}", "profiles.yml:1:1: WEIR-E0108 the profile 'shop' has no outputs"),
      (
        "shop: {target: x, outputs: {dev: {type: duckdb}}}",
        "profiles.yml:1:28: WEIR-E0108 the profile 'shop' does not have a target named 'x'"
      ),
      (
        "shop: {outputs: {default: {path: x}}}",
        "profiles.yml:1:18: WEIR-E0108 the target 'default' does not say its type"
      ),
      (
        "shop: {outputs: {default: {type: duckdb, threads: many}}}",
        "profiles.yml:1:51: WEIR-E0108 'threads' must be a number from 1"
      ),
      (
        "shop: {outputs: {default: {type: duckdb, path: a.duckdb, database: b}}}",
        "profiles.yml:1:18: WEIR-E0108 the target 'default' names the database 'b', but its file makes it 'a'"
      ),
      (
        "shop: {outputs: {default: {type: \"{{ env_var('X') }}\"}}}",
        "profiles.yml:1:34: WEIR-E0118 the environment variable 'X' is not set"
      ),
    ])
  func wrong(profiles: String, complaint: String) async throws {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\nprofile: shop\n", "profiles.yml": profiles,
    ])
    #expect(await folder.complaints() == [complaint])
  }

  @Test("A folder that was named must have the file")
  func missingFolder() async throws {
    let folder = try TemporaryProject(["dbt_project.yml": "name: p\n"])
    #expect(
      await folder.complaints { $0.profilesFolder = "conf" } == [
        "-: WEIR-E0108 there is no profiles.yml in 'conf', which --profiles-dir names"
      ])
  }
}
