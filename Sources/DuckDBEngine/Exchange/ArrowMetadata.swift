/// The pairs of names and values that an Arrow field carries, in the form of Arrow's C interface.
struct ArrowMetadata {
  /// The name under which DuckDB's own type of a column travels.
  static let typeName = "weir:type"

  /// The pairs, in order.
  var pairs: [(name: String, value: String)] = []

  /// No pairs.
  init() {}

  /// Reads what a field carries; nothing if it carries none.
  init(_ address: UnsafePointer<CChar>?) {
    guard let address else { return }
    var position = UnsafeRawPointer(address)
    func number() -> Int {
      defer { position += 4 }
      return max(0, Int(position.loadUnaligned(as: Int32.self)))
    }
    func text() -> String {
      let count = number()
      defer { position += count }
      return String(decoding: UnsafeRawBufferPointer(start: position, count: count), as: UTF8.self)
    }
    for _ in 0..<number() {
      let name = text()
      pairs.append((name, text()))
    }
  }

  /// The value under a name.
  subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// The pairs in Arrow's form.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ number: Int) { withUnsafeBytes(of: Int32(number)) { bytes += $0 } }
    add(pairs.count)
    for text in pairs.flatMap({ [$0.name, $0.value] }) {
      add(text.utf8.count)
      bytes += text.utf8
    }
    return bytes
  }
}
