import Diagnostics
import Jinja

extension JSONWriter {
  /// Writes plain data as it is; mappings keep their order.
  public mutating func value(_ value: DataValue) {
    switch value {
    case .none: null()
    case .bool(let truth): boolean(truth)
    case .int(let number): integer(number)
    case .float(let number): self.number(number)
    case .string(let text): string(text)
    case .list(let items): array { writer in for item in items { writer.value(item) } }
    case .dict(let dictionary):
      object { writer in
        for (key, value) in dictionary {
          writer.key(key)
          writer.value(value)
        }
      }
    }
  }

  /// A member whose value is plain data; null if there is none.
  mutating func member(_ name: String, _ value: DataValue?) {
    key(name)
    if let value { self.value(value) } else { null() }
  }

  /// A member whose value is plain data, or an empty object if there is none.
  mutating func member(_ name: String, orEmpty value: DataValue?) {
    key(name)
    if case .dict? = value, let value { self.value(value) } else { object { _ in } }
  }
}
