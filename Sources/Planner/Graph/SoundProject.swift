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
    do throws(DiagnosticList) {
      graph = try Graph(project)
    } catch {
      throw DiagnosticList(reading.problems + error.items)
    }
    guard !reading.hasErrors else { throw DiagnosticList(reading.problems) }
    self.project = project
    warnings = reading.problems
  }
}
