import Diagnostics
import EngineCore
import Glibc
import Jinja
import Project

/// The decimals of an Avro file that are written as bytes of any number, which the engine gives as such: numbers of two's
/// complement, the most significant byte first, whose scale stands in the file's schema. Those of fixed size it reads itself.
struct AvroDecimals: Equatable {
  /// A column's digits in all, and those behind the point.
  struct Form: Equatable {
    var precision: Int
    var scale: Int
  }

  /// The columns that are decimals.
  private(set) var columns: [String: Form] = [:]
  /// Columns that hold decimals somewhere within, or of more than 38 digits: they stay bytes.
  private(set) var unread: [String] = []

  /// Reads the schema at the beginning of an Avro file. Throws a `Diagnostic` if there is none.
  init(header: [UInt8], of file: String) throws {
    guard let text = Self.schema(header[...]) else {
      throw Diagnostic(.sourceUnreadable, "'\(file)' does not begin as Avro files do")
    }
    let schema: DataValue
    do {
      schema = try DataValue.parse(json: text)
    } catch {
      throw Diagnostic(.sourceUnreadable, "the schema of '\(file)' is no JSON", cause: error.message)
    }
    for field in schema["fields"]?.listValue ?? [] {
      guard let name = field["name"]?.stringValue, let type = field["type"] else { continue }
      // A type of an optional column stands beside "null".
      let types = (type.listValue ?? [type]).filter { $0.stringValue != "null" }
      if types.count == 1, let form = Self.form(types[0]), form.precision <= 38 {
        columns[name] = form
      } else if Self.holdsDecimals(type) {
        unread.append(name)
      }
    }
  }

  /// The SELECT with the decimals as such.
  func applied(to select: String) -> String {
    guard !columns.isEmpty else { return select }
    let items = columns.sorted { $0.key < $1.key }.map { name, form in
      "\(Self.decimal(StandardQuoting.quoted(name), form)) AS \(StandardQuoting.quoted(name))"
    }
    return "SELECT * REPLACE (\(items.joined(separator: ", "))) FROM (\(select))"
  }

  /// A decimal of bytes, exactly. The magnitude of a negative number is that of its complement, and one.
  static func decimal(_ bytes: String, _ form: Form) -> String {
    let digits = "hex(\(bytes))"
    let isNegative = "left(\(digits), 1) >= '8'"
    let complement = "translate(\(digits), '0123456789ABCDEF', 'FEDCBA9876543210')"
    let magnitude =
      "CAST(CASE WHEN \(isNegative) THEN \(number(complement)) + 1 ELSE \(number(digits)) END AS VARCHAR)"
    let padded = "lpad(\(magnitude), CAST(greatest(length(\(magnitude)), \(form.scale + 1)) AS INTEGER), '0')"
    let whole =
      "CASE WHEN \(isNegative) THEN '-' ELSE '' END || left(\(padded), length(\(padded)) - \(form.scale))"
    let fraction = form.scale == 0 ? "" : " || '.' || right(\(padded), \(form.scale))"
    return "CAST(\(whole)\(fraction) AS DECIMAL(\(form.precision), \(form.scale)))"
  }

  /// The number that hexadecimal digits say, below 2^127.
  private static func number(_ digits: String) -> String {
    let all = "lpad(ltrim(\(digits), '0'), 32, '0')"
    let factors = ["79228162514264337593543950336", "18446744073709551616", "4294967296", "1"]
    let parts = factors.enumerated().map { index, factor in
      "CAST(CAST('0x' || substr(\(all), \(index * 8 + 1), 8) AS BIGINT) AS HUGEINT) * \(factor)"
    }
    // More digits than that are no decimal of the precision that the schema says: nothing is cut off.
    let isTooLong = "length(ltrim(\(digits), '0')) > 32"
    return "CASE WHEN \(isTooLong) THEN error('a decimal has more digits than its type') "
      + "ELSE \(parts.joined(separator: " + ")) END"
  }

  private static func form(_ type: DataValue) -> Form? {
    guard type["logicalType"]?.stringValue == "decimal", type["type"]?.stringValue == "bytes",
      let precision = type["precision"]?.intValue
    else { return nil }
    let form = Form(precision: precision, scale: type["scale"]?.intValue ?? 0)
    return (0...max(0, precision)).contains(form.scale) && precision > 0 ? form : nil
  }

  private static func holdsDecimals(_ type: DataValue, depth: Int = 0) -> Bool {
    guard depth < 64 else { return false }
    if form(type) != nil { return true }
    let inner =
      (type.listValue ?? []) + (type["fields"]?.listValue ?? []).compactMap { $0["type"] }
      + [type["items"], type["values"]].compactMap { $0 }
    return inner.contains { holdsDecimals($0, depth: depth + 1) }
  }

  /// The schema's text: a value of the map that follows the mark.
  private static func schema(_ bytes: ArraySlice<UInt8>) -> String? {
    guard bytes.starts(with: [0x4F, 0x62, 0x6A, 0x01]) else { return nil }
    var rest = bytes.dropFirst(4)
    func number() -> Int? {
      var (value, shift) = (UInt64(0), UInt64(0))
      while let byte = rest.popFirst(), shift < 63 {
        value |= UInt64(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { return Int(truncatingIfNeeded: (value >> 1) ^ (~(value & 1) &+ 1)) }
      }
      return nil
    }
    func text() -> ArraySlice<UInt8>? {
      guard let count = number(), count >= 0, count <= rest.count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
    while let count = number(), count != 0, count > -1_000_000, count < 1_000_000 {
      if count < 0, number() == nil { return nil }
      for _ in 0..<abs(count) {
        guard let name = text(), let value = text() else { return nil }
        if name.elementsEqual("avro.schema".utf8) { return String(validating: value, as: UTF8.self) }
      }
    }
    return nil
  }
}
