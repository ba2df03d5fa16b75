import Diagnostics
import Glibc

/// The bytes of a response: in memory, or in a file without a name if there are many.
public struct ResponseBody: Sendable {
  private enum Storage: Sendable {
    case memory([UInt8])
    case file(MappedFile)
  }

  private let storage: Storage

  /// A body in memory.
  public init(_ bytes: [UInt8]) { storage = .memory(bytes) }

  fileprivate init(_ file: MappedFile) { storage = .file(file) }

  /// How many bytes there are.
  public var count: Int {
    switch storage {
    case .memory(let bytes): bytes.count
    case .file(let file): file.count
    }
  }

  /// Lends the bytes.
  public func withBytes<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    switch storage {
    case .memory(let bytes): try bytes.withUnsafeBufferPointer(body)
    case .file(let file): try file.withBytes(body)
    }
  }

  /// The first bytes as text, for messages.
  func start(_ length: Int) -> String {
    withBytes { String(decoding: $0.prefix(length), as: UTF8.self) }
  }
}

/// A file's contents as memory, until the last holder lets go of it.
private final class MappedFile: Sendable {
  // Safe: the mapping is private, never written to, and undone only when nobody can reach this object.
  private nonisolated(unsafe) let address: UnsafeMutableRawPointer
  let count: Int

  init?(descriptor: Int32, count: Int) {
    guard count > 0 else { return nil }
    let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else { return nil }
    madvise(address, count, MADV_SEQUENTIAL)
    self.address = address
    self.count = count
  }

  deinit { munmap(address, count) }

  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    try body(UnsafeBufferPointer(start: address.assumingMemoryBound(to: UInt8.self), count: count))
  }
}

/// Collects a response's bytes; those of a long one go to a file.
struct BodyCollector: ~Copyable {
  /// What is kept in memory at most.
  static let memoryLimit = 16 << 20

  private let folder: String
  private let limit: Int
  private var bytes: [UInt8] = []
  private var descriptor: Int32 = -1
  private var written = 0

  /// Collects at most `limit` bytes; a file is made in `folder` if one is needed.
  init(folder: String, limit: Int) {
    self.folder = folder
    self.limit = limit
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  var count: Int { written + bytes.count }

  /// Adds bytes. Throws a diagnostic if there are too many or the disk is full.
  mutating func append(_ piece: some Collection<UInt8>) throws(Diagnostic) {
    guard count + piece.count <= limit else {
      throw Diagnostic(
        .sourceUnreadable, "a response is larger than \(limit) bytes",
        hint: "ask for smaller pages, or raise 'max_response_size' of the connection")
    }
    bytes.append(contentsOf: piece)
    if bytes.count > Self.memoryLimit { try flush() }
  }

  /// The whole body.
  consuming func body() throws(Diagnostic) -> ResponseBody {
    guard descriptor >= 0 else { return ResponseBody(bytes) }
    try flush()
    guard let file = MappedFile(descriptor: descriptor, count: written) else { throw failure("read back") }
    return ResponseBody(file)
  }

  private mutating func flush() throws(Diagnostic) {
    if descriptor < 0 {
      var template = Array("\(folder)/response-XXXXXX".utf8CString)
      descriptor = mkstemp(&template)
      guard descriptor >= 0 else { throw failure("make a file for") }
      unlink(template)
    }
    guard FileBytes.write(bytes, to: descriptor) else { throw failure("keep") }
    written += bytes.count
    bytes.removeAll(keepingCapacity: true)
  }

  private func failure(_ deed: String) -> Diagnostic {
    Diagnostic(
      .spoolUnusable, "cannot \(deed) a long response in \(folder)", cause: String(cString: strerror(errno)))
  }
}
