import Diagnostics
import Jinja

/// Reads the calls by which filters and saved queries name what they ask for: `Dimension('order__size')`,
/// `TimeDimension('metric_time', 'week')`, `Entity('customer')`, `Metric('revenue')`.
final class QueryItems {
  /// A call.
  struct Item: Hashable {
    var kind: String
    var name: String
    var granularity: String?
    var isDescending = false
    var rest: String

    /// The last part of its name; a span of time behind it is none.
    var element: String {
      var parts = name.lowercased().split(separator: "__").map(String.init)
      if parts.count > 1, let last = parts.last, SemanticWords.granularities.contains(last) {
        parts.removeLast()
      }
      return parts.last ?? name
    }
  }

  private var objects: [ItemObject] = []
  private lazy var interpreter = Interpreter { [unowned self] name in self.function(name) }

  /// The calls that a text with Jinja makes. Throws what is wrong with them.
  func items(in text: String) throws -> [Item] {
    objects = []
    _ = try interpreter.render(try Template(parsing: text, name: "filter"))
    return objects.map(\.item)
  }

  /// The one call that a text is. Throws what is wrong with it.
  func item(_ text: String) throws -> Item {
    objects = []
    _ = try interpreter.evaluate(expression: text, name: "item")
    guard objects.count == 1 else {
      throw Diagnostic(.badSemantics, "it is not one dimension, entity or metric")
    }
    return objects[0].item
  }

  private func function(_ kind: String) -> Value? {
    guard ["Dimension", "TimeDimension", "Entity", "Metric"].contains(kind) else { return nil }
    return .function(kind) { [unowned self] arguments, _ in
      let keyword = [
        "Entity": "entity_name", "Metric": "metric_name", "TimeDimension": "time_dimension_name",
      ]
      let name = arguments.value(0, keyword[kind] ?? "name")?.description ?? ""
      guard !name.isEmpty else { throw Diagnostic(.badSemantics, "\(kind)() is given no name") }
      let isDimension = kind == "Dimension" || kind == "TimeDimension"
      guard !isDimension || name.contains("__") || name.lowercased().hasPrefix("metric_time") else {
        throw Diagnostic(
          .badSemantics, "\(kind)('\(name)') does not say whose dimension it is",
          hint: "put the entity before it: \(kind)('entity__\(name)')")
      }
      var item = Item(kind: kind, name: name, rest: "")
      if kind == "TimeDimension" {
        item.granularity = arguments.value(1, "time_granularity_name").flatMap {
          $0.isNone ? nil : $0.description
        }
      }
      let path = arguments.value(
        kind == "TimeDimension" ? 2 : 1, kind == "Metric" ? "group_by" : "entity_path")
      item.rest = path?.description ?? ""
      item.isDescending = arguments["descending"]?.isTruthy ?? false
      let object = ItemObject(item)
      self.objects.append(object)
      return .object(object)
    }
  }
}

/// A call, which may say more of itself: `.grain('week')`, `.descending(True)`.
private final class ItemObject: HostObject {
  var item: QueryItems.Item
  let typeName = "query item"

  init(_ item: QueryItems.Item) { self.item = item }

  func text() -> String { item.name }

  func isEqual(to other: Value) -> Bool {
    guard case .object(let object) = other else { return false }
    return object === self
  }

  func attribute(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    guard ["grain", "date_part", "descending"].contains(name) else {
      throw Diagnostic(
        .badSemantics, "\(item.kind)('\(item.name)') has no '\(name)'",
        hint: "there are grain, date_part and descending")
    }
    return .function(name) { [self] arguments, _ in
      let argument = arguments.positional.first ?? arguments.keyword.first?.value
      switch name {
      case "grain": item.granularity = argument?.description
      case "descending": item.isDescending = argument?.isTruthy ?? true
      default: item.rest += argument?.description ?? ""
      }
      return .object(self)
    }
  }
}
