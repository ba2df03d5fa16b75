import Jinja

extension Shape {
  /// The shape as JSON Schema (draft 2020-12), for editors: they complete keys, show what each is for, and mark mistakes.
  public func schema(title: String) -> DataValue {
    .mapping([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")), ("title", .string(title)),
    ]).merging(value(allowsJinja: true))
  }

  /// Text that holds Jinja stands for any single value.
  private static let jinja: DataValue = .mapping([
    ("type", .string("string")), ("pattern", .string("\\{[{%]")),
  ])

  private func value(allowsJinja: Bool) -> DataValue {
    let plain = plainValue
    guard allowsJinja, mayBeLeftToJinja else { return plain }
    return .mapping([("anyOf", .list([plain, Self.jinja]))])
  }

  /// Whether the schema alone would refuse Jinja in a single value's place.
  private var mayBeLeftToJinja: Bool {
    switch self {
    case .choice, .integer, .number, .boolean, .duration, .size: true
    default: false
    }
  }

  private var plainValue: DataValue {
    func typed(_ type: String, _ more: [(String, DataValue)] = []) -> DataValue {
      .mapping([("type", .string(type))] + more)
    }
    switch self {
    case .anything: return .emptyMapping
    case .text, .path:
      return .mapping([("type", .list(["string", "number", "boolean"].map { .string($0) }))])
    case .choice(let words): return .mapping([("enum", .list(words.map { .string($0) }))])
    case .boolean: return typed("boolean")
    case .number: return typed("number")
    case .integer(let range):
      let maximum: [(String, DataValue)] =
        range.upperBound == .max ? [] : [("maximum", .int(range.upperBound))]
      return typed("integer", [("minimum", .int(range.lowerBound))] + maximum)
    case .duration, .size:
      return .mapping([("type", .list([.string("string"), .string("number")]))])
    case .list(let item): return typed("array", [("items", item.value(allowsJinja: true))])
    case .oneOrMore(let item):
      return .mapping([("anyOf", .list([item.value(allowsJinja: true), Shape.list(item).plainValue]))])
    case .dictionary(let item):
      return typed("object", [("additionalProperties", item.value(allowsJinja: true))])
    case .either(let shapes): return .mapping([("anyOf", .list(shapes.map { $0.value(allowsJinja: true) }))])
    case .mapping(let fields): return Self.object(fields)
    case .tagged(let key, let cases): return Self.tagged(key, cases)
    }
  }

  private static func object(_ fields: [Field]) -> DataValue {
    let required = fields.filter(\.isRequired).map { DataValue.string($0.key) }
    return .mapping(
      [
        ("type", .string("object")), ("additionalProperties", .bool(false)),
        ("properties", .mapping(fields.map { ($0.key, property($0)) })),
      ] + (required.isEmpty ? [] : [("required", .list(required))]))
  }

  private static func property(_ field: Field) -> DataValue {
    var summary = field.summary
    if field.isSecret { summary += "; from env_var() or secret(), never as plain text" }
    let value: DataValue
    if field.isSecret {
      value = jinja
    } else {
      value = field.shape.value(allowsJinja: true)
    }
    return .mapping([("description", .string(summary))]).merging(value)
  }

  /// A mapping whose keys depend on one: an object with that key, and a condition for each of its values.
  private static func tagged(_ key: String, _ cases: [Case]) -> DataValue {
    let names = cases.map { DataValue.string($0.name) }
    return .mapping([
      ("type", .string("object")), ("required", .list([.string(key)])),
      ("properties", .mapping([(key, .mapping([("enum", .list(names))]))])),
      (
        "allOf",
        .list(
          cases.map { item in
            let isThis: DataValue = .mapping([
              ("properties", .mapping([(key, .mapping([("const", .string(item.name))]))])),
              ("required", .list([.string(key)])),
            ])
            let tag = Field(key, .choice([item.name]), "what it is")
            return .mapping([("if", isThis), ("then", object([tag] + item.fields))])
          })
      ),
    ])
  }
}
