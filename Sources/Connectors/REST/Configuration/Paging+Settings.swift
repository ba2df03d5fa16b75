import Diagnostics
import Jinja
import Project

extension Paging {
  /// Reads the `paginator` of a connection or a table. Nil if there is none.
  init?(_ owner: RESTSettings) throws {
    guard let value = owner["paginator"] else { return nil }
    if let name = value.stringValue {
      switch name {
      case "single_page": self.init(.single)
      case "header_link": self.init(.linkHeader(relation: "next"))
      default: self.init(.automatic)
      }
      return
    }
    guard let settings = owner.part("paginator") else { return nil }
    self.init(try Self.kind(settings))
    hasMore = try settings.path("has_more_path")
    maximumPages = try settings.integer("max_pages")
    stopsAtEmptyPage = try settings.bool("stop_after_empty_page")
    stopsAtShortPage = try settings.bool("stop_after_short_page") ?? false
    allowsRepeats = try settings.bool("allow_repeats") ?? false
    if stopsAtShortPage, limit == nil {
      throw settings.problem("stop_after_short_page", "needs a 'limit': how many rows a full page has")
    }
  }

  private static func kind(_ settings: RESTSettings) throws -> Kind {
    switch settings.text("type") {
    case "single_page": return .single
    case "page_number":
      return .pageNumber(
        at: try place("page", settings), first: try settings.integer("base_page") ?? 1,
        limit: try limit(settings),
        total: try settings.path("total_path"))
    case "offset":
      return .offset(
        at: try place("offset", settings), first: try settings.integer("offset") ?? 0,
        limit: try limit(settings),
        total: try settings.path("total_path"))
    case "cursor":
      return .cursor(at: try place("cursor", settings), path: try requiredPath("cursor_path", settings))
    case "header_cursor":
      return .headerCursor(at: try place("cursor", settings), header: try settings.requiredText("cursor_key"))
    case "keyset":
      return .keyset(
        at: try place("cursor", settings), field: try requiredPath("field", settings),
        limit: try limit(settings))
    case "json_link": return .nextLink(path: try settings.path("next_url_path") ?? JSONPath(member: "next"))
    case "header_link": return .linkHeader(relation: settings.text("links_next_key") ?? "next")
    default: return .automatic
    }
  }

  private static func requiredPath(_ key: String, _ settings: RESTSettings) throws -> JSONPath {
    guard let path = try settings.path(key) else { throw settings.problem(key, "is missing") }
    return path
  }

  /// `<name>_param` or `<name>_body_path`; the parameter `name` unless said.
  private static func place(_ name: String, _ settings: RESTSettings) throws -> RequestPlace {
    guard let path = try settings.path("\(name)_body_path") else {
      return .query(settings.text("\(name)_param") ?? name)
    }
    guard settings.text("\(name)_param") == nil else {
      throw settings.problem("\(name)_body_path", "and '\(name)_param' cannot both be there")
    }
    guard let names = path.memberNames, !names.isEmpty else {
      throw settings.problem("\(name)_body_path", "must be names parted by dots: \(path)")
    }
    return .body(names)
  }

  private static func limit(_ settings: RESTSettings) throws -> PageLimit? {
    guard let rows = try settings.integer("limit") else { return nil }
    return PageLimit(rows: rows, at: try place("limit", settings))
  }
}
