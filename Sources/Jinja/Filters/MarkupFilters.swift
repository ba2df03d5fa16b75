import Diagnostics

/// The filters for HTML, URLs and JSON.
enum MarkupFilters {
  static func table() -> [String: BuiltinFilters.Entry] {
    [
      "escape": .init(apply: escape), "e": .init(apply: escape),
      "forceescape": .init { value, _, _ in .object(MarkupObject(HTML.escape(value.description))) },
      "safe": .init { value, _, _ in .object(MarkupObject(value.description)) },
      "striptags": .init { value, _, _ in .string(stripTags(value.description)) },
      "xmlattr": .init(apply: attributes),
      "urlencode": .init { value, _, interpreter in
        if value.stringValue == nil, !isScalar(value) {
          let pairs =
            try value.dictValue.map { dict in
              dict.entries.map { [$0.key, $0.value] }
            } ?? Access.items(value, interpreter).map { try Access.items($0, interpreter) }
          return .string(
            try pairs.map { pair in
              guard pair.count == 2 else {
                throw fault("not enough values to unpack (expected 2, got \(pair.count))")
              }
              return quote(pair[0].description, isQuery: true) + "="
                + quote(pair[1].description, isQuery: true)
            }.joined(separator: "&"))
        }
        return .string(quote(value.description, isQuery: false))
      },
      "urlize": .init(apply: Urlize.filter),
      "tojson": .init { value, arguments, _ in
        let indent = try arguments.filterBind(["indent"], "tojson")[0].flatMap {
          $0.isNone ? nil : try StringMethod.integer($0)
        }
        let json = try value.data().json(style: .python(indent: indent, sortKeys: true))
        return .object(MarkupObject(htmlSafe(json)))
      },
    ]
  }

  private static func escape(_ value: Value, _: Arguments, _: Interpreter) throws -> Value {
    .object(MarkupObject(HTML.escaped(value)))
  }

  private static func isScalar(_ value: Value) -> Bool {
    switch value {
    case .none, .bool, .int, .float, .undefined: true
    default: false
    }
  }

  private static func htmlSafe(_ json: String) -> String {
    guard json.utf8.contains(where: { $0 == 0x3C || $0 == 0x3E || $0 == 0x26 || $0 == 0x27 }) else {
      return json
    }
    var result = ""
    for scalar in json.unicodeScalars {
      switch scalar {
      case "<": result += "\\u003c"
      case ">": result += "\\u003e"
      case "&": result += "\\u0026"
      case "'": result += "\\u0027"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Python's `Markup.striptags`: comments and tags go, runs of space become one, entities become characters.
  private static func stripTags(_ text: String) -> String {
    let withoutComments = removing(text, from: "<!--", to: "-->")
    let withoutTags = removing(withoutComments, from: "<", to: ">")
    return unescape(Splitting.words(withoutTags).joined(separator: " "))
  }

  private static func removing(_ text: String, from open: String, to close: String) -> String {
    var result = ""
    var start = text.startIndex
    while let opening = TextSearch.firstRange(of: open, in: text, from: start),
      let closing = TextSearch.firstRange(of: close, in: text, from: opening.upperBound)
    {
      result += text[start..<opening.lowerBound]
      start = closing.upperBound
    }
    return result + text[start...]
  }

  private static func unescape(_ text: String) -> String {
    guard text.utf8.contains(0x26) else { return text }
    let entities: [String: String] = [
      "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "©",
      "mdash": "—",
      "ndash": "–", "hellip": "…", "reg": "®", "trade": "™", "euro": "€",
    ]
    var result = ""
    var rest = Substring(text)
    while let mark = rest.firstIndex(of: "&") {
      result += rest[..<mark]
      rest = rest[rest.index(after: mark)...]
      guard let end = rest.prefix(12).firstIndex(of: ";") else {
        result += "&"
        continue
      }
      let name = String(rest[..<end])
      var character = entities[name]
      if name.hasPrefix("#x") || name.hasPrefix("#X") {
        character = UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init).map { String($0) }
      } else if name.hasPrefix("#") {
        character = UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init).map { String($0) }
      }
      guard let character else {
        result += "&"
        continue
      }
      result += character
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private static func attributes(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
    let hasSpace = try arguments.filterBind(["autospace"], "xmlattr")[0]?.isTruthy ?? true
    guard case .dict(let dict) = value else {
      if case .undefined(let name) = value { throw fault(name.message) }
      throw fault("'\(value.typeName)' object has no attribute 'items'")
    }
    var parts: [String] = []
    for entry in dict.entries where !entry.value.isNone && !entry.value.isUndefined {
      let (key, value) = (entry.key, entry.value)
      let name = key.description
      if name.unicodeScalars.contains(where: {
        (9...13).contains($0.value) || " />=".unicodeScalars.contains($0)
      }) {
        throw fault("Invalid character in attribute name: \(Repr.quoted(name))")
      }
      parts.append("\(HTML.escaped(key))=\"\(HTML.escaped(value))\"")
    }
    let text = parts.joined(separator: " ")
    return .string(hasSpace && !text.isEmpty ? " " + text : text)
  }

  /// Percent-encoding; in a query also of `/`, and with `+` for spaces.
  static func quote(_ text: String, isQuery: Bool) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x2F where !isQuery: result += "/"
      case 0x20 where isQuery: result += "+"
      default: result += "%" + Repr.hexadecimal(UInt32(byte), width: 2).uppercased()
      }
    }
    return result
  }
}

/// Jinja's `urlize`: addresses in a text become links.
enum Urlize {
  private struct Settings {
    var limit: Int?
    var attributes = ""
    var schemes: [String] = []
  }

  static func filter(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let bound = try arguments.filterBind(
      ["trim_url_limit", "nofollow", "target", "rel", "extra_schemes"], "urlize")
    var settings = Settings()
    settings.limit = try bound[0].flatMap { $0.isNone ? nil : try StringMethod.integer($0) }
    var words = Set(Splitting.words(bound[3].flatMap { $0.isNone ? nil : $0.description } ?? ""))
    if bound[1]?.isTruthy ?? false { words.insert("nofollow") }
    words.insert("noopener")
    settings.attributes = " rel=\"\(HTML.escape(words.sorted().joined(separator: " ")))\""
    if let target = bound[2], target.isTruthy {
      settings.attributes += " target=\"\(HTML.escape(target.description))\""
    }
    if let schemes = bound[4], !schemes.isNone {
      settings.schemes = try Access.items(schemes, interpreter).map(\.description)
    }
    let text = HTML.escaped(value)
    try interpreter.reserve(product: 3, text.utf8.count, plus: settings.attributes.utf8.count)
    return .string(link(text, settings))
  }

  private static func link(_ text: String, _ settings: Settings) -> String {
    var result = ""
    var word = ""
    for scalar in text.unicodeScalars {
      if TextSearch.isSpace(scalar) {
        result += linkWord(word, settings)
        word = ""
        result.unicodeScalars.append(scalar)
      } else {
        word.unicodeScalars.append(scalar)
      }
    }
    return result + linkWord(word, settings)
  }

  private static func linkWord(_ word: String, _ settings: Settings) -> String {
    guard !word.isEmpty else { return word }
    var head = ""
    var middle = word
    var tail = ""
    while let prefix = ["(", "<", "&lt;"].first(where: middle.hasPrefix) {
      head += prefix
      middle.removeFirst(prefix.count)
    }
    while let suffix = [")", ">", ".", ",", "&gt;"].first(where: middle.hasSuffix) {
      tail = suffix + tail
      middle.removeLast(suffix.count)
    }
    for (open, close) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] {
      let opened = Searching.count(of: open, in: middle)
      guard opened > Searching.count(of: close, in: middle) else { continue }
      for _ in 0..<min(opened, Searching.count(of: close, in: tail)) {
        guard let range = TextSearch.firstRange(of: close, in: tail) else { break }
        middle += tail[..<range.upperBound]
        tail = String(tail[range.upperBound...])
      }
    }
    return head + linked(middle, settings) + tail
  }

  private static func linked(_ text: String, _ settings: Settings) -> String {
    func trimmed(_ text: String) -> String {
      guard let limit = settings.limit, text.count > limit else { return text }
      return "\(text.prefix(max(limit, 0)))..."
    }
    if isAddress(text) {
      let hasScheme = text.hasPrefix("https://") || text.hasPrefix("http://")
      return "<a href=\"\(hasScheme ? "" : "https://")\(text)\"\(settings.attributes)>\(trimmed(text))</a>"
    }
    if text.hasPrefix("mailto:"), isMail(String(text.dropFirst(7))) {
      return "<a href=\"\(text)\">\(text.dropFirst(7))</a>"
    }
    if text.contains("@"), !text.hasPrefix("www."), !text.hasPrefix("@"), !text.contains(":"), isMail(text) {
      return "<a href=\"mailto:\(text)\">\(text)</a>"
    }
    for scheme in settings.schemes where text != scheme && text.hasPrefix(scheme) {
      return "<a href=\"\(text)\"\(settings.attributes)>\(text)</a>"
    }
    return text
  }

  /// Whether the text begins as a web address does.
  private static func isAddress(_ text: String) -> Bool {
    var rest = Substring(text)
    var hasScheme = false
    for scheme in ["https://", "http://"] where rest.lowercased().hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count)
      hasScheme = true
      break
    }
    let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != ":" }
    guard hasScheme || host.lowercased().hasPrefix("www.") || isKnownDomain(host) else { return false }
    if hasScheme, host == "localhost" || host.split(separator: ".").allSatisfy({ UInt8($0) != nil }) {
      return !host.isEmpty
    }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty } && (labels.last?.count ?? 0) >= 2
  }

  private static func isKnownDomain(_ host: Substring) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }), let last = labels.last else { return false }
    guard !host.contains("@") else { return false }
    return ["com", "net", "int", "edu", "gov", "org", "info", "mil"].contains(last.lowercased())
  }

  private static func isMail(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return false }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty }
  }
}
