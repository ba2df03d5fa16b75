import Diagnostics
import Project

/// Writes what a run leaves under the target folder. Safe to use from several threads for different nodes.
public struct ArtifactWriter: Sendable {
  /// The target folder, absolute.
  public let folder: String
  private let redactor: Redactor

  /// Makes a writer for the project's target folder.
  public init(project: Project, redactor: Redactor = .none) {
    let path = project.settings.targetPath
    folder = path.hasPrefix("/") ? path : "\(project.settings.root)/\(path)"
    self.redactor = redactor
  }

  /// Throws if nothing can be written into the target folder, or it cannot be made: better known before a run than
  /// after. Makes nothing.
  public func verifyFolder() throws(Diagnostic) {
    try ArtifactFile.verifyFolder(folder)
  }

  /// Writes `compiled/<package>/<path>`: the SQL before any statement is made of it. A file that already holds
  /// the text stays as it is. Throws if the system refuses or the path would leave the folder.
  public func writeCompiled(_ sql: String, of node: Node) throws(Diagnostic) {
    try write(sql, under: "compiled", node)
  }

  /// Writes `run/<package>/<path>`: the statements that ran.
  public func writeExecuted(_ sql: String, of node: Node) throws(Diagnostic) {
    try write(sql, under: "run", node)
  }

  /// Writes a whole file of the target folder at once, such as `manifest.json`.
  public func write(_ bytes: [UInt8], as name: String) throws(Diagnostic) {
    try ArtifactFile.replace("\(folder)/\(try Self.inside(name))", with: bytes)
  }

  /// Where a node's SQL lies below `compiled/` and `run/`: its file, and for checks that a property file declares a
  /// file of their own in a folder of that file's name.
  public static func path(of node: Node) -> String {
    if node.resourceType == .snapshot, node.originalPath.hasSuffix(".sql") {
      // One file may hold several.
      let folder = node.originalPath.dropLast(lastPart(node.originalPath).count)
      return "\(node.package)/\(folder)\(node.name).sql"
    }
    if node.resourceType == .operation {
      let file = node.originalPath.hasPrefix("./") ? node.originalPath.dropFirst(2) : node.originalPath[...]
      return "\(node.package)/\(file)/\(node.path)"
    }
    let isOwnFile = lastPart(node.path) == lastPart(node.originalPath)
    return "\(node.package)/\(node.originalPath)" + (isOwnFile ? "" : "/\(node.path)")
  }

  private func write(_ sql: String, under kind: String, _ node: Node) throws(Diagnostic) {
    let path = try Self.inside(Self.path(of: node))
    let text = redactor.isEmpty ? sql : redactor.redact(sql)
    try ArtifactFile.update("\(folder)/\(kind)/\(path)", with: Array(text.utf8))
  }

  /// The path, if it stays below the folder that it is put in.
  private static func inside(_ path: String) throws(Diagnostic) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." } && !path.utf8.contains(0)
    if isSafe { return path }
    throw Diagnostic(.unwritableArtifact, "'\(path)' would lie outside the target folder")
  }

  private static func lastPart(_ path: String) -> Substring {
    path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
  }
}
