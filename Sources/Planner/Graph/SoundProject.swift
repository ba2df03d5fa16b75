import Diagnostics
import Project

/// A project without mistakes, and who reads whom in it.
public struct SoundProject: Sendable {
  /// The project.
  public var project: Project
  /// Who reads whom.
  public let graph: Graph
  /// What is doubtful and stops nothing.
  public let warnings: [Diagnostic]

  /// Throws every problem of reading and, as far as the project could be read, of its graph.
  public init(_ reading: ProjectReading) throws(DiagnosticList) {
    guard let project = reading.project else { throw DiagnosticList(reading.problems) }
    let selectors = Selector.problems(of: project.selectors)
    do throws(DiagnosticList) {
      graph = try Graph(project)
    } catch {
      throw DiagnosticList(reading.problems + selectors + error.items)
    }
    guard !reading.hasErrors, selectors.isEmpty else { throw DiagnosticList(reading.problems + selectors) }
    self.project = project
    warnings = reading.problems
  }
}
