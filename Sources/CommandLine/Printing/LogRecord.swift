import Diagnostics

/// How much a record matters, by dbt's names.
enum LogLevel: String, Sendable, Comparable {
  case debug, info, warn, error

  static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .debug: 0
    case .info: 1
    case .warn: 2
    case .error: 3
    }
  }
}

/// One line of the JSON log: dbt's shape (`info` and `data`), dbt's event names where dbt has the event.
struct LogRecord: Sendable {
  var level: LogLevel
  var name: String
  var code: String
  var message: String
  /// Writes the members of `data`.
  var data: @Sendable (inout JSONWriter) -> Void

  init(
    _ level: LogLevel, _ name: String, _ code: String, _ message: String,
    data: @escaping @Sendable (inout JSONWriter) -> Void = { _ in }
  ) {
    self.level = level
    self.name = name
    self.code = code
    self.message = message
    self.data = data
  }

  /// The diagnostic as a record; its whole content is the data.
  init(_ diagnostic: Diagnostic) {
    let level: LogLevel =
      switch diagnostic.severity {
      case .error: .error
      case .warning: .warn
      case .note: .info
      }
    let place = diagnostic.span.map { "\($0): " } ?? ""
    self.init(level, "Diagnostic", diagnostic.code.rawValue, place + diagnostic.message) { writer in
      writer.key("diagnostic")
      diagnostic.write(to: &writer)
    }
  }

  /// The record as one line of JSON, without its newline.
  func line(at time: Double, invocationID: String, redactor: Redactor) -> String {
    var writer = JSONWriter(redactor: redactor, reserving: 512)
    writer.object { writer in
      writer.member("data", object: { data(&$0) })
      writer.key("info")
      writer.object { info in
        info.member("category", "")
        info.member("code", code)
        info.key("extra")
        info.object { _ in }
        info.member("invocation_id", invocationID)
        info.member("level", level.rawValue)
        info.member("msg", message)
        info.member("name", name)
        info.member("ts", Quantities.timestamp(time))
      }
    }
    return writer.text
  }
}
