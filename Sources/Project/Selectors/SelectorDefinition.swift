import Diagnostics
import Jinja

/// A named selection of `selectors.yml`. What its expressions mean is the planner's to say.
public struct SelectorDefinition: Sendable {
  /// The name, as `--selector` takes it.
  public var name: String
  /// The description.
  public var description: String
  /// Whether it applies where a command says nothing of what it wants.
  public var isDefault: Bool
  /// What it selects.
  public var expression: SelectorExpression
  /// Where it is declared.
  public var span: SourceSpan
  /// The whole entry as it is written, its Jinja rendered: what artifacts show.
  public var entry: DataValue

  /// Makes a selector.
  public init(
    name: String, description: String = "", isDefault: Bool = false, expression: SelectorExpression,
    span: SourceSpan, entry: DataValue
  ) {
    self.name = name
    self.description = description
    self.isDefault = isDefault
    self.expression = expression
    self.span = span
    self.entry = entry
  }
}

/// What a selector of `selectors.yml` says.
public indirect enum SelectorExpression: Sendable {
  /// An expression as the command line has them: `+tag:daily`.
  case text(String, at: SourceSpan)
  /// A method with a value and how far it reaches.
  case criterion(SelectorCriterion)
  /// What any of the parts selects, without what `except` selects.
  case union([SelectorExpression], except: [SelectorExpression])
  /// What all of the parts select, without what `except` selects.
  case intersection([SelectorExpression], except: [SelectorExpression])
  /// What another selector of the file means.
  case inherited(String, at: SourceSpan)
}

/// A method with a value, written as a mapping.
public struct SelectorCriterion: Sendable {
  /// The method (`tag`, `config.materialized`).
  public var method: String
  /// What is compared.
  public var value: DataValue
  /// Whether descendants and all that those need come along.
  public var includesChildrensParents = false
  /// Whether ancestors come along, and up to how many edges away; nil means all the way.
  public var parents: (isIncluded: Bool, depth: Int?) = (false, nil)
  /// Whether descendants come along, and up to how many edges away.
  public var children: (isIncluded: Bool, depth: Int?) = (false, nil)
  /// Which checks come along, where it says so itself.
  public var indirectSelection: String?
  /// What is left out of it.
  public var except: [SelectorExpression] = []
  /// Where it stands.
  public var span: SourceSpan

  /// Makes a criterion that reaches nowhere.
  public init(method: String, value: DataValue, span: SourceSpan) {
    self.method = method
    self.value = value
    self.span = span
  }
}
