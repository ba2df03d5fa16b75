import Diagnostics
import Jinja

/// What a function of the project takes and gives: a node of its own kind, whose text is the body.
public struct FunctionDefinition: Sendable, Codable, Hashable {
  /// What it gives: a value for each row, one for many rows, or rows.
  public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
    case scalar, aggregate, table
  }

  /// What it gives.
  public var kind: Kind
  /// What it takes, in order.
  public var arguments: [FunctionArgument]
  /// What it gives, as it is declared; nil if nothing says so.
  public var returns: FunctionReturns?

  /// Makes a definition.
  public init(kind: Kind, arguments: [FunctionArgument] = [], returns: FunctionReturns? = nil) {
    self.kind = kind
    self.arguments = arguments
    self.returns = returns
  }
}

/// What a function takes.
public struct FunctionArgument: Sendable, Codable, Hashable {
  /// The name, as the body uses it.
  public var name: String
  /// The type, in the engine's words.
  public var dataType: String
  /// The description, if there is one.
  public var description: String?
  /// What stands in for it where a call leaves it out: a text is SQL.
  public var defaultValue: DataValue?

  /// Makes an argument.
  public init(name: String, dataType: String, description: String? = nil, defaultValue: DataValue? = nil) {
    self.name = name
    self.dataType = dataType
    self.description = description
    self.defaultValue = defaultValue
  }
}

/// What a function gives.
public struct FunctionReturns: Sendable, Codable, Hashable {
  /// The type, in the engine's words.
  public var dataType: String
  /// The description, if there is one.
  public var description: String?

  /// Makes a declaration.
  public init(dataType: String, description: String? = nil) {
    self.dataType = dataType
    self.description = description
  }
}

/// A `function()` call's arguments.
public struct FunctionReference: Sendable, Hashable, Codable {
  /// The package, if the call names one.
  public var package: String?
  /// The function's name.
  public var name: String

  /// Makes a reference.
  public init(package: String? = nil, name: String) {
    self.package = package
    self.name = name
  }

  /// The names as they are given.
  public var names: [String] { [package, name].compactMap { $0 } }

  /// The call as it is written.
  public var call: String { "function(\(names.map { "'\($0)'" }.joined(separator: ", ")))" }
}

extension Node {
  /// What makes it a function; nil for other nodes.
  public var function: FunctionDefinition? {
    get { fields.function?.value }
    set { fields.function = newValue.map { SharedBox($0) } }
  }

  /// `function` calls, in order, without repeats.
  public var functionReferences: [FunctionReference] {
    get { fields.functionReferences }
    set { fields.functionReferences = newValue }
  }
}
