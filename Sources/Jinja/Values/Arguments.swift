import Diagnostics

/// What a function was called with.
public struct Arguments {
  /// The arguments without a name, in order.
  public var positional: [Value]
  /// The named arguments, in order.
  public var keyword: [(name: String, value: Value)]

  /// Makes arguments.
  public init(_ positional: [Value] = [], keyword: [(name: String, value: Value)] = []) {
    self.positional = positional
    self.keyword = keyword
  }

  /// No arguments.
  public static var none: Arguments { Arguments() }

  /// Whether nothing was passed.
  public var isEmpty: Bool { positional.isEmpty && keyword.isEmpty }

  /// The argument at `index`, or the one named `name`; nil when neither was passed.
  public func value(_ index: Int, _ name: String) -> Value? {
    if index < positional.count { return positional[index] }
    return keyword.first { $0.name == name }?.value
  }

  /// The named argument, or nil.
  public subscript(name: String) -> Value? { keyword.first { $0.name == name }?.value }

  /// One value, or nil, for each of `names`. Throws, in Python's words, what Python would of too many arguments,
  /// an unknown name or a repeated one.
  public func bind(_ names: [String], required: Int = 0, function: String) throws -> [Value?] {
    try bind(names, required: required, implicit: 0, function: function)
  }

  /// As `bind`, where messages count `implicit` further arguments, such as the value before a filter.
  func bind(
    _ names: [String], required: Int, implicit: Int, function: @autoclosure () -> String
  ) throws -> [Value?] {
    guard positional.count <= names.count else {
      let most = names.count + implicit
      let takes = required == names.count ? "\(most)" : "from \(required + implicit) to \(most)"
      let given = positional.count + implicit
      throw fault(
        "\(function())() takes \(takes) positional argument\(most == 1 ? "" : "s") but \(given) "
          + "\(given == 1 ? "was" : "were") given")
    }
    // Put together by hand: `repeating:` looks the array's type up each time, which takes longer than all else here.
    var bound: [Value?] = []
    bound.reserveCapacity(names.count)
    for value in positional { bound.append(value) }
    while bound.count < names.count { bound.append(nil) }
    for (name, value) in keyword {
      guard let index = names.firstIndex(of: name) else {
        throw fault("\(function())() got an unexpected keyword argument '\(name)'")
      }
      guard bound[index] == nil else {
        throw fault("\(function())() got multiple values for argument '\(name)'")
      }
      bound[index] = value
    }
    for index in 0..<min(required, names.count) where bound[index] == nil {
      throw fault("\(function())() missing 1 required positional argument: '\(names[index])'")
    }
    return bound
  }
}

/// An error of a template that runs; its place is added where it is known.
@inline(never)
func fault(_ message: String) -> Diagnostic { Diagnostic(.templateRuntime, message) }

/// An error of a template that was stopped.
@inline(never)
func excess(_ message: String, hint: String? = nil) -> Diagnostic {
  Diagnostic(.templateLimit, message, hint: hint)
}
