/// Escaping for HTML, and text that is marked as escaped already.
enum HTML {
  static func escape(_ text: String) -> String {
    guard text.utf8.contains(where: isSpecial) else { return text }
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "'": result += "&#39;"
      case "\"": result += "&#34;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The text of `value`, escaped unless it is marked safe.
  static func escaped(_ value: Value, text: String? = nil) -> String {
    if case .object(let object) = value, let markup = object as? MarkupObject { return markup.content }
    return escape(text ?? value.description)
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == 0x26 || byte == 0x3C || byte == 0x3E || byte == 0x27 || byte == 0x22
  }
}

/// Text that is safe to put into HTML (Python's `Markup`): `+` escapes what is added to it.
///
/// A simplification: its methods (`upper`, `replace`, …) give plain text.
final class MarkupObject: HostObject {
  let content: String

  init(_ content: String) { self.content = content }

  var typeName: String { "Markup" }
  var isTruthy: Bool { !content.isEmpty }
  func text() -> String { content }

  func isEqual(to other: Value) -> Bool { other.stringValue == content }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    try Access.attribute(of: .string(content), name, interpreter)
  }

  func item(_ key: Value, _ interpreter: Interpreter) throws -> Value? {
    try Access.item(of: .string(content), key, interpreter)
  }

  func iterate(_ interpreter: Interpreter) throws -> [Value]? {
    content.unicodeScalars.map { .string(String($0)) }
  }
}
