extension Interpreter {
  /// How many macros (and rounds of recursive loops) are being evaluated inside of each other now.
  public var callDepth: Int { depth }
}
