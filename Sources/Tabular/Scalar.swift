/// One value of a column, exact.
public indirect enum Scalar: Sendable, Hashable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  case huge(Int128)
  case unsignedHuge(UInt128)
  case float32(Float)
  case float64(Double)
  /// `unscaled` divided by ten to the power of `scale`.
  case decimal(unscaled: Int128, width: Int, scale: Int)
  /// An integer of any size: sign and magnitude, most significant byte first.
  case bignum(isNegative: Bool, magnitude: [UInt8])
  case text(String)
  case blob([UInt8])
  /// Bits as `0` and `1`.
  case bit(String)
  /// The 128 bits of a UUID, most significant first.
  case uuid(UInt128)
  /// Days since 1970-01-01.
  case date(days: Int32)
  /// Microseconds since midnight.
  case time(microseconds: Int64)
  /// Nanoseconds since midnight.
  case timeNanoseconds(Int64)
  /// Microseconds since midnight, and the offset east of UTC in seconds.
  case timeWithZone(microseconds: Int64, offset: Int32)
  /// Microseconds since 1970-01-01 00:00:00, no zone.
  case timestamp(microseconds: Int64)
  /// Nanoseconds since 1970-01-01 00:00:00, no zone.
  case timestampNanoseconds(Int64)
  /// An instant, in microseconds since 1970-01-01 00:00:00 UTC.
  case instant(microseconds: Int64)
  case interval(months: Int32, days: Int32, microseconds: Int64)
  case list([Scalar])
  /// Keys and values, in order.
  case map([Scalar], [Scalar])
  case structure([String], [Scalar])
  case union(tag: String, Scalar)
  /// A value of a variant, with its own type.
  case variant(LogicalType, Scalar)
}
