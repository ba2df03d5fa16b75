#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A checkpoint that ended with its process, in the middle of a block.
///
/// DuckDB keeps its catalog in metadata blocks of 64 parts. A checkpoint writes to parts that no finished checkpoint
/// uses, but writes their block in place and with one checksum for all of it (`MetadataManager::Flush`, DuckDB 1.5.5). A
/// process that is killed within that write leaves each part in use as it was, for old and new block agree there, and
/// the new block's checksum over a mixture: DuckDB then refuses the file, although nothing in it is lost.
enum InterruptedCheckpoint {
  /// Makes the database at `path` readable again if its log says that a checkpoint had begun and its header that it
  /// did not end: blocks of the kind above get the checksum of what they hold. DuckDB replays the log as it opens.
  ///
  /// Any other file is left as it is, and so is one that somebody holds; DuckDB says what is wrong with it. Costs one
  /// look for the log; only where that ends in a checkpoint is the file opened. Returns the mended blocks.
  @discardableResult
  static func mend(_ path: String) -> [Int] {
    guard let root = LogTail.plannedRoot(path + ".wal") else { return [] }
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    guard hold(descriptor), let file = BlockFile(descriptor), file.header.root != root else { return [] }
    var mended: [Int] = []
    // Only blocks with a free part are ever written in place.
    for (block, freeParts) in file.metadataBlocks() where freeParts != 0 {
      guard let bytes = file.block(block), BlockFile.word(bytes, 0) != BlockFile.checksum(bytes) else {
        continue
      }
      if file.write(BlockFile.checksum(bytes), at: file.offset(of: block)) { mended.append(block) }
    }
    if !mended.isEmpty { fsync(descriptor) }
    return mended
  }

  /// Takes the lock that DuckDB takes; false if another process has it.
  private static func hold(_ descriptor: Int32) -> Bool {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    return fcntl(descriptor, F_SETLK, &lock) == 0
  }
}
