import Diagnostics
import EngineCore
import Planner
import Project

/// Runs a query and prints its rows.
struct ShowOperation: Sendable {
  let workspace: Workspace
  let form: RowForm
  let limit: Int?
  let outputFile: String?

  func perform(inline: String?, selection: SelectionOptions) async throws -> ExitStatus { .success }
}
