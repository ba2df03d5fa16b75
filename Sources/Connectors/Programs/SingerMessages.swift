import Diagnostics
import Jinja

/// Goes over what a tap printed: records of one stream become rows of a spool, and the last state is kept.
struct SingerMessages {
  private let stream: String
  private let writer: SpoolWriter
  private var schema: DataValue?
  /// The properties whose numbers must keep every digit.
  private var decimals: Set<String> = []
  private var state: String?

  init(stream: String, into writer: SpoolWriter) {
    self.stream = stream
    self.writer = writer
  }

  /// Rows found so far.
  var rows: Int { writer.rows }
  /// Their bytes.
  var bytes: Int { writer.bytes }

  /// Reads a file of messages, one a line. Throws a `Diagnostic` with the line of the first that is none.
  mutating func read(_ path: String) throws {
    var lines = LineReader([path])
    var number = 0
    while let line = try lines.next() {
      number += 1
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      do {
        try line.withUnsafeBufferPointer { bytes in try take(bytes) }
      } catch let problem as JSONProblem {
        throw Diagnostic(
          .sourceUnreadable, "the tap printed something that is no message", at: nil,
          notes: ["line \(number): \(String(decoding: line.prefix(200), as: UTF8.self))", problem.message])
      }
    }
    try writer.finish()
  }

  private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    try JSONScanner.validate(bytes)
    let whole = 0..<bytes.count
    func text(_ name: String) throws -> String? {
      try JSONText.member(name, bytes, whole).flatMap { JSONText.scalar(bytes, $0) }
    }
    switch try text("type") {
    case "RECORD":
      guard try text("stream") == stream, let record = try JSONText.member("record", bytes, whole) else {
        return
      }
      if let exact = try JSONText.quotingNumbers(bytes, record, of: decimals.contains) {
        try writer.append(exact)
      } else {
        try writer.append(bytes[record])
      }
    case "SCHEMA":
      guard try text("stream") == stream, let found = try JSONText.member("schema", bytes, whole) else {
        return
      }
      schema = try DataValue.parse(json: String(decoding: bytes[found], as: UTF8.self))
      decimals = Set(
        properties.filter { SingerType.engineType(of: $0.value).hasPrefix("DECIMAL") }.map(\.key))
    case "STATE":
      if let value = try JSONText.member("value", bytes, whole) {
        state = String(decoding: bytes[value], as: UTF8.self)
      }
    default: break
    }
  }

  /// The rows for the engine, with the types that the tap declared. A state that the tap did not print anew stays.
  func sourceRead(state old: String?, logs: [String]) -> SourceRead {
    var read = SourceRead(selects: [])
    if !writer.files.isEmpty { read.selects = [select] }
    read.state = state ?? old
    read.isComplete = old == nil
    read.isIncremental = true
    read.infersTypes = schema == nil
    read.bytes = bytes
    read.logs = logs
    return read
  }

  private var properties: [(key: String, value: DataValue)] {
    schema?["properties"]?.dictValue.map(Array.init) ?? []
  }

  private var select: String {
    let files = writer.files.map(StandardQuoting.literal).joined(separator: ", ")
    let columns = properties.map { name, property in
      "\(StandardQuoting.literal(name)): \(StandardQuoting.literal(SingerType.engineType(of: property)))"
    }
    // A tap that declares nothing leaves it to the engine to find out.
    let types =
      columns.isEmpty
      ? "sample_size = -1, \(JSONRows.asColumns), \(FileSelect.depth)"
      : "columns = {\(columns.joined(separator: ", "))}"
    return "SELECT * FROM read_json([\(files)], format = 'newline_delimited', \(types), "
      + "maximum_object_size = \(max(writer.longestRow, 1 << 20) + 1024))"
  }
}

/// Types of JSON Schema in the engine's words.
enum SingerType {
  /// The type that holds every value that a property's schema allows.
  static func engineType(of schema: DataValue) -> String {
    if let choices = (schema["anyOf"] ?? schema["oneOf"])?.listValue {
      let types = Set(choices.filter { $0["type"]?.stringValue != "null" }.map(engineType))
      return types.count == 1 ? types.first ?? "JSON" : "JSON"
    }
    var names = schema["type"]?.listValue?.compactMap(\.stringValue) ?? []
    if let name = schema["type"]?.stringValue { names = [name] }
    names.removeAll { $0 == "null" }
    if Set(names) == ["integer", "number"] { return "DOUBLE" }
    guard names.count == 1 else { return "JSON" }
    switch names[0] {
    case "integer": return "BIGINT"
    case "number": return number(schema)
    case "boolean": return "BOOLEAN"
    case "string": return text(schema["format"]?.stringValue)
    case "array": return schema["items"].map { engineType(of: $0) + "[]" } ?? "JSON"
    default: return structure(schema)
    }
  }

  /// A number that is a multiple of a power of ten is a decimal.
  private static func number(_ schema: DataValue) -> String {
    guard case .float(let step)? = schema["multipleOf"] else { return "DOUBLE" }
    for scale in 1...18 where step == 1 / power(scale) { return "DECIMAL(38, \(scale))" }
    return "DOUBLE"
  }

  private static func power(_ exponent: Int) -> Double {
    (0..<exponent).reduce(1.0) { value, _ in value * 10 }
  }

  private static func text(_ format: String?) -> String {
    switch format {
    case "date-time": "TIMESTAMP WITH TIME ZONE"
    case "date": "DATE"
    case "time": "TIME"
    case "uuid": "UUID"
    default: "VARCHAR"
    }
  }

  private static func structure(_ schema: DataValue) -> String {
    guard let properties = schema["properties"]?.dictValue.map(Array.init), !properties.isEmpty else {
      return "JSON"
    }
    let fields = properties.map { name, property in
      "\(StandardQuoting.quoted(name)) \(engineType(of: property))"
    }
    return "STRUCT(\(fields.joined(separator: ", ")))"
  }
}
