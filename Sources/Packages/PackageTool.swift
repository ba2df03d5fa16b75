import Diagnostics
import Subprocess
import SystemPackage

/// The programs that fetch and unpack: `git` and `tar`.
enum PackageTool {
  /// Runs a program and gives what it prints. Variables go beside the inherited ones. Throws a `Diagnostic` with what it
  /// said if it failed.
  @discardableResult
  static func run(
    _ program: String, _ arguments: [String], in folder: String, environment: [String: String] = [:]
  ) async throws -> String {
    let variables = Dictionary(
      environment.compactMap { key, value in Environment.Key(rawValue: key).map { ($0, value as String?) } },
      uniquingKeysWith: { $1 })
    let configuration = Configuration(
      executable: .name(program), arguments: Arguments(arguments),
      environment: .inherit.updating(variables), workingDirectory: FilePath(folder))
    do {
      let result = try await Subprocess.run(
        configuration, input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
      guard result.terminationStatus.isSuccess else {
        try Task.checkCancellation()
        let lines = result.standardError.split(separator: "\n").suffix(5).map { "it said: \($0)" }
        throw Diagnostic(.packageMissing, "'\(program)' could not fetch a package", notes: lines)
      }
      return result.standardOutput
    } catch let error as SubprocessError {
      throw Diagnostic(
        .packageMissing, "'\(program)' cannot be started", hint: "install it: packages are fetched with it",
        cause: "\(error)")
    }
  }
}
