/// Values as Python shows them: `str()` and `repr()`.
struct Repr {
  private var text = ""
  /// The containers being shown, so that one that holds itself ends.
  private var active: [ObjectIdentifier] = []
  private let limit: Int

  private init(limit: Int) { self.limit = limit }

  /// Python's `repr(value)`. It ends soon after `limit` bytes: a list that holds a list twice, which holds a list twice, …
  /// would fill any memory.
  static func text(of value: Value, limit: Int = 1 << 27) -> String {
    var repr = Repr(limit: limit)
    repr.write(value)
    return repr.text
  }

  private mutating func write(_ value: Value) {
    guard text.utf8.count <= limit else { return }
    switch value {
    case .undefined: text += "Undefined"
    case .string(let string): text += Repr.quoted(string)
    case .list(let list): writeContainer(list, "[", "]") { $0.write(list.items) }
    case .dict(let dict): writeContainer(dict, "{", "}") { $0.write(dict) }
    case .tuple(let items):
      guard active.count < Value.maxNesting else { return text += "(...)" }
      text += "("
      active.append(ObjectIdentifier(Repr.self))
      write(items)
      active.removeLast()
      text += items.count == 1 ? ",)" : ")"
    case .object(let object): write(object)
    default: text += value.description
    }
  }

  private mutating func write(_ object: any HostObject) {
    if let markup = object as? MarkupObject {
      text += "Markup(\(Repr.quoted(markup.content)))"
    } else if let namespace = object as? NamespaceObject {
      writeContainer(namespace, "<Namespace ", ">") { $0.write(.dict(namespace.attributes)) }
    } else if let group = object as? GroupObject {
      writeContainer(group, "(", ")") { $0.write(group.pair) }
    } else {
      text += object.text()
    }
  }

  private mutating func writeContainer(
    _ container: AnyObject, _ open: String, _ close: String, _ write: (inout Repr) -> Void
  ) {
    let identifier = ObjectIdentifier(container)
    guard !active.contains(identifier), active.count < Value.maxNesting else {
      return text += "\(open)...\(close)"
    }
    active.append(identifier)
    text += open
    write(&self)
    text += close
    active.removeLast()
  }

  private mutating func write(_ items: [Value]) {
    for index in items.indices {
      if index > 0 { text += ", " }
      write(items[index])
    }
  }

  private mutating func write(_ dict: DictObject) {
    for (index, entry) in dict.entries.enumerated() {
      if index > 0 { text += ", " }
      write(entry.key)
      text += ": "
      write(entry.value)
    }
  }

  /// A text in Python's quotes: single ones unless only they occur in it.
  static func quoted(_ string: String) -> String {
    let utf8 = string.utf8
    let quote: UInt8 = utf8.contains(0x27) && !utf8.contains(0x22) ? 0x22 : 0x27
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != quote && $0 != 0x5C }) {
      return quote == 0x27 ? "'\(string)'" : "\"\(string)\""
    }
    var result = quote == 0x27 ? "'" : "\""
    for scalar in string.unicodeScalars { append(scalar, quote, to: &result) }
    result += quote == 0x27 ? "'" : "\""
    return result
  }

  private static func append(_ scalar: Unicode.Scalar, _ quote: UInt8, to result: inout String) {
    switch scalar {
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case Unicode.Scalar(quote): result += "\\\(scalar)"
    default:
      if isPrintable(scalar) {
        result.unicodeScalars.append(scalar)
      } else if scalar.value < 0x100 {
        result += "\\x" + hexadecimal(scalar.value, width: 2)
      } else if scalar.value < 0x10000 {
        result += "\\u" + hexadecimal(scalar.value, width: 4)
      } else {
        result += "\\U" + hexadecimal(scalar.value, width: 8)
      }
    }
  }

  static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
      .spaceSeparator:
      return false
    default: return true
    }
  }

  static func hexadecimal(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Value: CustomStringConvertible {
  /// Python's `str(value)`: what printing the value gives (an undefined value prints as nothing).
  public var description: String {
    switch self {
    case .undefined: ""
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .int(let value): String(value)
    case .float(let value): FloatText.text(value)
    case .string(let value): value
    case .callable(let callable):
      callable.macro == nil ? "<function \(callable.name)>" : "<Macro \(Repr.quoted(callable.name))>"
    case .object(let object): object.text()
    case .list, .tuple, .dict: Repr.text(of: self)
    }
  }

  /// Python's `repr(value)`: the text in quotes where it is text.
  public func repr() -> String { Repr.text(of: self) }
}
