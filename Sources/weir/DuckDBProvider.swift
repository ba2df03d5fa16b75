import CommandLine
import Diagnostics
import DuckDBEngine
import EngineCore

/// DuckDB as the command line knows engines.
struct DuckDBProvider {
  let extensionFolder: String?

  var provider: EngineProvider {
    let extensionFolder = extensionFolder
    return EngineProvider(
      open: { profile in
        guard ["duckdb", "ducklake"].contains(profile.type) else {
          throw Diagnostic(
            .notSupported, "no engine for targets of type '\(profile.type)'",
            at: profile.origin.map { SourceSpan(file: $0) },
            hint: "this version runs targets of type 'duckdb' and 'ducklake'")
        }
        return try DuckDBEngine(profile: profile, extensionDirectory: extensionFolder)
      },
      parseStatements: { try await Self.tableReferences(in: $0) },
      describe: {
        [("duckdb", DuckDBEngine.version), ("extensions", extensionFolder ?? "none installed")]
      })
  }

  /// Asks DuckDB's own parser, in a database in memory that lives as long as the question.
  private static func tableReferences(
    in statements: [String]
  ) async throws -> [Result<[TableReference], Diagnostic>] {
    if statements.isEmpty { return [] }
    let engine = try DuckDBEngine(path: nil)
    let session = try await engine.makeSession()
    let results = try await session.run { connection in
      statements.map { statement in
        Result { try connection.tableReferences(in: statement) }.mapError {
          Diagnostic.wrapping($0, .engineFailure, "the statement cannot be read")
        }
      }
    }
    await session.close()
    await engine.close()
    return results
  }
}
