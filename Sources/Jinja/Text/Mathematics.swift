#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The little of the C library that templates need.
enum Mathematics {
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

  static func logarithm(_ value: Double) -> Double { log(value) }

  /// `value` in C's notation `conversion` (one of e, f, g and their capitals), rounded exactly.
  static func format(_ value: Double, conversion: UInt8, precision: Int, alternate: Bool = false) -> String {
    var format: [CChar] = [0x25]
    if alternate { format.append(0x23) }
    format += [0x2E, 0x2A, CChar(bitPattern: conversion), 0]
    var buffer = [CChar](repeating: 0, count: 400 + precision)
    let count = withVaList([CInt(precision), value]) {
      vsnprintf(&buffer, buffer.count, format, $0)
    }
    return String(
      decoding: buffer.prefix(Int(max(count, 0))).lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  #if canImport(Glibc) || canImport(Musl)
    /// `pthread_getattr_np`, which the headers hide from Swift.
    private static let readAttributes = dlsym(nil, "pthread_getattr_np").map {
      unsafeBitCast(
        $0, to: (@convention(c) @Sendable (pthread_t, UnsafeMutablePointer<pthread_attr_t>) -> CInt).self)
    }
  #endif
}
