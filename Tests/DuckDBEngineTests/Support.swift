import Diagnostics
import EngineCore
import Foundation
import Tabular

@testable import DuckDBEngine

/// Runs `body` on a session of a database of its own, in memory unless a path is given.
func withDuckDB<T: Sendable>(
  path: String? = nil, _ body: @Sendable (DuckDBConnection) throws -> T
) async throws -> T {
  let engine = try DuckDBEngine(path: path)
  let session = try await engine.makeDuckDBSession()
  do {
    let value = try await session.withConnection(body)
    await session.close()
    await engine.close()
    return value
  } catch {
    await session.close()
    await engine.close()
    throw error
  }
}

/// The diagnostic that `body` throws.
func diagnostic<T: Sendable>(of body: () async throws -> T) async throws -> Diagnostic? {
  do {
    _ = try await body()
    return nil
  } catch let diagnostic as Diagnostic {
    return diagnostic
  }
}

/// A folder of the test's own, removed with everything in it once `body` ends.
func withFolder<T>(_ body: (String) async throws -> T) async throws -> T {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "weir-engine-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let result: Result<T, any Error>
  do { result = .success(try await body(folder.path)) } catch { result = .failure(error) }
  try FileManager.default.removeItem(at: folder)
  return try result.get()
}
