import Diagnostics
import Project

/// What dbt's artifacts say about the invocation that wrote them.
struct ArtifactMetadata: Sendable {
  /// The version of dbt whose artifacts these are.
  static let dbtVersion = "1.11.0"

  let schema: String
  let generatedAt: Double
  let invocationID: String
  let invocationStartedAt: Double
  /// Variables of the environment that are meant to be shown, without their prefix.
  let environment: [(name: String, value: String)]

  init(schema: String, invocation: Invocation, generatedAt: Double) {
    self.schema = "https://schemas.getdbt.com/dbt/\(schema).json"
    self.generatedAt = generatedAt
    invocationID = invocation.id
    invocationStartedAt = invocation.startedAt
    let prefix = "DBT_ENV_CUSTOM_ENV_"
    environment = invocation.environment.filter { $0.key.hasPrefix(prefix) }
      .map { (String($0.key.dropFirst(prefix.count)), $0.value) }.sorted { $0.name < $1.name }
  }

  /// Writes the members that every artifact has.
  func writeMembers(to writer: inout JSONWriter) {
    writer.member("dbt_schema_version", schema)
    writer.member("dbt_version", Self.dbtVersion)
    writer.member("generated_at", Timestamp.text(generatedAt))
    writer.member("invocation_id", invocationID)
    writer.member("invocation_started_at", Timestamp.text(invocationStartedAt))
    writer.member(
      "env",
      object: { writer in
        for (name, value) in environment { writer.member(name, value) }
      })
  }
}
