/// A geometry's well-known binary as well-known text, `POINT (1 2)`; nil if the bytes are no such thing.
func geometryText(_ bytes: [UInt8]) -> String? {
  var reader = GeometryReader(bytes: bytes)
  guard let text = reader.geometry(depth: 0), reader.position == bytes.count else { return nil }
  return text
}

private struct GeometryReader {
  let bytes: [UInt8]
  var position = 0
  private var isLittleEndian = true

  init(bytes: [UInt8]) { self.bytes = bytes }

  private static let names = [
    1: "POINT", 2: "LINESTRING", 3: "POLYGON", 4: "MULTIPOINT", 5: "MULTILINESTRING", 6: "MULTIPOLYGON",
    7: "GEOMETRYCOLLECTION",
  ]

  /// A whole geometry with its name.
  mutating func geometry(depth: Int) -> String? {
    guard depth < 64, let (kind, dimensions) = header(), let name = Self.names[kind] else { return nil }
    let suffix = [2: "", 3: " Z", 4: " ZM", -3: " M"][dimensions] ?? ""
    guard let body = body(kind, Int(dimensions.magnitude), depth: depth) else { return nil }
    return "\(name)\(suffix) \(body)"
  }

  /// The kind, and how many numbers a point has: two, three (negative if the third is a measure) or four.
  private mutating func header() -> (kind: Int, dimensions: Int)? {
    guard position < bytes.count else { return nil }
    isLittleEndian = bytes[position] == 1
    position += 1
    guard let code = integer(4) else { return nil }
    let hasZ = code & 0x8000_0000 != 0 || (1000..<2000).contains(code) || (3000..<4000).contains(code)
    let hasM = code & 0x4000_0000 != 0 || (2000..<4000).contains(code)
    let dimensions = hasZ && hasM ? 4 : hasZ ? 3 : hasM ? -3 : 2
    return (Int(code & 0x0FFF_FFFF) % 1000, dimensions)
  }

  private mutating func body(_ kind: Int, _ dimensions: Int, depth: Int) -> String? {
    switch kind {
    case 1:
      guard let point = point(dimensions) else { return nil }
      return point.allSatisfy(\.isNaN) ? "EMPTY" : "(\(spelled(point)))"
    case 2: return points(dimensions)
    case 3: return sequence { $0.points(dimensions) }
    case 7: return sequence { $0.geometry(depth: depth + 1) }
    default:
      return sequence { reader in
        guard let (kind, dimensions) = reader.header() else { return nil }
        let text = reader.body(kind, Int(dimensions.magnitude), depth: depth + 1)
        return kind == 1 ? text.map { $0 == "EMPTY" ? $0 : String($0.dropFirst().dropLast()) } : text
      }
    }
  }

  private mutating func points(_ dimensions: Int) -> String? {
    sequence { reader in reader.point(dimensions).map(reader.spelled) }
  }

  private func spelled(_ point: [Double]) -> String {
    point.map { number in
      let text = floatText(number)
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }.joined(separator: " ")
  }

  private mutating func sequence(_ element: (inout GeometryReader) -> String?) -> String? {
    guard let count = integer(4) else { return nil }
    var texts: [String] = []
    for _ in 0..<count {
      guard let text = element(&self) else { return nil }
      texts.append(text)
    }
    return texts.isEmpty ? "EMPTY" : "(\(texts.joined(separator: ", ")))"
  }

  private mutating func point(_ dimensions: Int) -> [Double]? {
    var numbers: [Double] = []
    for _ in 0..<dimensions {
      guard let bits = integer(8) else { return nil }
      numbers.append(Double(bitPattern: bits))
    }
    return numbers
  }

  private mutating func integer(_ size: Int) -> UInt64? {
    guard position + size <= bytes.count else { return nil }
    let slice = bytes[position..<position + size]
    position += size
    let value =
      isLittleEndian
      ? slice.reversed().reduce(0) { $0 << 8 | UInt64($1) } : slice.reduce(0) { $0 << 8 | UInt64($1) }
    return value
  }
}
