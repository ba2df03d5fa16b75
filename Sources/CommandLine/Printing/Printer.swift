import Diagnostics
import Synchronization

/// The only one that writes to the terminal. Results and the log go to standard output, so that pipes work;
/// diagnostics and the live progress area go to standard error.
final class Printer: Sendable {
  /// What a command line and its environment ask of printing.
  struct Options: Sendable {
    var isJSON = false
    var isQuiet = false
    /// What matters less is not told.
    var level = LogLevel.info
    /// Nil: on terminals only.
    var isColored: Bool?
  }

  let options: Options
  let output: any TextSink
  let errors: any TextSink
  let outputStyle: Style
  let errorStyle: Style
  let invocationID: String
  let now: @Sendable () -> Double
  private let state: Mutex<State>

  private struct State: Sendable {
    var redactor: Redactor
    var sourceText: @Sendable (String) -> String? = { _ in nil }
    var area = ProgressArea()
    var board: ProgressBoard?
  }

  init(
    options: Options, output: any TextSink, errors: any TextSink, invocationID: String, redactor: Redactor,
    now: @escaping @Sendable () -> Double
  ) {
    self.options = options
    self.output = output
    self.errors = errors
    outputStyle = Style(isColored: options.isColored ?? output.isTerminal)
    errorStyle = Style(isColored: options.isColored ?? errors.isTerminal)
    self.invocationID = invocationID
    self.now = now
    state = Mutex(State(redactor: redactor))
  }

  /// From now on these values are never shown.
  func hide(_ redactor: Redactor) { state.withLock { $0.redactor = redactor } }

  /// Where diagnostics find the lines that they point at.
  func readSources(_ read: @escaping @Sendable (_ file: String) -> String?) {
    state.withLock { $0.sourceText = read }
  }

  // MARK: Lines

  /// What a command was asked for. It is printed even when quiet.
  func result(_ text: String) {
    if options.isJSON {
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        write(
          LogRecord(.info, "PrintEvent", "Z052", String(line)) { [line = String(line)] in
            $0.member("msg", line)
          })
      }
    } else {
      write([text], to: output)
    }
  }

  /// A result in bytes that are not to be changed (CSV, JSON), without a newline of its own.
  func raw(_ text: String) { state.withLock { _ in output.write(text) } }

  /// What a person may like to know; as text, and as a record.
  func log(_ text: String, _ record: LogRecord) {
    guard tells(record.level) else { return }
    if options.isJSON { write(record) } else { write([text], to: output) }
  }

  /// Several lines at once, by the same rules.
  func log(_ lines: [String], _ records: [LogRecord]) {
    if options.isJSON {
      for record in records where tells(record.level) { write(record) }
    } else if tells(.info), !lines.isEmpty {
      write(lines, to: output)
    }
  }

  private func tells(_ level: LogLevel) -> Bool {
    level >= (options.isQuiet ? .error : options.level)
  }

  /// Problems: errors always, others unless quiet.
  func report(_ diagnostics: [Diagnostic]) {
    var seen: Set<Diagnostic> = []
    let shown = diagnostics.filter { diagnostic in
      (!options.isQuiet || diagnostic.severity == .error) && seen.insert(diagnostic).inserted
    }
    guard !shown.isEmpty else { return }
    if options.isJSON {
      for diagnostic in shown { write(LogRecord(diagnostic)) }
    } else {
      // Work goes on after warnings alone: an empty line keeps them apart from it.
      let isEnd = shown.contains { $0.severity == .error }
      write([render(shown) + (isEnd ? "" : "\n")], to: errors)
    }
  }

  /// A word to the person who watches, beside all results.
  func note(_ text: String) {
    guard !options.isJSON else { return }
    write([text], to: errors)
  }

  /// A diagnostic as a person sees it, for the place it is shown in.
  func render(_ diagnostics: [Diagnostic], onOutput: Bool = false) -> String {
    let (redactor, sourceText) = state.withLock { ($0.redactor, $0.sourceText) }
    let sink = onOutput ? output : errors
    let renderer = DiagnosticRenderer(
      usesColour: (onOutput ? outputStyle : errorStyle).isColored, width: sink.size?.columns,
      redactor: redactor, sourceText: sourceText)
    return renderer.render(diagnostics)
  }

  private func write(_ record: LogRecord) {
    state.withLock { state in
      output.write(
        record.line(at: now(), invocationID: invocationID, redactor: state.redactor) + "\n")
    }
  }

  private func write(_ lines: [String], to sink: any TextSink) {
    state.withLock { state in
      let text = state.redactor.redact(lines.map { $0 + "\n" }.joined())
      guard state.area.isShown else { return sink.write(text) }
      errors.write(state.area.erasing(columns: errors.size?.columns ?? 80))
      sink.write(text)
      draw(&state)
    }
  }

  // MARK: Progress

  /// Whether a live area is of any use: somebody watches standard error.
  var showsProgress: Bool { errors.isTerminal && !options.isQuiet && !options.isJSON }

  /// Changes what the live area shows; `redraw` shows it.
  func updateProgress(_ change: (inout ProgressBoard?) -> Void) {
    guard showsProgress else { return }
    state.withLock { change(&$0.board) }
  }

  /// Draws the live area as things stand now.
  func redraw() {
    guard showsProgress else { return }
    state.withLock { draw(&$0) }
  }

  /// Removes the live area for good.
  func endProgress() {
    guard showsProgress else { return }
    state.withLock { state in
      state.board = nil
      errors.write(state.area.erasing(columns: errors.size?.columns ?? 80))
    }
  }

  /// Removes the live area if that can be done at once.
  func abandonProgress() {
    guard showsProgress else { return }
    _ = state.withLockIfAvailable { state in
      errors.write(state.area.erasing(columns: errors.size?.columns ?? 80))
    }
  }

  private func draw(_ state: inout State) {
    guard let size = errors.size, let board = state.board else { return }
    let lines = board.lines(at: now(), size: size, style: errorStyle)
    errors.write(
      state.area.drawing(lines.map(\.text), widths: lines.map(\.width), columns: size.columns))
  }
}
