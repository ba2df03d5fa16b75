/// Tells whether bytes are the same as before. Fast and sixty-four bits wide: it guards against change, not against malice.
///
/// FNV-1a (its offset and prime) over words of eight bytes, the high half mixed into the low one after each.
enum ContentHash {
  static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.withContiguousStorageIfAvailable { hash(UnsafeRawBufferPointer($0)) } ?? of(Array(bytes))
  }

  static func of(_ text: String) -> UInt64 { of(text.utf8) }

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ word: UInt64) {
      state = (state ^ word) &* 0x100_0000_01B3
      state ^= state >> 32
    }
    mix(UInt64(bytes.count))
    let words = bytes.count / 8
    for index in 0..<words {
      mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
    }
    var rest: UInt64 = 0
    for byte in bytes[(words * 8)...] { rest = rest << 8 | UInt64(byte) }
    mix(rest)
    return state
  }
}
