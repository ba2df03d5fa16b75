import Diagnostics
import Project

/// What a manifest says of the invocation that wrote it and of its project: the first member of the file.
public struct ManifestMetadata: Sendable {
  private let artifact: ArtifactMetadata
  private let projectName: String
  private let adapter: String

  /// Of a project's manifest that an invocation writes.
  public init(_ settings: ProjectSettings, _ target: Target, _ invocation: Invocation, generatedAt: Double) {
    artifact = ArtifactMetadata(schema: "manifest/v12", invocation: invocation, generatedAt: generatedAt)
    projectName = settings.name
    adapter = target.type
  }

  /// Takes the place of the metadata of a manifest that Weir wrote, and leaves all the rest as it is. Throws if the file is
  /// no such manifest, or the system refuses: then nothing was done.
  public func replace(in path: String, redactor: Redactor) throws(Diagnostic) {
    // No text can hold these bytes: its quotes would be escaped.
    guard let old = SearchedFile(path), let end = old.find(Array(Self.end.utf8), from: 0) else {
      throw Diagnostic(
        .unwritableArtifact, "'\(path)' was changed by somebody else while it was written anew",
        hint: "run the command again")
    }
    var writer = JSONWriter(redactor: redactor)
    write(to: &writer)
    try ArtifactFile.replace(path) { stream throws(Diagnostic) in
      try stream.append(Array("{".utf8) + writer.bytes)
      try stream.append(end..<old.size, of: old)
    }
  }

  /// What follows the metadata.
  static let end = ",\"nodes\":{"

  func write(to writer: inout JSONWriter) {
    writer.member(
      "metadata",
      object: { writer in
        artifact.writeMembers(to: &writer)
        writer.member("project_name", projectName)
        writer.member("project_id", Digest.md5(projectName))
        writer.member("user_id", nil as String?)
        writer.member("send_anonymous_usage_stats", false)
        writer.member("adapter_type", adapter)
        writer.member(
          "quoting",
          object: { writer in
            for part in ["database", "schema", "identifier"] { writer.member(part, true) }
            writer.member("column", nil as String?)
          })
        writer.member("run_started_at", Timestamp.text(artifact.invocationStartedAt, zone: "+00:00"))
      })
  }
}
