extension DiagnosticCode {
  /// Nodes depend on each other in a circle.
  public static let cycle = DiagnosticCode("WEIR-E0301", "nodes depend on each other in a circle")

  /// Codes of the graph, selectors and plans: E03xx.
  static let graph: [DiagnosticCode] = [
    cycle
  ]
}
