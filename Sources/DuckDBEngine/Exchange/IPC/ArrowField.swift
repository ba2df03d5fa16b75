import Diagnostics

/// A column of an Arrow stream, as its schema message describes it.
struct ArrowField {
  /// The name, as a column of a table may have it.
  var name: String
  /// How the values lie in buffers.
  var layout: ArrowLayout
  /// The type in the words of Arrow's C interface; of a dictionary, that of its indexes.
  var format: String
  /// Whether values may be missing.
  var isNullable: Bool
  /// Names and values, such as those of extension types.
  var metadata: ArrowMetadata
  /// The fields within.
  var children: [ArrowField]
  /// The dictionary that the values stand in.
  var dictionary: (id: Int64, values: ArrowDictionaryType)?

  /// The fields of a schema message. Throws a `Diagnostic`.
  static func fields(of schema: FlatTable) throws -> [ArrowField] {
    guard try schema.number(0, or: Int16(0)) == 0 else {
      throw Diagnostic(.arrowExchange, "the numbers are big-endian", hint: "write them little-endian")
    }
    var budget = 20_000
    var fields = try schema.tables(1).map { try ArrowField($0, depth: 0, &budget) }
    guard !fields.isEmpty else { throw Diagnostic(.arrowExchange, "the schema has no columns") }
    var seen: Set<String> = []
    for index in fields.indices {
      let name = fields[index].name.isEmpty ? "column\(index)" : fields[index].name
      var free = name
      var number = 0
      while !seen.insert(free.lowercased()).inserted {
        number += 1
        free = "\(name)_\(number)"
      }
      fields[index].name = free
    }
    return fields
  }

  private init(_ table: FlatTable, depth: Int, _ budget: inout Int) throws {
    budget -= 1
    guard depth < 64, budget > 0 else {
      throw Diagnostic(.arrowExchange, "the schema is nested too deeply, or has too many fields")
    }
    name = try table.text(0) ?? ""
    guard !name.utf8.contains(0) else {
      throw Diagnostic(.arrowExchange, "a column's name holds a NUL", hint: "rename it where it comes from")
    }
    isNullable = try table.flag(1)
    metadata = ArrowMetadata()
    // What Weir itself says of types is for its own streams: nobody else's words become SQL.
    metadata.pairs = try table.tables(6).map { (try $0.text(0) ?? "", try $0.text(1) ?? "") }
      .filter { $0.0 != ArrowMetadata.typeName }
    var inner: [ArrowField] = []
    for child in try table.tables(5) { inner.append(try ArrowField(child, depth: depth + 1, &budget)) }
    let (format, layout) = try ArrowLayout.read(table, inner, name)
    guard let encoding = try table.table(4) else {
      (self.format, self.layout, children) = (format, layout, inner)
      return
    }
    let width = try encoding.table(1)?.number(0, or: Int32(0)) ?? 32
    let isSigned = try encoding.table(1)?.flag(1) ?? true
    dictionary = (
      try encoding.number(0, or: Int64(0)),
      ArrowDictionaryType(format: format, layout: layout, children: inner)
    )
    children = []
    (self.format, self.layout) = try ArrowLayout.integer(width, isSigned, name)
  }

  /// A field of a dictionary's own values.
  init(_ values: ArrowDictionaryType) {
    name = ""
    (format, layout, children) = (values.format, values.layout, values.children)
    isNullable = true
    metadata = ArrowMetadata()
  }
}

extension ArrowField {
  /// What tells types apart: two columns may share a dictionary only if they agree about it.
  var signature: String {
    format + (dictionary.map { "<\($0.id):\(ArrowField($0.values).signature)>" } ?? "")
      + (children.isEmpty ? "" : "(\(children.map(\.signature).joined(separator: ",")))")
  }

  /// The fields that a field's dictionary and children are.
  func collect(into types: inout [Int64: ArrowDictionaryType]) throws {
    for child in children { try child.collect(into: &types) }
    guard let dictionary else { return }
    let values = ArrowField(dictionary.values)
    if let known = types[dictionary.id], ArrowField(known).signature != values.signature {
      throw FlatTable.broken
    }
    types[dictionary.id] = dictionary.values
    try values.collect(into: &types)
  }
}

/// What the values of a dictionary are.
struct ArrowDictionaryType {
  /// The type, in the words of Arrow's C interface.
  var format: String
  /// How they lie in buffers.
  var layout: ArrowLayout
  /// The fields within.
  var children: [ArrowField]
}

/// How the values of a type lie in buffers.
enum ArrowLayout {
  case null
  case bits
  /// So many bytes a value.
  case fixed(Int)
  /// Offsets of so many bytes into one buffer.
  case bytes(offset: Int, isText: Bool)
  /// Values of 16 bytes that hold short texts themselves, and say where long ones stand.
  case views(isText: Bool)
  /// Offsets of so many bytes into the child.
  case list(offset: Int)
  /// So many values of the child each.
  case array(Int)
  case structure

  /// A field's type. Throws a `Diagnostic` for one that is not read.
  static func read(_ field: FlatTable, _ children: [ArrowField], _ name: String) throws -> (
    String, ArrowLayout
  ) {
    let kind = try field.number(2, or: UInt8(0))
    guard let type = try field.table(3) else { throw FlatTable.broken }
    func unit(_ letters: String, or absent: Int16, _ place: Int = 0) throws -> Character {
      let number = Int(try type.number(place, or: absent))
      guard number >= 0, number < letters.count else { throw FlatTable.broken }
      return letters[letters.index(letters.startIndex, offsetBy: number)]
    }
    switch kind {
    case 1: return ("n", .null)
    case 2: return try integer(type.number(0, or: Int32(0)), type.flag(1), name)
    case 3:
      let letter = try unit("efg", or: 0)
      return (String(letter), .fixed(letter == "e" ? 2 : letter == "f" ? 4 : 8))
    case 4: return ("z", .bytes(offset: 4, isText: false))
    case 5: return ("u", .bytes(offset: 4, isText: true))
    case 6: return ("b", .bits)
    case 7: return try decimal(type, name)
    case 8: return try unit("Dm", or: 1) == "D" ? ("tdD", .fixed(4)) : ("tdm", .fixed(8))
    case 9:
      let letter = try unit("smun", or: 1)
      return ("tt\(letter)", .fixed("sm".contains(letter) ? 4 : 8))
    case 10: return ("ts\(try unit("smun", or: 0)):\(try type.text(1) ?? "")", .fixed(8))
    case 11:
      let letter = try unit("MDn", or: 0)
      return ("ti\(letter)", .fixed(letter == "M" ? 4 : letter == "D" ? 8 : 16))
    case 12: return ("+l", try holding(1, children, .list(offset: 4)))
    case 13: return ("+s", .structure)
    case 15:
      let width = try positive(type.number(0, or: Int32(0)))
      return ("w:\(width)", .fixed(width))
    case 16:
      let count = try positive(type.number(0, or: Int32(0)))
      return ("+w:\(count)", try holding(1, children, .array(count)))
    case 17:
      guard children.count == 1, case .structure = children[0].layout, children[0].children.count == 2 else {
        throw FlatTable.broken
      }
      return ("+m", .list(offset: 4))
    case 18: return ("tD\(try unit("smun", or: 1))", .fixed(8))
    case 19: return ("Z", .bytes(offset: 8, isText: false))
    case 20: return ("U", .bytes(offset: 8, isText: true))
    case 21: return ("+L", try holding(1, children, .list(offset: 8)))
    case 23: return ("vz", .views(isText: false))
    case 24: return ("vu", .views(isText: true))
    default: throw refused(name, kind)
    }
  }

  /// A whole number of so many bits.
  static func integer(_ bits: Int32, _ isSigned: Bool, _ name: String) throws -> (String, ArrowLayout) {
    switch bits {
    case 8: (isSigned ? "c" : "C", .fixed(1))
    case 16: (isSigned ? "s" : "S", .fixed(2))
    case 32: (isSigned ? "i" : "I", .fixed(4))
    case 64: (isSigned ? "l" : "L", .fixed(8))
    default: throw FlatTable.broken
    }
  }

  private static func decimal(_ type: FlatTable, _ name: String) throws -> (String, ArrowLayout) {
    let (precision, scale) = (try type.number(0, or: Int32(0)), try type.number(1, or: Int32(0)))
    let bits = try type.number(2, or: Int32(128))
    guard bits == 128, (1...38).contains(precision), (0...precision).contains(scale) else {
      throw Diagnostic(
        .arrowExchange, "the column '\(name)' is a decimal(\(precision), \(scale)) of \(bits) bits",
        hint: "write it as decimal128 of at most 38 digits, or as text")
    }
    return ("d:\(precision),\(scale)", .fixed(16))
  }

  private static func positive(_ number: Int32) throws -> Int {
    guard number > 0 else { throw FlatTable.broken }
    return Int(number)
  }

  private static func holding(
    _ count: Int, _ children: [ArrowField], _ layout: ArrowLayout
  ) throws -> ArrowLayout {
    guard children.count == count else { throw FlatTable.broken }
    return layout
  }

  private static func refused(_ name: String, _ kind: UInt8) -> Diagnostic {
    let names: [UInt8: String] = [14: "a union", 22: "run-end encoded", 25: "a list view", 26: "a list view"]
    return Diagnostic(
      .arrowExchange, "the column '\(name)' is \(names[kind] ?? "of an unknown type (\(kind))")",
      hint: "cast it to a plain type before it is written")
  }
}
