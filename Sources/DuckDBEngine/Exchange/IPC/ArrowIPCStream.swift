internal import CDuckDB
import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Serves a file that holds an Arrow IPC stream as an Arrow C stream, a batch at a time: memory is bounded by the largest
/// batch and the dictionaries. What the bytes say is checked before anybody relies on it.
final class ArrowIPCStream {
  private let messages: ArrowMessages
  private let fields: [ArrowField]
  private var dictionaryTypes: [Int64: ArrowDictionaryType] = [:]
  private var dictionaries: [Int64: ArrowValues] = [:]
  private var columns: [ArrowValues] = []
  private var rows = 0..<0
  private let rowsAtOnce: Int
  private var lastError: UnsafeMutablePointer<CChar>?

  /// Opens a file and reads its schema. Gives at most `rowsAtOnce` rows a time. Throws a `Diagnostic`.
  init(path: String, rowsAtOnce: Int) throws {
    self.rowsAtOnce = rowsAtOnce
    messages = try ArrowMessages(path)
    guard let first = try messages.next(), first.kind == 1 else { throw ArrowMessages.noStream }
    fields = try ArrowField.fields(of: first.header)
    for field in fields { try field.collect(into: &dictionaryTypes) }
  }

  deinit { free(lastError) }

  /// Fills in a stream that keeps this object alive until it is released.
  func fill(_ raw: UnsafeMutableRawPointer) {
    let stream = raw.assumingMemoryBound(to: ArrowArrayStream.self)
    stream.pointee.private_data = Unmanaged.passRetained(self).toOpaque()
    stream.pointee.get_schema = { stream, output in
      ArrowIPCStream.serving(stream) { source in ExportedArrow.give(source.fields, to: output) }
    }
    stream.pointee.get_next = { stream, output in
      ArrowIPCStream.serving(stream) { source in try source.next(output) }
    }
    stream.pointee.get_last_error = { stream in
      ArrowIPCStream.of(stream).flatMap { source in source.lastError.map { UnsafePointer($0) } }
    }
    stream.pointee.release = { stream in
      guard let stream, let data = stream.pointee.private_data else { return }
      stream.pointee.release = nil
      stream.pointee.private_data = nil
      Unmanaged<ArrowIPCStream>.fromOpaque(data).release()
    }
  }

  private static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> ArrowIPCStream? {
    stream?.pointee.private_data.map { Unmanaged<ArrowIPCStream>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Answers a callback: zero, or an error number with the words kept for `get_last_error`.
  private static func serving(
    _ stream: UnsafeMutablePointer<ArrowArrayStream>?, _ body: (ArrowIPCStream) throws -> Void
  ) -> Int32 {
    guard let source = of(stream) else { return EINVAL }
    do {
      try body(source)
      return 0
    } catch {
      let diagnostic = error as? Diagnostic
      let words = [diagnostic?.message ?? String(describing: error), diagnostic?.hint].compactMap { $0 }
      free(source.lastError)
      source.lastError = strdup(
        "\(words.joined(separator: "; ")) (in the message at byte \(source.messages.start))")
      return EIO
    }
  }

  private func next(_ output: UnsafeMutablePointer<ArrowArray>?) throws {
    output?.initialize(to: ArrowArray())
    while rows.isEmpty {
      guard let message = try messages.next() else { return }
      switch message.kind {
      case 2: try takeDictionary(message)
      case 3:
        var decoder = try decoder(message.header, message)
        columns = try decoder.columns(fields)
        rows = 0..<decoder.rowCount
      default: throw Diagnostic(.arrowExchange, "a message is neither rows nor a dictionary")
      }
    }
    let part = rows.prefix(rowsAtOnce)
    rows = part.upperBound..<rows.upperBound
    ExportedArrow.give(columns, rows: part, to: output)
  }

  private func takeDictionary(_ message: ArrowMessage) throws {
    let id = try message.header.number(0, or: Int64(0))
    guard let type = dictionaryTypes[id], let batch = try message.header.table(1) else {
      throw FlatTable.broken
    }
    guard try !message.header.flag(2) else {
      throw Diagnostic(
        .arrowExchange, "a dictionary grows in pieces", hint: "write whole dictionaries, or plain values")
    }
    var decoder = try decoder(batch, message)
    dictionaries[id] = try decoder.columns([ArrowField(type)]).first
  }

  private func decoder(_ batch: FlatTable, _ message: ArrowMessage) throws -> ArrowBatchDecoder {
    try ArrowBatchDecoder(batch, message.body, dictionaries: dictionaries)
  }
}

/// A message of a stream.
struct ArrowMessage {
  /// 1 is a schema, 2 a dictionary, 3 a batch of rows.
  var kind: UInt8
  /// What it says.
  var header: FlatTable
  /// The bytes behind that.
  var body: ArrowBody
}

/// Reads the messages of a file, one after the other.
final class ArrowMessages {
  private let descriptor: Int32
  private let size: Int
  private var position = 0
  /// Where the last message began.
  private(set) var start = 0

  static let noStream = Diagnostic(
    .arrowExchange, "it is no Arrow stream", hint: "write Arrow's IPC stream format to standard output")

  /// Opens a file. Throws a `Diagnostic`.
  init(_ path: String) throws {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Diagnostic(.arrowExchange, "cannot read \(path)", cause: String(cString: strerror(errno)))
    }
    var status = stat()
    size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    // A file in the IPC file format holds a stream behind its mark.
    if size >= 8, try bytes(0, 6).elementsEqual("ARROW1".utf8) { position = 8 }
  }

  deinit { close(descriptor) }

  /// The next message; nil at the end. Throws a `Diagnostic` for what is no message, or not all of one.
  func next() throws -> ArrowMessage? {
    start = position
    guard position < size else { return nil }
    var count = try number()
    // Before version 0.15 the length stood without a mark.
    if count == -1 { count = try number() }
    guard count > 0 else {
      if count == 0 { position = size } else { throw Self.noStream }
      return nil
    }
    guard count <= 256 << 20 else { throw Self.noStream }
    let metadata = try bytes(position, Int(count))
    position += Int(count)
    let message = try FlatTable(root: metadata[...])
    let length = try message.number(3, or: Int64(0))
    guard length >= 0, length <= Int64(size - position) else { throw Self.cut }
    let body = ArrowBody(count: Int(length))
    try fill(body.bytes, from: position)
    position += Int(length)
    guard let header = try message.table(2) else { throw FlatTable.broken }
    return ArrowMessage(kind: try message.number(1, or: UInt8(0)), header: header, body: body)
  }

  private static let cut = Diagnostic(.arrowExchange, "the stream ends within a message")

  private func number() throws -> Int32 {
    let four = try bytes(position, 4)
    position += 4
    return four.withUnsafeBytes { Int32(littleEndian: $0.loadUnaligned(as: Int32.self)) }
  }

  private func bytes(_ place: Int, _ count: Int) throws -> [UInt8] {
    guard count <= size - place else { throw Self.cut }
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try fill($0, from: place) }
    return bytes
  }

  private func fill(_ target: UnsafeMutableRawBufferPointer, from place: Int) throws {
    var filled = 0
    while filled < target.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: target[filled...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(place + filled))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.cut }
      filled += count
    }
  }
}
