import CommandTesting
import Foundation
import ServiceTesting
import Testing

@Suite("Credentials as AWS's own chain finds them")
struct CredentialChainTests {
  /// A project that loads one file of the bucket, without a key of its own.
  private func project(_ server: S3Service, _ folder: String, more: String = "") throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try scratch.write("name: shop\n", to: "weir.yml")
    try scratch.write(
      """
      connections:
        lake:
          type: s3
          bucket: \(folder.dropFirst("s3://".count))
          endpoint: \(server.endpoint)
          region: \(server.region)
          url_style: path
          use_ssl: false
      \(more)
      """, to: "connections.yml")
    try scratch.write(
      "loads: [{name: raw, from: lake, tables: [{name: t, from: t.csv}]}]\n", to: "loads/raw.yml")
    return scratch
  }

  /// Puts the file there, with a secret of the test's own.
  private func put(_ server: S3Service, _ folder: String) async throws {
    let scratch = try ScratchFolder()
    try scratch.write("name: put\n", to: "weir.yml")
    try scratch.write(
      """
      put:
        target: dev
        outputs: {dev: {type: duckdb, path: put.duckdb, extensions: [httpfs], secrets: [\(server.profileSecret)]}}
      """, to: "profiles.yml")
    try scratch.write("name: put\nprofile: put\n", to: "weir.yml")
    try scratch.write(
      "{{ config(materialized='external', location='\(folder)/t.csv', format='csv') }} select 7 as n\n",
      to: "models/t.sql")
    let outcome = try await Command.weir(["build"], in: scratch.path).run()
    try #require(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  enum Way: String, CaseIterable {
    case environment, profile, process
  }

  @Test(
    "from variables, from a profile, and from a profile's program; none of them is printed",
    arguments: Way.allCases)
  func chain(_ way: Way) async throws {
    let server = try await Services.s3()
    let folder = server.makeFolder()
    try await put(server, folder)
    let project = try project(server, folder, more: way == .environment ? "" : "    profile: shop\n")
    try project.write(
      "[shop]\naws_access_key_id=\(server.key)\naws_secret_access_key=\(server.secret)\n",
      to: "aws/credentials")
    try project.write(
      """
      #!/bin/sh
      echo '{"Version": 1, "AccessKeyId": "\(server.key)", "SecretAccessKey": "\(server.secret)"}'

      """, to: "aws/program.sh")
    try project.write(
      "[profile shop]\ncredential_process=/bin/sh \(project.path)/aws/program.sh\n", to: "aws/config")
    var command = Command.weir(["load"], in: project.path)
    command.environment["AWS_EC2_METADATA_DISABLED"] = "true"
    switch way {
    case .environment:
      command.environment["AWS_ACCESS_KEY_ID"] = server.key
      command.environment["AWS_SECRET_ACCESS_KEY"] = server.secret
    case .profile:
      try project.write("[profile shop]\nregion=\(server.region)\n", to: ".aws/config")
      command.environment["AWS_SHARED_CREDENTIALS_FILE"] = "\(project.path)/aws/credentials"
    case .process: command.environment["AWS_CONFIG_FILE"] = "\(project.path)/aws/config"
    }
    let outcome = try await command.run()
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let shown = try await Command.weir(
      ["show", "--inline", "select n from raw.t", "--output", "csv", "--quiet"], in: project.path
    ).run()
    #expect(shown.output == "n\n7\n", "\(shown.errors)")
    #expect(!(outcome.output + outcome.errors).contains(server.secret))
  }

  @Test("where none is found, the store's refusal is told, and what to do")
  func none() async throws {
    let server = try await Services.s3()
    let folder = server.makeFolder()
    try await put(server, folder)
    let project = try project(server, folder)
    var command = Command.weir(["load"], in: project.path)
    command.environment["AWS_EC2_METADATA_DISABLED"] = "true"
    let outcome = try await command.run()
    #expect(outcome.status == 1)
    let told = outcome.output + outcome.errors
    #expect(told.contains("set AWS_ACCESS_KEY_ID"), "\(told)")
  }
}
