import Diagnostics
import Project

/// A selection as the union, intersection or difference of others, down to single expressions.
indirect enum SelectionTree {
  /// How parts are put together.
  enum Combination {
    case union, intersection
    /// The first part without the others.
    case difference
  }

  case criterion(Criterion, IndirectSelection)
  /// `expected` is what a warning calls the group if it turns out to be empty; nil asks for none.
  case group(Combination, [SelectionTree], IndirectSelection, expected: String? = nil)

  /// The command line's expressions: spaces between them make unions, commas intersections.
  init(_ texts: [String], _ indirect: IndirectSelection, _ problems: inout [Diagnostic]) {
    var parts: [SelectionTree] = []
    for text in texts {
      let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
      if words.isEmpty { parts.append(.group(.intersection, [], indirect, expected: text)) }
      for word in words {
        var criteria: [SelectionTree] = []
        for part in word.split(separator: ",", omittingEmptySubsequences: false) {
          do throws(Diagnostic) {
            if part.isEmpty { throw Self.emptyPart(of: word) }
            criteria.append(.criterion(try Criterion(String(part)), indirect))
          } catch {
            problems.append(error)
          }
        }
        parts.append(.group(.intersection, criteria, indirect, expected: word))
      }
    }
    self = .group(.union, parts, indirect)
  }

  private static func emptyPart(of word: String) -> Diagnostic {
    Diagnostic(
      .brokenSelector, "the selector '\(word)' has nothing on one side of a comma",
      hint: "a comma means 'and'; a space means 'or'")
  }

  /// Whether any expression compares with a saved state.
  var asksForState: Bool {
    switch self {
    case .criterion(let criterion, _):
      switch criterion.method {
      case .state, .result, .sourceStatus: true
      default: false
      }
    case .group(_, let parts, _, _): parts.contains(where: \.asksForState)
    }
  }

  /// The only expression of the tree, if it has but one.
  var single: Criterion? {
    switch self {
    case .criterion(let criterion, _): criterion
    case .group(_, let parts, _, _): parts.count == 1 ? parts[0].single : nil
    }
  }
}

/// Makes trees of the definitions of `selectors.yml`.
struct NamedSelections {
  /// What the names mean, by dbt's rule the last of each.
  private(set) var trees: [String: SelectionTree] = [:]
  /// Expressions that do not parse, each with its place.
  private(set) var problems: [Diagnostic] = []
  private let indirect: IndirectSelection

  /// `indirect` is what the command line says of checks, for those that do not say it themselves.
  init(_ definitions: [SelectorDefinition], indirect: IndirectSelection) {
    self.indirect = indirect
    for definition in definitions {
      if let tree = tree(definition.expression) { trees[definition.name] = tree }
    }
  }

  private mutating func tree(_ expression: SelectorExpression) -> SelectionTree? {
    switch expression {
    case .text(let text, let span):
      return checked(at: span, indirect) { () throws(Diagnostic) in try Criterion(text) }
    case .criterion(let criterion):
      let own = criterion.indirectSelection.flatMap(IndirectSelection.init) ?? indirect
      let base = checked(at: criterion.span, own) { () throws(Diagnostic) in try Criterion(criterion) }
      return without(criterion.except, base)
    case .union(let parts, let except): return without(except, group(.union, parts))
    case .intersection(let parts, let except): return without(except, group(.intersection, parts))
    case .inherited(let name, _): return trees[name]
    }
  }

  /// As in dbt, such a group takes no checks along that its parts did not: they do that themselves.
  private mutating func group(
    _ combination: SelectionTree.Combination, _ parts: [SelectorExpression]
  ) -> SelectionTree {
    .group(combination, parts.compactMap { tree($0) }, .eager)
  }

  private mutating func without(_ except: [SelectorExpression], _ base: SelectionTree?) -> SelectionTree? {
    guard let base, !except.isEmpty else { return base }
    let excluded = except.count == 1 ? tree(except[0]) : group(.union, except)
    return excluded.map { .group(.difference, [base, $0], .eager) }
  }

  private mutating func checked(
    at span: SourceSpan, _ indirect: IndirectSelection, _ make: () throws(Diagnostic) -> Criterion
  ) -> SelectionTree? {
    do throws(Diagnostic) {
      return .criterion(try make(), indirect)
    } catch {
      problems.append(error.located(at: span))
      return nil
    }
  }
}
