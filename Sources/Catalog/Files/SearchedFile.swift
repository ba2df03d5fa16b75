import Diagnostics
import Glibc

/// A large file that is looked through and copied from without standing in memory.
final class SearchedFile {
  /// How many bytes it has.
  let size: Int
  fileprivate let file: Int32

  fileprivate static let chunkSize = 1 << 20

  /// Nil if it is no file, or cannot be read.
  init?(_ path: String) {
    file = open(path, O_RDONLY | O_CLOEXEC)
    var facts = stat()
    let isFile = file >= 0 && fstat(file, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    size = Int(facts.st_size)
    if !isFile { return nil }
  }

  deinit { if file >= 0 { close(file) } }

  /// The bytes of a range; fewer where the file ends, or cannot be read further.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: range.count) { buffer, used in
      used = fill(UnsafeMutableRawBufferPointer(buffer), from: range.lowerBound)
    }
  }

  /// Where a part of the file begins, at `start` or later.
  func find(_ part: [UInt8], from start: Int) -> Int? {
    let search = Horspool(part)
    return withUnsafeTemporaryAllocation(byteCount: Self.chunkSize, alignment: 16) { buffer in
      var offset = start
      while offset < size {
        let count = fill(buffer, from: offset)
        if let place = search.find(in: UnsafeRawBufferPointer(buffer)[..<count]) { return offset + place }
        guard count == buffer.count else { return nil }
        // What began at the end of the chunk is found in the next one.
        offset += count - part.count + 1
      }
      return nil
    }
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) -> Int {
    var used = 0
    while used < buffer.count {
      let count = pread(file, buffer.baseAddress?.advanced(by: used), buffer.count - used, offset + used)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      used += count
    }
    return used
  }
}

/// Horspool's search, which looks at few of the bytes.
private struct Horspool {
  private let part: [UInt8]
  /// How far the part may be moved on, by the byte under its end.
  private var steps: [Int]

  init(_ part: [UInt8]) {
    self.part = part
    steps = [Int](repeating: part.count, count: 256)
    for (index, byte) in part.dropLast().enumerated() { steps[Int(byte)] = part.count - 1 - index }
  }

  func find(in text: Slice<UnsafeRawBufferPointer>) -> Int? {
    var place = text.startIndex
    while place + part.count <= text.endIndex {
      let last = text[place + part.count - 1]
      if last == part.last, text[place..<place + part.count].elementsEqual(part) { return place }
      place += steps[Int(last)]
    }
    return nil
  }
}

extension ArtifactFile.Stream {
  /// Adds a range of another file: the system copies it, where it can between these files. Throws if the system refuses, or
  /// the other file has become shorter.
  func append(_ range: Range<Int>, of source: SearchedFile) throws(Diagnostic) {
    var offset = copy(range, of: source)
    while offset < range.upperBound {
      let bytes = source.bytes(offset..<min(offset + SearchedFile.chunkSize, range.upperBound))
      guard !bytes.isEmpty else {
        throw Diagnostic(
          .unwritableArtifact, "'\(name)' was changed by somebody else while it was written anew",
          hint: "run the command again")
      }
      try append(bytes)
      offset += bytes.count
    }
  }

  /// Lets the system copy a range, which does not bring it into this process; gives how far it came. Whatever stops it is
  /// told of by whoever copies the rest.
  private func copy(_ range: Range<Int>, of source: SearchedFile) -> Int {
    var offset = off_t(range.lowerBound)
    while offset < range.upperBound {
      let rest = range.upperBound - Int(offset)
      let count = sendfile(descriptor, source.file, &offset, rest)
      guard count > 0 else { break }
    }
    return Int(offset)
  }
}
