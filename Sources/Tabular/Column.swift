/// The values of one column: their type, typed storage and, where values are missing, a mask.
public struct Column: Sendable {
  /// The storage, one case a physical layout; the column's type says what the numbers mean. A missing value's
  /// slot holds anything.
  public enum Storage: Sendable {
    case boolean([Bool])
    case int8([Int8]), int16([Int16]), int32([Int32]), int64([Int64]), int128([Int128])
    case uint8([UInt8]), uint16([UInt16]), uint32([UInt32]), uint64([UInt64]), uint128([UInt128])
    case float32([Float]), float64([Double])
    /// Text, JSON, blobs, geometries; bits as `0` and `1`; bignums as sign (0 or 1) and magnitude.
    case bytes(ByteStrings)
    case interval([IntervalValue])
    case timeWithZone([TimeWithZoneValue])
    /// Each value is a run of the elements.
    indirect case list([ListEntry], elements: Column)
    /// Each value is `count` elements, one value after the other.
    indirect case array(count: Int, elements: Column)
    /// Each value is a run of the pairs.
    indirect case map([ListEntry], keys: Column, values: Column)
    /// One column a field, all as long as this one.
    indirect case structure([Column])
    /// Each value's member, and one column a member, all as long as this one.
    indirect case union(tags: [UInt8], members: [Column])
    /// Values made one by one: convenient, slow. Variants are always so.
    case scalars([Scalar])
    /// Nothing but missing values.
    case missing(count: Int)
  }

  /// What the values are.
  public let type: LogicalType
  /// The values.
  public let storage: Storage
  /// Which values are there; nil if all are.
  public let validity: Validity?

  /// Makes a column of a type. The storage must be the one that the type asks for.
  public init(_ type: LogicalType, _ storage: Storage, validity: Validity? = nil) {
    self.type = type
    self.storage = storage
    self.validity = validity
  }

  /// Makes a column of values that say themselves what they are.
  public init(_ storage: Storage) { self.init(.null, storage) }

  /// How many values.
  public var count: Int {
    switch storage {
    case .boolean(let values): values.count
    case .int8(let values): values.count
    case .int16(let values): values.count
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .int128(let values): values.count
    case .uint8(let values): values.count
    case .uint16(let values): values.count
    case .uint32(let values): values.count
    case .uint64(let values): values.count
    case .uint128(let values): values.count
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .bytes(let values): values.count
    case .interval(let values): values.count
    case .timeWithZone(let values): values.count
    case .list(let entries, _), .map(let entries, _, _): entries.count
    case .array(let count, let elements): count == 0 ? 0 : elements.count / count
    case .structure(let columns): columns.first?.count ?? 0
    case .union(let tags, _): tags.count
    case .scalars(let values): values.count
    case .missing(let count): count
    }
  }

  /// Whether the value at `row` is there.
  public func isPresent(at row: Int) -> Bool {
    switch storage {
    case .missing: false
    case .scalars(let values): values[row] != .null
    default: validity?[row] ?? true
    }
  }
}

/// A run of a list's elements.
public struct ListEntry: Sendable, Hashable, BitwiseCopyable {
  /// Where the run begins.
  public var offset: UInt64
  /// How many elements it has.
  public var length: UInt64

  /// Makes a run.
  public init(offset: UInt64, length: UInt64) {
    self.offset = offset
    self.length = length
  }

  /// The elements' indexes.
  public var range: Range<Int> { Int(offset)..<Int(offset + length) }
}

/// A span of time in units that do not convert into each other.
public struct IntervalValue: Sendable, Hashable, BitwiseCopyable {
  /// Months.
  public var months: Int32
  /// Days.
  public var days: Int32
  /// Microseconds.
  public var microseconds: Int64

  /// Makes an interval.
  public init(months: Int32, days: Int32, microseconds: Int64) {
    self.months = months
    self.days = days
    self.microseconds = microseconds
  }
}

/// A time of day in a zone.
public struct TimeWithZoneValue: Sendable, Hashable, BitwiseCopyable {
  /// Microseconds since midnight.
  public var microseconds: Int64
  /// Seconds east of UTC.
  public var offset: Int32

  /// Makes a time.
  public init(microseconds: Int64, offset: Int32) {
    self.microseconds = microseconds
    self.offset = offset
  }
}
