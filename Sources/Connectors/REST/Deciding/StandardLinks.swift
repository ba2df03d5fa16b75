import Diagnostics
import Project

/// What is known about a next page without being told: standards only.
enum StandardLinks {
  private static let paths = [
    JSONPath(member: "@odata.nextLink"), JSONPath(members: ["links", "next"]),
    JSONPath(members: ["links", "next", "href"]), JSONPath(members: ["_links", "next", "href"]),
  ]

  /// What looks like a further page although no standard says so.
  private static let marks = [
    "next", "next_page", "nextPage", "next_url", "next_page_url", "next_link", "nextLink", "next_cursor",
    "nextCursor", "next_page_token", "nextPageToken", "next_token", "nextToken", "has_more", "hasMore",
    "has_next", "hasNext", "has_next_page", "hasNextPage",
  ]
  private static let holders = [
    "", "meta", "pagination", "paging", "page_info", "pageInfo", "response_metadata",
  ]

  /// The link to the next page; empty if a standard says that there is none, nil if none is used.
  static func next(_ page: PageFacts) throws -> String? {
    let links = page.headers.all("Link")
    if let link = LinkHeader.target(of: "next", in: links) { return link }
    for path in paths {
      if let link = try path.scalar(in: page.document), !link.isEmpty { return link }
    }
    return links.isEmpty ? nil : ""
  }

  /// Throws if the response says that there is more and nobody said how to get it.
  static func refuseWhatIsLeft(_ page: PageFacts) throws {
    guard page.rowCount > 0 else { return }
    for holder in holders {
      for mark in marks {
        let path = JSONPath(members: holder.isEmpty ? [mark] : [holder, mark])
        guard let text = try path.scalar(in: page.document), !text.isEmpty, text != "false", text != "0"
        else {
          continue
        }
        throw Diagnostic(
          .sourcePaging,
          "the response says that there is more ('\(path)' is \(text.prefix(60))), "
            + "and no paginator says how to get it",
          hint: "give the table a 'paginator'; 'paginator: single_page' takes the first page only")
      }
    }
  }
}
