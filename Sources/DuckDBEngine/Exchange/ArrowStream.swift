internal import CDuckDB
import Diagnostics

/// A stream of rows in Arrow's C form, released exactly once: by who consumes it, by `release()`, or at the
/// latest when this value goes.
///
/// The struct stays where it is: some producers refuse to serve a stream that was moved. Not for two threads
/// at once.
public final class ArrowStream {
  private let stream: UnsafeMutablePointer<ArrowArrayStream>

  /// Makes a stream: `body` is given the address of an empty `ArrowArrayStream` to fill in. Throws what
  /// `body` throws.
  public init(filling body: (UnsafeMutableRawPointer) throws -> Void) rethrows {
    stream = .allocate(capacity: 1)
    stream.initialize(to: ArrowArrayStream())
    do {
      try body(stream)
    } catch {
      stream.deallocate()
      throw error
    }
  }

  deinit {
    release()
    stream.deallocate()
  }

  /// Whether the rows were given up or consumed.
  public var isReleased: Bool { stream.pointee.release == nil }

  /// Gives the rows up. Doing so again does nothing.
  public func release() { stream.pointee.release?(stream) }

  /// Lends the address of the `ArrowArrayStream`, for a consumer that releases it, or that reads from it.
  public func withUnsafeStream<T>(_ body: (UnsafeMutableRawPointer) throws -> T) rethrows -> T {
    try body(stream)
  }

  /// The rows' schema. Throws a `Diagnostic`.
  func schema() throws -> ArrowSchemaHandle {
    let schema = ArrowSchemaHandle()
    guard let get = stream.pointee.get_schema, !isReleased else { throw Self.released }
    guard get(stream, schema.pointer) == 0 else { throw failure }
    return schema
  }

  /// The next rows; nil at the end. Throws a `Diagnostic`.
  func next() throws -> ArrowArrayHandle? {
    let array = ArrowArrayHandle()
    guard let get = stream.pointee.get_next, !isReleased else { throw Self.released }
    guard get(stream, array.pointer) == 0 else { throw failure }
    return array.pointer.pointee.release == nil ? nil : array
  }

  private static var released: Diagnostic {
    Diagnostic(.arrowExchange, "a stream of Arrow data was already released")
  }

  private var failure: Diagnostic {
    let reason = stream.pointee.get_last_error?(stream).map { String(cString: $0) }
    return Diagnostic(.arrowExchange, "a stream of Arrow data failed", cause: reason)
  }
}

/// A schema in Arrow's C form.
final class ArrowSchemaHandle {
  let pointer = UnsafeMutablePointer<ArrowSchema>.allocate(capacity: 1)

  init() { pointer.initialize(to: ArrowSchema()) }

  deinit {
    pointer.pointee.release?(pointer)
    pointer.deallocate()
  }

  /// The columns.
  var fields: [UnsafeMutablePointer<ArrowSchema>] {
    (0..<Int(pointer.pointee.n_children)).compactMap { pointer.pointee.children?[$0] }
  }

  /// The columns' names.
  var names: [String] { fields.map { $0.pointee.name.map { String(cString: $0) } ?? "" } }
}

/// Rows in Arrow's C form.
final class ArrowArrayHandle {
  let pointer = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 1)

  init() { pointer.initialize(to: ArrowArray()) }

  deinit {
    pointer.pointee.release?(pointer)
    pointer.deallocate()
  }
}

/// Throws what DuckDB says went wrong, if anything did.
func check(_ error: duckdb_error_data?, _ purpose: String) throws {
  var error = error
  defer { duckdb_destroy_error_data(&error) }
  guard let data = error, duckdb_error_data_has_error(data) else { return }
  let message = duckdb_error_data_message(data).map { String(cString: $0) } ?? ""
  throw Diagnostic(.arrowExchange, purpose, cause: EngineMessage(message).text)
}
