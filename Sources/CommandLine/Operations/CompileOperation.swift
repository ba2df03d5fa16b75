import Diagnostics
import EngineCore
import Planner
import Project

/// Compiles nodes or a text and prints the SQL of a single one.
struct CompileOperation: Sendable {
  let workspace: Workspace

  func perform(
    inline: String?, selection: SelectionOptions, kinds: ResourceTypeOptions?
  ) async throws -> ExitStatus { .success }
}
