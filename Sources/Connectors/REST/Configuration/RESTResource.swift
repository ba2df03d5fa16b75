import Jinja
import Project

/// One endpoint whose rows become a table.
///
/// Text in its path, parameters, headers and body may hold placeholders: `{orders.id}` stands for a field of a row of the
/// parent table `orders`, `{incremental.start}` and `{incremental.end}` for the bounds of what is asked for.
public struct RESTResource: Sendable {
  /// The table's name.
  public var name: String
  /// The path behind the connection's base URL, or a whole URL.
  public var path: TemplateText
  /// `GET`, or `POST` for searches.
  public var method: String
  /// Query parameters, in order.
  public var parameters: [(name: String, value: TemplateText)]
  /// Headers beside the connection's.
  public var headers: [(name: String, value: TemplateText)]
  /// The body, sent as JSON.
  public var body: DataValue?
  /// Where the rows stand in a response; nil takes the items of a list, or the response itself as one row.
  public var dataSelector: JSONPath?
  /// Whether a response without anything under `dataSelector` is one without rows, and not an error.
  public var isDataOptional: Bool
  /// How pages are followed; nil leaves it to the connection, and then to what responses say themselves.
  public var paging: Paging?
  /// The request's parameters that bound what is asked for.
  public var incremental: IncrementalParameters?
  /// Fields of the parent's row that each row gets as `_<parent>_<field>`.
  public var includeFromParent: [JSONPath]
  /// What certain responses mean, tried in order.
  public var responseActions: [ResponseAction]
  /// The folder in which responses are kept as they came; nil keeps none.
  public var rawFolder: String?
  /// The fields, by `plainName`, whose numbers are handed on as text with every digit: the engine's JSON reader makes binary
  /// fractions of all numbers with a fraction.
  public var exactFields: Set<String>
  /// The greatest number of rows that are taken; nil takes all. For previews.
  public var maximumRows: Int?

  /// Makes a resource with the defaults of everything else.
  public init(name: String, path: TemplateText) {
    self.name = name
    self.path = path
    method = "GET"
    parameters = []
    headers = []
    isDataOptional = false
    includeFromParent = []
    responseActions = []
    exactFields = []
  }

  /// A field's name without what naming rules change: case and underscores.
  static func plainName(_ name: String) -> String {
    String(name.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// The placeholders in all its texts, in order, each once.
  var placeholders: [Placeholder] {
    var found = path.placeholders
    for (_, value) in parameters + headers { found += value.placeholders }
    if let body { found += Self.placeholders(of: body) }
    var seen: Set<Placeholder> = []
    return found.filter { seen.insert($0).inserted }
  }

  private static func placeholders(of value: DataValue) -> [Placeholder] {
    switch value {
    case .string(let text): TemplateText(text).placeholders
    case .list(let items): items.flatMap(placeholders)
    case .dict(let map): map.values.flatMap(placeholders)
    default: []
    }
  }

  /// The tables whose rows it asks for one by one.
  public var parents: [String] {
    var seen: Set<String> = []
    return placeholders.map(\.owner).filter { $0 != Placeholder.incremental && seen.insert($0).inserted }
  }
}

/// How the part of a source that is asked for is said in a request.
public struct IncrementalParameters: Sendable, Hashable {
  /// The query parameter for the start, if one carries it.
  public var startParameter: String?
  /// The query parameter for the end.
  public var endParameter: String?
  /// How bounds are written.
  public var format: CursorFormat
  /// The start of the first load, as it is written in requests.
  public var initialValue: String?

  /// Makes the parameters.
  public init(
    startParameter: String? = nil, endParameter: String? = nil, format: CursorFormat = .plain,
    initialValue: String? = nil
  ) {
    self.startParameter = startParameter
    self.endParameter = endParameter
    self.format = format
    self.initialValue = initialValue
  }
}

/// What a response means.
public struct ResponseAction: Sendable, Hashable {
  /// What is done.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    /// It has no rows, and paging ends.
    case ignore
    /// It is asked for again.
    case retry
    /// The load fails.
    case fail
  }

  /// The status code that it must have, if any.
  public var status: Int?
  /// The text that its body must contain, if any.
  public var content: String?
  /// What is done.
  public var action: Action

  /// Makes a rule.
  public init(status: Int? = nil, content: String? = nil, action: Action) {
    self.status = status
    self.content = content
    self.action = action
  }

  func fits(_ response: HTTPResponse) -> Bool {
    if let status, status != response.status { return false }
    guard let content, !content.isEmpty else { return true }
    return response.body.withBytes { $0.firstRange(of: Array(content.utf8)) != nil }
  }
}
