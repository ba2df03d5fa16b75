extension DiagnosticCode {
  /// Nodes depend on each other in a circle.
  public static let cycle = DiagnosticCode("WEIR-E0301", "nodes depend on each other in a circle")
  /// A node depends on something that the project does not have.
  public static let unknownDependency = DiagnosticCode(
    "WEIR-E0302", "a node depends on something that is not in the project")
  /// A selector does not parse.
  public static let brokenSelector = DiagnosticCode("WEIR-E0303", "a selector does not parse")
  /// A selector names a method that does not exist.
  public static let unknownSelectorMethod = DiagnosticCode(
    "WEIR-E0304", "a selector names a method that does not exist")
  /// A selector's method has no such value.
  public static let badSelectorValue = DiagnosticCode(
    "WEIR-E0305", "a selector's method does not have such a value")
  /// A selector's method is not supported yet.
  public static let unsupportedSelector = DiagnosticCode(
    "WEIR-E0306", "a selector's method is not supported yet")
  /// A selector matches nothing.
  public static let nothingSelected = DiagnosticCode("WEIR-E0307", "a selector matches nothing")

  /// Codes of the graph, selectors and plans: E03xx.
  static let graph: [DiagnosticCode] = [
    cycle, unknownDependency, brokenSelector, unknownSelectorMethod, badSelectorValue, unsupportedSelector,
    nothingSelected,
  ]
}
