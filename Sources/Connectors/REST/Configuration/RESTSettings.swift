import Diagnostics
import Jinja
import Project

/// Reads rendered settings whose keys and kinds a `Shape` has checked. What Jinja gave may still be of the wrong kind.
struct RESTSettings {
  private let values: DataMap
  /// What the settings belong to, for messages: `connection 'shop'`.
  let subject: String

  init(_ values: DataValue?, of subject: String) {
    self.values = values?.dictValue ?? DataMap()
    self.subject = subject
  }

  subscript(key: String) -> DataValue? {
    guard let value = values[key], !value.isNone else { return nil }
    return value
  }

  /// The settings under a key; nil if there are none.
  func part(_ key: String) -> RESTSettings? {
    self[key].map { RESTSettings($0, of: "'\(key)' of \(subject)") }
  }

  func text(_ key: String) -> String? { self[key]?.scalarText }

  func requiredText(_ key: String) throws(Diagnostic) -> String {
    guard let text = text(key), !text.isEmpty else { throw problem(key, "is empty") }
    return text
  }

  func bool(_ key: String) throws(Diagnostic) -> Bool? {
    guard let value = self[key] else { return nil }
    switch value.boolValue.map(String.init) ?? value.scalarText?.lowercased() {
    case "true": return true
    case "false": return false
    default: throw problem(key, "must be true or false")
    }
  }

  func integer(_ key: String) throws(Diagnostic) -> Int? {
    guard let value = self[key] else { return nil }
    guard let number = value.wholeNumber else {
      throw problem(key, "must be a whole number")
    }
    return number
  }

  func duration(_ key: String) throws(Diagnostic) -> Duration? {
    guard let text = text(key) else { return nil }
    guard let seconds = Quantity.seconds(text), seconds < 1e9 else {
      throw problem(key, "is no duration: \(text)")
    }
    return .milliseconds(Int64(seconds * 1000))
  }

  func bytes(_ key: String) throws(Diagnostic) -> Int? {
    guard let text = text(key) else { return nil }
    guard let bytes = Quantity.bytes(text), bytes < 1e15 else { throw problem(key, "is no size: \(text)") }
    return Int(bytes)
  }

  func path(_ key: String) throws(Diagnostic) -> JSONPath? {
    guard let text = text(key) else { return nil }
    guard let path = JSONPath(text) else {
      throw problem(key, "is no path: \(text)", hint: JSONPath.hint)
    }
    return path
  }

  func url(_ key: String) throws(Diagnostic) -> WebAddress? {
    guard let text = text(key) else { return nil }
    guard let url = WebAddress(text) else {
      // The text may hold a password: it is not shown.
      throw problem(
        key, "is no http or https URL",
        hint: text.contains("@") ? "names and passwords belong under 'auth', not into the URL" : nil)
    }
    return url
  }

  /// The entries of a mapping, values as text.
  func texts(_ key: String) throws(Diagnostic) -> [(String, String)] {
    guard let map = self[key]?.dictValue else { return [] }
    var entries: [(String, String)] = []
    for (name, value) in map {
      guard let text = value.scalarText else { throw problem(key, "has no text under '\(name)'") }
      entries.append((name, text))
    }
    return entries
  }

  func problem(_ key: String, _ message: String, hint: String? = nil) -> Diagnostic {
    Diagnostic(.sourceSetting, "'\(key)' of \(subject) \(message)", hint: hint)
  }
}

extension DataValue {
  /// A scalar as text; nil for null, lists and mappings.
  var scalarText: String? {
    switch self {
    case .string(let text): text
    case .bool, .int, .float: json()
    case .none, .list, .dict: nil
    }
  }
}
