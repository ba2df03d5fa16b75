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
  /// A selector matches nothing.
  public static let nothingSelected = DiagnosticCode("WEIR-E0307", "a selector matches nothing")
  /// A selector of `selectors.yml` is written wrongly.
  public static let badSelectorFile = DiagnosticCode(
    "WEIR-E0308", "a selector of selectors.yml is written wrongly")
  /// A named selector does not exist.
  public static let unknownSelector = DiagnosticCode("WEIR-E0309", "a named selector does not exist")
  /// Something needs a saved state, and there is none.
  public static let missingState = DiagnosticCode("WEIR-E0310", "a saved state is needed and not there")
  /// A saved artifact cannot be used.
  public static let badState = DiagnosticCode("WEIR-E0311", "a saved artifact cannot be used")
  /// A contract changed so that its readers may break.
  public static let brokenContract = DiagnosticCode(
    "WEIR-E0312", "a contract changed so that its readers may break")
  /// A seed is too large for its contents to be compared.
  public static let seedNotCompared = DiagnosticCode(
    "WEIR-E0313", "a seed is too large for its contents to be compared")

  /// The state that is compared with is what the command itself writes.
  public static let sameState = DiagnosticCode(
    "WEIR-E0314", "the state is what the command itself writes over")

  /// Codes of the graph, selectors and plans: E03xx.
  static let graph: [DiagnosticCode] = [
    cycle, unknownDependency, brokenSelector, unknownSelectorMethod, badSelectorValue, nothingSelected,
    badSelectorFile, unknownSelector, missingState, badState, brokenContract, seedNotCompared,
    sameState,
  ]
}
