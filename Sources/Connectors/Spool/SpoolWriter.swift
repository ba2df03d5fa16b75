import Diagnostics
import Glibc

/// Writes rows into the files of a spool folder. Files are closed at about 64 MB, so that the engine reads several at once.
/// Not to be shared between tasks.
public final class SpoolWriter {
  /// When a file is long enough.
  public static let fileSize = 64 << 20
  private static let bufferSize = 1 << 20

  private let folder: SpoolFolder
  private let fileLimit: Int
  private let prefix: String
  private var descriptor: Int32 = -1
  private var fileCount = 0
  private var buffer: [UInt8] = []

  /// The files, in the order of their rows.
  public private(set) var files: [String] = []
  /// The rows written so far.
  public private(set) var rows = 0
  /// The bytes written so far, line ends included.
  public private(set) var bytes = 0
  /// The longest row.
  public private(set) var longestRow = 0

  /// Starts a set of files named `prefix-000001.ndjson` and so on.
  public init(in folder: SpoolFolder, prefix: String = "rows", fileSize: Int = SpoolWriter.fileSize) {
    self.folder = folder
    self.prefix = prefix
    fileLimit = fileSize
    buffer.reserveCapacity(Self.bufferSize + (64 << 10))
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Adds a row: `row`, which is JSON, on a line of its own. Line ends within it are white space and left out. Throws a
  /// diagnostic if the disk does not take it.
  public func append(_ row: some Collection<UInt8>) throws(Diagnostic) {
    let start = buffer.count
    buffer.append(contentsOf: row)
    if buffer[start...].contains(where: { $0 == 0x0A || $0 == 0x0D }) {
      buffer.removeSubrange(start..., where: { $0 == 0x0A || $0 == 0x0D })
    }
    buffer.append(0x0A)
    rows += 1
    bytes += buffer.count - start
    longestRow = max(longestRow, buffer.count - start)
    if buffer.count >= Self.bufferSize || fileCount + buffer.count >= fileLimit { try flush() }
  }

  /// Adds rows that are lines already.
  func append(lines: some Collection<UInt8>, rows count: Int, longest: Int) throws(Diagnostic) {
    guard count > 0 else { return }
    buffer.append(contentsOf: lines)
    rows += count
    bytes += lines.count
    longestRow = max(longestRow, longest)
    if buffer.count >= Self.bufferSize || fileCount + buffer.count >= fileLimit { try flush() }
  }

  /// Writes what is left and closes the last file. Throws a diagnostic if the disk does not take it.
  public func finish() throws(Diagnostic) {
    try flush()
    try closeFile()
  }

  private func flush() throws(Diagnostic) {
    guard !buffer.isEmpty else { return }
    if descriptor < 0 {
      let digits = String(files.count + 1)
      let number = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
      let path = folder.file("\(prefix)-\(number).ndjson")
      descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw failure("make", path) }
      files.append(path)
    }
    guard FileBytes.write(buffer, to: descriptor) else { throw failure("write", files.last ?? folder.path) }
    fileCount += buffer.count
    buffer.removeAll(keepingCapacity: true)
    if fileCount >= fileLimit { try closeFile() }
  }

  private func closeFile() throws(Diagnostic) {
    guard descriptor >= 0 else { return }
    let result = close(descriptor)
    descriptor = -1
    fileCount = 0
    guard result == 0 else { throw failure("write", files.last ?? folder.path) }
  }

  private func failure(_ deed: String, _ path: String) -> Diagnostic {
    Diagnostic(.spoolUnusable, "cannot \(deed) \(path)", cause: String(cString: strerror(errno)))
  }
}

extension [UInt8] {
  /// Removes the bytes of a range for which `isUnwanted` holds.
  fileprivate mutating func removeSubrange(
    _ range: PartialRangeFrom<Int>, where isUnwanted: (UInt8) -> Bool
  ) {
    var end = range.lowerBound
    for index in range.lowerBound..<count where !isUnwanted(self[index]) {
      self[end] = self[index]
      end += 1
    }
    removeSubrange(end...)
  }
}
