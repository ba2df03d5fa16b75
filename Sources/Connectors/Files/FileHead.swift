import Diagnostics
import EngineCore
import Glibc
import Project

/// What the beginning of a text file shows at a glance: files of a folder that begin alike are written alike, so that the engine
/// need look at one of them alone.
struct FileHead: Hashable {
  /// How much of a file is looked at: as much as the engine's own look takes.
  private static let size = 2 << 20
  private static let longestLine = 64 << 10

  /// The first line, without its end.
  let line: [UInt8]
  /// Which of the marks that the engine takes for quotes, escapes or line ends stand in it.
  private let marks: [Bool]
  /// Whether the file is empty.
  var isEmpty: Bool { line.isEmpty && !marks.contains(true) }

  /// Reads the beginning of a file; nil if its first line cannot be told.
  init?(_ bytes: ArraySlice<UInt8>) {
    let found = bytes.withUnsafeBytes { bytes in
      Self.marks.map { mark in bytes.baseAddress.map { memchr($0, Int32(mark), bytes.count) != nil } ?? false
      }
    }
    let end = bytes.prefix(Self.longestLine).firstIndex { $0 == 0x0A || $0 == 0x0D }
    guard end != nil || bytes.count < Self.longestLine, !found[0] else { return nil }
    let first = Array(bytes[..<(end ?? bytes.endIndex)])
    // A line that ends within quotes goes on.
    guard [0x22, 0x27].allSatisfy({ quote in first.count { $0 == quote } % 2 == 0 }) else { return nil }
    (line, marks) = (first, found)
  }

  private static let marks: [UInt8] = [0x00, 0x0A, 0x0D, 0x22, 0x27, 0x5C]

  /// The heads of files, each read once; nil if they are packed or written in a way that bytes do not tell, or too large to be
  /// fetched for that. Throws what the engine says of a store.
  static func heads(
    of files: [SeenFile], _ table: LoadTable, isLocal: Bool, _ engine: any Connection
  ) throws -> [FileHead?]? {
    let isPacked = files.contains { file in
      [".gz", ".zst", ".zstd"].contains { file.path.lowercased().hasSuffix($0) }
    }
    let opaque = ["compression", "encoding", "skip", "comment"]
    guard !isPacked, !opaque.contains(where: { table.settings[$0] != nil }) else { return nil }
    guard isLocal else { return try remote(files, engine) }
    var buffer = [UInt8](repeating: 0, count: size)
    do {
      return try files.map { file in
        let count = try FileBytes.beginning(of: file.path, into: &buffer)
        return FileHead(buffer[..<count])
      }
    } catch {
      // The engine, which reads the file next, says what is wrong with it.
      return nil
    }
  }

  /// Of a store, files are fetched whole, some hundred at a time: only where all are small.
  private static func remote(_ files: [SeenFile], _ engine: any Connection) throws -> [FileHead?]? {
    guard files.allSatisfy({ $0.size.map { $0 <= size / 8 } ?? false }) else { return nil }
    var heads: [String: FileHead?] = [:]
    for start in stride(from: 0, to: files.count, by: 200) {
      let part = files[start..<min(start + 200, files.count)]
      let list = part.map { FileSelect.literal($0.path) }.joined(separator: ", ")
      let rows = try engine.query("SELECT filename, content FROM read_blob([\(list)])", maximumRows: nil).rows
      for row in rows {
        if case .text(let name)? = row.first, case .blob(let bytes)? = row.last {
          heads[name] = FileHead(bytes[...])
        }
      }
    }
    return files.map { heads[$0.path] ?? nil }
  }
}
