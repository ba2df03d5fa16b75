import Diagnostics
import Jinja

/// A value of a YAML file and where it stands.
struct YAMLNode: Sendable, Codable {
  /// What the value is, by YAML 1.1's rules as dbt reads them.
  enum Content: Sendable, Codable {
    case null
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case list([YAMLNode])
    case map([YAMLEntry])
  }

  var content: Content
  var line: Int
  var column: Int

  /// The entries, if the value is a mapping.
  var entries: [YAMLEntry]? {
    if case .map(let entries) = content { return entries }
    return nil
  }

  /// The items, if the value is a list.
  var items: [YAMLNode]? {
    if case .list(let items) = content { return items }
    return nil
  }

  /// The text, if the value is text.
  var string: String? {
    if case .string(let text) = content { return text }
    return nil
  }

  /// Text, or a number or truth value as text: names may be written without quotes.
  var scalarText: String? {
    switch content {
    case .string(let text): text
    case .int(let value): String(value)
    case .float(let value): String(value)
    case .bool(let value): value ? "true" : "false"
    case .null, .list, .map: nil
    }
  }

  /// The truth value, if the value is one.
  var bool: Bool? {
    if case .bool(let value) = content { return value }
    return nil
  }

  /// Whether nothing is written.
  var isNull: Bool {
    if case .null = content { return true }
    return false
  }

  /// The value under a key of a mapping.
  subscript(key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }

  /// What the value is called in messages.
  var typeName: String {
    switch content {
    case .null: "nothing"
    case .bool: "a truth value"
    case .int, .float: "a number"
    case .string: "text"
    case .list: "a list"
    case .map: "a mapping"
    }
  }

  /// Where the value stands in `file`.
  func span(in file: String) -> SourceSpan { SourceSpan(file: file, line: line, column: column) }

  /// The value without its places.
  var data: DataValue {
    switch content {
    case .null: .none
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .float(let value): .float(value)
    case .string(let text): .string(text)
    case .list(let items): .list(items.map(\.data))
    case .map(let entries): .mapping(entries.map { ($0.key, $0.value.data) })
    }
  }
}

/// One entry of a mapping.
struct YAMLEntry: Sendable, Codable {
  var key: String
  var line: Int
  var column: Int
  var value: YAMLNode

  /// Where the key stands in `file`.
  func span(in file: String) -> SourceSpan { SourceSpan(file: file, line: line, column: column) }
}
