import Diagnostics
import EngineCore
import Foundation
import Jinja

@testable import Project

/// A project in a folder of its own that is removed with it.
final class TemporaryProject {
  let root: String

  init(_ files: [String: String]) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-project-\(UUID().uuidString)")
    root = folder.path(percentEncoded: false)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (path, text) in files { try write(path, text) }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ path: String, _ text: String) throws {
    try write(path, Data(text.utf8))
  }

  func write(_ path: String, _ data: Data) throws {
    let url = URL(filePath: root).appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  func options(_ change: (inout LoadOptions) -> Void = { _ in }) -> LoadOptions {
    var options = LoadOptions(
      projectRoot: root, vars: .dict([]), environment: [:], startedAt: 1_700_000_000, invocationID: "test",
      command: "build")
    change(&options)
    return options
  }

  /// Loads with a parser that knows the tables that `tables` says for a text.
  func load(
    tables: @escaping @Sendable (String) -> Result<[TableReference], Diagnostic> = { _ in .success([]) },
    _ change: (inout LoadOptions) -> Void = { _ in }
  ) async throws -> LoadedProject {
    try await ProjectLoader(options: options(change), parser: { $0.map(tables) }).load()
  }

  /// What loading complains about, one line each: place, code, message.
  func complaints(_ change: (inout LoadOptions) -> Void = { _ in }) async -> [String] {
    await problems(change).map { "\($0.span?.description ?? "-"): \($0.code) \($0.message)" }
  }

  /// What loading complains about.
  func problems(_ change: (inout LoadOptions) -> Void = { _ in }) async -> [Diagnostic] {
    do {
      return try await load(change).warnings
    } catch let list as DiagnosticList {
      return list.items
    } catch {
      return [Diagnostic(.unreadableFile, "unexpected: \(error)")]
    }
  }
}

extension Project {
  func compiler(connection: (any Connection)? = nil, options: LoadOptions) -> Compiler {
    Compiler(project: self, invocation: Invocation(options), connection: connection, log: { _ in })
  }

  func named(_ name: String) -> Node? { nodes.first { $0.name == name } }
}

/// A text with every run of space as one space.
func squeezed(_ text: String) -> String {
  text.split { $0 == " " || $0 == "\n" || $0 == "\t" }.joined(separator: " ")
}
