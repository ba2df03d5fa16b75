import Diagnostics
import Jinja

/// dbt's functions on plain values: JSON, YAML, sets, zips, hashes.
enum DataFunctions {
  /// The function of that name; nil if there is none.
  static func value(_ name: String) -> Value? {
    switch name {
    case "fromjson": .function(name) { arguments, _ in try parsed(arguments, "string", name) }
    case "fromyaml": .function(name) { arguments, _ in try parsed(arguments, "value", name) }
    case "tojson": .function(name) { arguments, _ in try json(arguments) }
    case "toyaml": .function(name) { arguments, _ in try yaml(arguments) }
    case "set":
      .function(name) { arguments, interpreter in try unique(arguments, interpreter, isStrict: false) }
    case "set_strict":
      .function(name) { arguments, interpreter in
        try unique(arguments, interpreter, isStrict: true)
      }
    case "zip":
      .function(name) { arguments, interpreter in try zipped(arguments, interpreter, isStrict: false) }
    case "zip_strict":
      .function(name) { arguments, interpreter in
        try zipped(arguments, interpreter, isStrict: true)
      }
    case "local_md5":
      .function(name) { arguments, _ in
        let bound = try arguments.bind(["value"], required: 1, function: name)
        return .string(Digest.md5(bound[0]?.description ?? ""))
      }
    case "diff_of_two_dicts": .function(name) { arguments, _ in try difference(arguments) }
    default: nil
    }
  }

  private static func parsed(_ arguments: Arguments, _ parameter: String, _ function: String) throws -> Value
  {
    let bound = try arguments.bind([parameter, "default"], required: 1, function: function)
    do {
      return Value(try YAMLFile.parse(bound[0]?.description ?? "", file: function)?.data ?? DataValue.none)
    } catch {
      return bound[1] ?? Value.none
    }
  }

  private static func json(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(["value", "default", "sort_keys"], required: 1, function: "tojson")
    return orDefault(bound) { $0.json(style: .python(sortKeys: bound[2]?.isTruthy ?? false)) }
  }

  private static func yaml(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(["value", "default", "sort_keys"], required: 1, function: "toyaml")
    return orDefault(bound) { YAMLText.text(of: $0, sortKeys: bound[2]?.isTruthy ?? false) }
  }

  /// The first argument as text; what is no plain data gives the second argument, as in dbt.
  private static func orDefault(_ bound: [Value?], _ text: (DataValue) -> String) -> Value {
    guard let value = bound[0] else { return bound[1] ?? Value.none }
    do {
      return .string(text(try value.data()))
    } catch {
      return bound[1] ?? Value.none
    }
  }

  private static func unique(
    _ arguments: Arguments, _ interpreter: Interpreter, isStrict: Bool
  ) throws -> Value {
    guard let value = arguments.value(0, "value"), let items = try elements(value, interpreter) else {
      if !isStrict { return arguments.value(1, "default") ?? Value.none }
      throw Diagnostic(.templateRuntime, "set_strict() needs something to iterate over")
    }
    return .object(SetObject(items))
  }

  private static func zipped(
    _ arguments: Arguments, _ interpreter: Interpreter, isStrict: Bool
  ) throws -> Value {
    var columns: [[Value]] = []
    for argument in arguments.positional {
      guard let items = try elements(argument, interpreter) else {
        if !isStrict { return arguments["default"] ?? Value.none }
        throw Diagnostic(.templateRuntime, "zip_strict() needs things to iterate over")
      }
      columns.append(items)
    }
    let count = columns.map(\.count).min() ?? 0
    return Value((0..<count).map { row in .tuple(columns.map { $0[row] }) })
  }

  /// What a loop over the value sees; nil if it cannot be iterated.
  static func elements(_ value: Value, _ interpreter: Interpreter) throws -> [Value]? {
    switch value {
    case .list(let list): list.items
    case .tuple(let items): items
    case .dict(let dict): dict.keys
    case .string(let text): text.unicodeScalars.map { .string(String($0)) }
    case .object(let object): try object.iterate(interpreter)
    default: nil
    }
  }

  private static func difference(_ arguments: Arguments) throws -> Value {
    let bound = try arguments.bind(["dict_a", "dict_b"], required: 2, function: "diff_of_two_dicts")
    let result = DictObject()
    guard let left = bound[0]?.dictValue, let right = bound[1]?.dictValue else { return .dict(result) }
    for key in left.keys {
      let others = right[key]?.itemsValue?.map { $0.description.lowercased() } ?? []
      let added = (left[key]?.itemsValue ?? []).filter { !others.contains($0.description.lowercased()) }
      if !added.isEmpty { result[key] = Value(added) }
    }
    return .dict(result)
  }
}

/// Plain data as YAML text, in blocks, as Python's `yaml.dump` writes it.
enum YAMLText {
  static func text(of data: DataValue, sortKeys: Bool) -> String {
    var text = ""
    write(data, indent: 0, sortKeys, &text)
    return text
  }

  private static func write(_ data: DataValue, indent: Int, _ sortKeys: Bool, _ text: inout String) {
    let margin = String(repeating: " ", count: indent)
    if let items = data.items, !items.isEmpty {
      for item in items {
        if isNested(item) {
          var inner = ""
          write(item, indent: indent + 2, sortKeys, &inner)
          text += margin + "- " + inner.dropFirst(indent + 2)
        } else {
          text += margin + "- " + scalar(item) + "\n"
        }
      }
    } else if let entries = data.entries, !entries.isEmpty {
      for (key, value) in sortKeys ? entries.sorted(by: { $0.key < $1.key }) : entries {
        text += margin + scalar(.string(key)) + ":"
        if isNested(value) {
          text += "\n"
          write(value, indent: value.items == nil ? indent + 2 : indent, sortKeys, &text)
        } else {
          text += " " + scalar(value) + "\n"
        }
      }
    } else {
      text += margin + scalar(data) + "\n"
    }
  }

  private static func isNested(_ data: DataValue) -> Bool {
    !(data.items ?? []).isEmpty || !(data.entries ?? []).isEmpty
  }

  private static func scalar(_ data: DataValue) -> String {
    switch data {
    case .none: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .float(let value): return String(value)
    case .list: return "[]"
    case .dict: return "{}"
    case .string(let text):
      guard case .string = YAMLScalar.resolve(text) else { return "'\(text)'" }
      if text.isEmpty { return "''" }
      let isPlain = text.unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          || " _-./()+=*<>".unicodeScalars.contains(scalar)
      }
      let first = text.unicodeScalars.first
      if isPlain, first != " ", first != "-", first != "*", text.unicodeScalars.last != " " { return text }
      return data.json()
    }
  }
}

/// The filters that dbt adds to Jinja's.
enum HostFilters {
  static func install(in interpreter: Interpreter) {
    interpreter.filters["as_text"] = { value, _, _ in .string(value.description) }
    // What is neither stays as it is: it may be part of an expression (`a == b | as_bool`), whose value counts.
    for name in ["as_native", "as_bool", "as_number"] {
      interpreter.filters[name] = { value, _, _ in native(value) }
    }
    interpreter.filters["is_list"] = { value, _, _ in .bool(value.typeName == "list") }
  }

  /// Throws if an expression ends by asking for a kind of value, and its value is of another kind.
  static func verify(_ value: Value, of expression: String) throws(Diagnostic) {
    let last = expression.split { !($0.isLetter || $0.isNumber || $0 == "_") }.last
    switch (last, value) {
    case ("as_bool", .bool), ("as_number", .int), ("as_number", .float): return
    case ("as_bool", _):
      throw Diagnostic(.templateRuntime, "as_bool: '\(value)' is neither true nor false")
    case ("as_number", _): throw Diagnostic(.templateRuntime, "as_number: '\(value)' is not a number")
    default: return
    }
  }

  /// A text that spells a number, a truth value or nothing, as that.
  private static func native(_ value: Value) -> Value {
    guard let text = value.stringValue else { return value }
    switch YAMLScalar.resolve(text) {
    case .bool(let truth) where ["true", "false"].contains(text.lowercased()): return .bool(truth)
    case .int(let number): return .int(number)
    case .float(let number): return .float(number)
    case .null where !text.isEmpty: return .none
    default: return text == "None" ? .none : value
    }
  }
}
