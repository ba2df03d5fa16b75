import Diagnostics
import Jinja
import Planner
import Project
import Runner
import Tabular

/// Shows what loads would bring.
struct LoadPreviewOperation: Sendable {
  let workspace: Workspace
  let form: ReportForm
  let limit: Int

  func perform(selected: Selection) async throws -> ExitStatus {
    let session = workspace.session
    let loads = workspace.project.loads.filter { selected.nodes.contains($0.id) }
    guard !loads.isEmpty else {
      throw Diagnostic(
        .unclearSelection, "the selection names no load to preview",
        hint: "'weir ls --resource-type load' lists what there is")
    }
    let connections = workspace.makeResolver()
    let engine = try await workspace.openEngine()
    let preview = LoadPreview(
      project: workspace.project, engine: engine,
      services: LoadServices(readers: session.program.sources.readers, connections: connections),
      run: workspace.invocation.id)
    let problems = try await session.interruptible { await self.show(loads, preview) }
    await engine.close()
    session.printer.report(connections.warnings + problems.map(connections.redactor.redact))
    return problems.isEmpty ? .success : .failure
  }

  /// Shows each load; gives what went wrong.
  private func show(_ loads: [Node], _ preview: LoadPreview) async -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for load in loads {
      do {
        for result in try await preview.results(of: load, limit: limit) { show(result, of: load) }
      } catch {
        problems += DiagnosticList.collecting(
          error, else: .sourceUnreadable, "the load '\(load.name)' cannot be shown"
        ).map { $0.located(at: load.span) }
      }
    }
    return problems
  }

  private func show(_ result: LoadPreview.Result, of load: Node) {
    let printer = workspace.session.printer
    guard form == .text else { return showJSON(result, of: load) }
    let style = printer.outputStyle
    let columns = result.columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
    let origin = result.from == result.table || result.from.isEmpty ? "" : " from \(result.from)"
    let text = ResultTable.text(result.rows).lines(width: printer.output.size?.columns, style: style)
    printer.result(
      ([
        style.bold(TerminalText.oneLine("\(load.name).\(result.table)\(origin)")),
        TerminalText.oneLine(columns),
      ] + text.lines + [""]).joined(separator: "\n"))
  }

  private func showJSON(_ result: LoadPreview.Result, of load: Node) {
    var writer = JSONWriter(redactor: workspace.redactor)
    writer.object { writer in
      writer.member("load", load.name)
      writer.member("table", result.table)
      writer.member("from", result.from)
      writer.member(
        "columns",
        array: { list in
          for column in result.columns {
            list.object { item in
              item.member("name", column.name)
              item.member("type", column.type)
            }
          }
        })
    }
    // The rows come as JSON from the engine's own values, so that numbers stay exact.
    let rows = result.rows.batches.flatMap { $0.jsonRows() }.joined(separator: ",")
    let text = writer.text.dropLast() + ",\"rows\":[\(rows)]}"
    workspace.session.printer.raw(text + "\n")
  }
}
