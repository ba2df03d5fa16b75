import Diagnostics
import Jinja

/// What a property file says a function takes and gives.
struct FunctionProperties: Sendable {
  var arguments: [FunctionArgument] = []
  /// The arguments' descriptions, where they may hold Jinja.
  var descriptions: [YAMLNode?] = []
  /// Nil where it is missing or wrong, which has been complained about.
  var returns: FunctionReturns?
  var returnsDescription: YAMLNode?
}

extension PropertyReader {
  /// Reads an entry of `functions:`.
  mutating func readFunction(_ item: YAMLNode, _ name: String) {
    let what = "function '\(name)'"
    var resource = resource(item, name, "functions", what, PropertyKeys.function)
    var function = FunctionProperties()
    readArguments(item, what, &function)
    readReturns(item, what, &function)
    resource.function = function
    result.resources.append(resource)
  }

  private mutating func readArguments(
    _ item: YAMLNode, _ what: String, _ function: inout FunctionProperties
  ) {
    guard let node = item["arguments"], !node.isNull else { return }
    var seen: Set<String> = []
    var firstDefault: String?
    for entry in list(node, "arguments", what) {
      guard let name = name(entry, "an argument of \(what)") else { continue }
      let subject = "argument '\(name)' of \(what)"
      checkKeys(entry, PropertyKeys.functionArgument, subject)
      if !seen.insert(name.lowercased()).inserted {
        report(
          .badFunction, "\(what) has two arguments that are called '\(name)'", entry["name"] ?? entry,
          hint: "rename one of them")
      }
      guard let type = dataType(of: entry, subject) else { continue }
      let standard = defaultValue(of: entry, subject)
      if standard != nil {
        firstDefault = firstDefault ?? name
      } else if let firstDefault {
        report(
          .badFunction,
          "\(subject) has no default_value and stands behind '\(firstDefault)', which has one", entry,
          hint: "move it before '\(firstDefault)', or give it a default_value")
      }
      function.arguments.append(FunctionArgument(name: name, dataType: type, defaultValue: standard))
      function.descriptions.append(description(entry, subject))
    }
  }

  private mutating func readReturns(
    _ item: YAMLNode, _ what: String, _ function: inout FunctionProperties
  ) {
    guard let node = item["returns"], !node.isNull else {
      report(
        .badFunction, "\(what) does not say what it returns", item,
        hint: "add for example: returns: {data_type: integer}")
      return
    }
    guard node.entries != nil else {
      let written = node.scalarText.map { "returns: {data_type: \($0)}" }
      report(
        .badFunction, "'returns' of \(what) must be a mapping with a data_type, not \(node.typeName)", node,
        hint: "write: \(written ?? "returns: {data_type: integer}")")
      return
    }
    checkKeys(node, PropertyKeys.functionReturns, "'returns' of \(what)")
    guard let type = dataType(of: node, "'returns' of \(what)") else { return }
    function.returns = FunctionReturns(dataType: type)
    function.returnsDescription = description(node, "what \(what) returns")
  }

  private mutating func dataType(of node: YAMLNode, _ subject: String) -> String? {
    if let type = node["data_type"]?.string, type.utf8.contains(where: { $0 > 0x20 }) { return type }
    report(
      .badFunction, "\(subject) has no data_type", node["data_type"] ?? node,
      hint: "add for example: data_type: integer")
    return nil
  }

  private mutating func defaultValue(of node: YAMLNode, _ subject: String) -> DataValue? {
    guard let value = node["default_value"], !value.isNull else { return nil }
    if value.scalarText != nil { return value.data }
    report(
      .badFunction, "the default_value of \(subject) must be a value or SQL text, not \(value.typeName)",
      value, hint: "write SQL as text: default_value: \"[1, 2]\"")
    return nil
  }
}
