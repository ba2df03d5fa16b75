extension SQLType {
  /// The narrowest type that holds the values of both without changing what they say; text in the end.
  public func joined(with other: SQLType) -> SQLType {
    if self == other { return self }
    return Self.special(self, other) ?? Self.special(other, self) ?? .text
  }

  /// Whether every value of the other type is a value of this one.
  public func holds(_ other: SQLType) -> Bool { joined(with: other) == self }

  /// The type of both where the first is of a kind that has a rule for the second.
  private static func special(_ first: SQLType, _ second: SQLType) -> SQLType? {
    switch (first, second) {
    case (.null, _): second
    case (.integer(let bits, let isSigned), .integer(let otherBits, let otherSigned)):
      integer(bits, isSigned, otherBits, otherSigned)
    case (.integer(let bits, _), .decimal(let precision, let scale)):
      decimal(digits: max(digits(bits), precision - scale), scale: scale)
    case (.decimal(let precision, let scale), .decimal(let otherPrecision, let otherScale)):
      decimal(digits: max(precision - scale, otherPrecision - otherScale), scale: max(scale, otherScale))
    case (.integer, .double), (.decimal, .double), (.float, .double), (.integer, .float), (.decimal, .float):
      .double
    case (.date, .timestamp(let parts)): .timestamp(partsPerSecond: parts)
    case (.timestamp(let parts), .timestamp(let otherParts)): .timestamp(partsPerSecond: max(parts, otherParts))
    case (.list(let item), .list(let otherItem)): .list(item.joined(with: otherItem))
    case (.structure(let fields), .structure(let otherFields)): structure(fields, otherFields)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      .map(key.joined(with: otherKey), value.joined(with: otherValue))
    case (.text, _): .text
    case (.json, _): .json
    default: first.isNested ? .json : nil
    }
  }

  private static func integer(_ bits: Int, _ isSigned: Bool, _ otherBits: Int, _ otherSigned: Bool) -> SQLType {
    if isSigned == otherSigned { return .integer(bits: max(bits, otherBits), isSigned: isSigned) }
    let (signed, unsigned) = isSigned ? (bits, otherBits) : (otherBits, bits)
    if unsigned >= 128 { return .text }
    return .integer(bits: max(signed, unsigned * 2), isSigned: true)
  }

  /// Digits of the greatest whole number of so many bits.
  private static func digits(_ bits: Int) -> Int { [8: 3, 16: 5, 32: 10, 64: 20][bits] ?? 39 }

  /// A decimal of so many digits before and after the point; text where none is wide enough.
  private static func decimal(digits: Int, scale: Int) -> SQLType {
    digits + scale <= 38 ? .decimal(precision: digits + scale, scale: scale) : .text
  }

  /// All fields of both, in the order of their first appearance.
  private static func structure(_ fields: [StructureField], _ others: [StructureField]) -> SQLType {
    var joined = fields
    for other in others {
      if let index = joined.firstIndex(where: { $0.name.lowercased() == other.name.lowercased() }) {
        joined[index].type = joined[index].type.joined(with: other.type)
      } else {
        joined.append(other)
      }
    }
    return .structure(joined)
  }
}
