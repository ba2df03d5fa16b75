import Diagnostics
import EngineCore
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
    var bytes = [UInt8](repeating: 0, count: min(size, LocalPath.size(of: file) ?? 0))
    let count = try FileBytes.beginning(of: file, into: &bytes)
    return Array(bytes.prefix(count))
  }
}
