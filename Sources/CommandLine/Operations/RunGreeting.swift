import Diagnostics
import Project

/// What a run says first: who works on what, and how much there is to do.
struct RunGreeting {
  let session: CommandSession
  let settings: ProjectSettings
  let target: Target

  /// Prints it. `threads` is how many nodes run at once, at most.
  func print(_ nodes: [NodeFacts], threads count: Int) {
    let threads = Quantities.count(count, "thread")
    let tally = Tally(nodes).text
    let text =
      "weir \(session.program.version), project \(settings.name), target \(target.name) (\(target.profile.type)), \(threads)"
      + (nodes.isEmpty ? "" : "\n\(tally)\n")
    session.printer.log(
      text,
      LogRecord(.info, "MainReportVersion", "A001", "Running with weir=\(session.program.version)") {
        [session] in
        $0.member("version", session.program.version)
      })
    session.printer.log(
      [],
      [
        LogRecord(
          .info, "ConcurrencyLine", "Q027", "Concurrency: \(threads) (target='\(target.name)')"
        ) {
          $0.member("node_count", nodes.count)
          $0.member("num_threads", count)
          $0.member("target_name", target.name)
        }
      ])
  }
}
