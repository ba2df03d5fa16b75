import ArgumentParser
import Diagnostics
import Project

/// Which time microbatch models are built for.
struct EventTimeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Build microbatch models from this moment (UTC).", valueName: "time"))
  var eventTimeStart: String?

  @Option(
    help: ArgumentHelp("Build microbatch models up to this moment (UTC).", valueName: "time"))
  var eventTimeEnd: String?

  @Option(
    help: ArgumentHelp(
      "Read only this much of what has an event_time: '3 days', '{start: …, end: …}'.", valueName: "window"))
  var sample: String?

  /// The span of time that is read, if not all of it is. Throws usage errors.
  func window(_ environment: ProcessEnvironment, now: Double) throws(Diagnostic) -> SampleWindow? {
    guard let text = sample ?? environment.text("DBT_SAMPLE") else { return nil }
    return try SampleWindow(TerminalText.oneLine(text), now: Int(now * 1_000_000))
  }

  /// The two moments, in microseconds since 1970, UTC. Throws usage errors.
  func span(_ environment: ProcessEnvironment) throws(Diagnostic) -> (start: Int, end: Int)? {
    let start = try moment(eventTimeStart ?? environment.text("DBT_EVENT_TIME_START"), "--event-time-start")
    let end = try moment(eventTimeEnd ?? environment.text("DBT_EVENT_TIME_END"), "--event-time-end")
    switch (start, end) {
    case (nil, nil): return nil
    case (nil, _):
      throw Diagnostic(.usage, "--event-time-end was given without --event-time-start", hint: "give both")
    case (_, nil):
      throw Diagnostic(.usage, "--event-time-start was given without --event-time-end", hint: "give both")
    case (let start?, let end?):
      guard start < end else {
        throw Diagnostic(.usage, "--event-time-start must be before --event-time-end")
      }
      return (start, end)
    }
  }

  private func moment(_ text: String?, _ flag: String) throws(Diagnostic) -> Int? {
    guard let text else { return nil }
    if let moment = MomentText.microseconds(text) { return moment }
    throw Diagnostic(
      .usage, "\(flag) is no date or moment: '\(TerminalText.oneLine(text))'",
      hint: "write it as 2024-01-31 or 2024-01-31T12:00:00")
  }
}
