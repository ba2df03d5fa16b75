import Diagnostics
import EngineCore
import Glibc
import Project

/// The beginning of an Avro file, where its schema stands.
enum AvroHeader {
  /// How far a schema is looked for.
  private static let size = 16 << 20

  /// The first bytes. A file of a store is read whole for them: the engine has no way to read a part. Throws a `Diagnostic`.
  static func bytes(of file: String, isLocal: Bool, _ engine: any Connection) throws -> [UInt8] {
    guard isLocal else {
      let rows = try engine.query(
        "SELECT content[:\(size)] FROM read_blob(\(StandardQuoting.literal(file)))", maximumRows: 1
      ).rows
      guard case .blob(let bytes)? = rows.first?.first else { return [] }
      return Array(bytes)
    }
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileBytes.failure("read", file) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: min(size, LocalPath.size(of: file) ?? 0))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        read(
          descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[filled...]).baseAddress, $0.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileBytes.failure("read", file) }
      if count == 0 { break }
      filled += count
    }
    return Array(bytes.prefix(filled))
  }
}
