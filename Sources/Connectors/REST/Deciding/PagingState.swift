import Diagnostics
import Project

/// What paging needs to know of a page.
struct PageFacts {
  /// The response's body, which is valid JSON.
  let document: UnsafeBufferPointer<UInt8>
  let headers: HTTPHeaders
  /// Where the page was read from.
  let url: WebAddress
  let rowCount: Int
  /// Where the last row stands in the document.
  let lastRow: Range<Int>?
  /// Tells pages with different rows apart.
  let digest: Int
}

/// What is asked for next.
enum PageStep: Equatable {
  /// The same request with other values.
  case values([PlacedValue])
  /// Another URL.
  case link(String)
  /// Nothing: that was the last page. A doubt about that is a warning.
  case finished(doubt: String? = nil)
}

/// A value and where it goes.
struct PlacedValue: Equatable {
  let place: RequestPlace
  let value: BoundValue

  init(_ place: RequestPlace, _ value: BoundValue) {
    self.place = place
    self.value = value
  }

  init(_ place: RequestPlace, _ number: Int) {
    self.init(place, BoundValue(text: String(number), json: String(number)))
  }
}

/// Follows pages: from what a page says to what is asked for next. Pure, and the guard against paging without end.
struct PagingState {
  private let paging: Paging
  private var pages = 0
  private var number: Int
  private var seen: Set<String> = []
  private var lastDigest: Int?

  init(_ paging: Paging) {
    self.paging = paging
    switch paging.kind {
    case .pageNumber(_, let first, _, _), .offset(_, let first, _, _): number = first
    default: number = 0
    }
  }

  /// The values of the first request.
  var firstValues: [PlacedValue] {
    switch paging.kind {
    case .pageNumber(let place, _, _, _), .offset(let place, _, _, _):
      [PlacedValue(place, number)] + limitValues
    default: limitValues
    }
  }

  private var limitValues: [PlacedValue] {
    guard let limit = paging.limit, let place = limit.place else { return [] }
    return [PlacedValue(place, limit.rows)]
  }

  /// Decides after a page. Throws a diagnostic if paging goes in circles or cannot go on.
  mutating func next(after page: PageFacts) throws -> PageStep {
    pages += 1
    let repeats = lastDigest == page.digest
    lastDigest = page.digest
    let more = try hasMore(page)
    if more == false { return .finished() }
    if page.rowCount == 0, more == nil, stopsAtEmptyPage { return .finished(doubt: missingRows(page)) }
    if paging.stopsAtShortPage, more == nil, let limit = paging.limit, page.rowCount < limit.rows {
      return .finished()
    }
    let step = try stepByKind(page, mustGoOn: more == true)
    if case .finished = step { return step }
    // A mark or a link is looked at by itself: behind a page without rows there may be more.
    if repeats, !paging.allowsRepeats, page.rowCount > 0 || isCounting { throw repeated(page) }
    if let most = paging.maximumPages, pages >= most {
      return .finished(doubt: "there is more behind the \(most) pages of 'max_pages'")
    }
    return step
  }

  private var stopsAtEmptyPage: Bool {
    if let stops = paging.stopsAtEmptyPage { return stops }
    if case .keyset = paging.kind { return true }
    return isCounting
  }

  /// Whether nothing that the server says leads to the next page.
  private var isCounting: Bool {
    switch paging.kind {
    case .pageNumber, .offset: true
    case .single, .automatic, .cursor, .headerCursor, .nextLink, .linkHeader, .keyset: false
    }
  }

  /// What the response says about there being more; nil if it is not asked, or says nothing.
  private func hasMore(_ page: PageFacts) throws -> Bool? {
    guard let path = paging.hasMore else { return nil }
    switch try path.scalar(in: page.document)?.lowercased() {
    case "true", "1", "yes", "y": return true
    case "false", "0", "no", "n", "": return false
    case nil where try path.matches(in: page.document).isMissing:
      throw Diagnostic(
        .sourcePaging, "a response has no '\(path)' that says whether there is more",
        hint: "correct 'has_more_path', or leave it out")
    case nil: return false
    // A next page's number, or text that is not empty, means that there is one.
    default: return true
    }
  }

  private mutating func stepByKind(_ page: PageFacts, mustGoOn: Bool) throws -> PageStep {
    switch paging.kind {
    case .single: return .finished()
    case .automatic:
      if let link = try StandardLinks.next(page) {
        return try link.isEmpty ? .finished() : follow(link, page)
      }
      try StandardLinks.refuseWhatIsLeft(page)
      return .finished()
    case .pageNumber(let place, let first, _, let total): return try count(page, place, first, total)
    case .offset(let place, _, _, let total): return try skip(page, place, total)
    case .cursor(let place, let path):
      let mark = try mark(path, in: page.document)
      return try mark.map { .values([PlacedValue(place, try checked($0))]) } ?? end(mustGoOn, "'\(path)'")
    case .headerCursor(let place, let header):
      guard let text = page.headers[header], !text.isEmpty else {
        return try end(mustGoOn, "the '\(header)' header")
      }
      let value = BoundValue(text: text, json: JSONText.quoted(text))
      return .values([PlacedValue(place, try checked(value))])
    case .nextLink(let path):
      guard let link = try path.scalar(in: page.document), !link.isEmpty, link != "false" else {
        return try end(mustGoOn, "'\(path)'")
      }
      return try follow(link, page)
    case .linkHeader(let relation):
      guard let link = LinkHeader.target(of: relation, in: page.headers.all("Link")) else {
        return try end(mustGoOn, "the 'Link' header")
      }
      return try follow(link, page)
    case .keyset(let place, let field, _):
      guard let row = page.lastRow else { return try end(mustGoOn, "a row") }
      guard let mark = try mark(field, in: page.document, at: row) else {
        throw Diagnostic(
          .sourcePaging, "the last row of a page has no '\(field)' to go on from",
          hint: "'field' of the paginator names a field that every row has")
      }
      return .values([PlacedValue(place, try checked(mark))])
    }
  }

  private func end(_ mustGoOn: Bool, _ missing: String) throws -> PageStep {
    guard mustGoOn else { return .finished() }
    throw Diagnostic(
      .sourcePaging, "a response says that there is more, but has nothing in \(missing) to go on from")
  }

  private mutating func count(
    _ page: PageFacts, _ place: RequestPlace, _ first: Int, _ total: JSONPath?
  ) throws -> PageStep {
    number += 1
    if let total, let pages = try Self.number(at: total, page), number - first >= pages { return .finished() }
    return .values([PlacedValue(place, number)])
  }

  private mutating func skip(_ page: PageFacts, _ place: RequestPlace, _ total: JSONPath?) throws -> PageStep
  {
    // By the rows that came and not by those asked for: many servers give fewer than they are asked for.
    number += page.rowCount
    if let total, let rows = try Self.number(at: total, page), number >= rows { return .finished() }
    return .values([PlacedValue(place, number)])
  }

  /// What is to be told if a page without rows came although there should be more.
  private func missingRows(_ page: PageFacts) -> String? {
    switch paging.kind {
    case .pageNumber(_, let first, _, let total?):
      guard let pages = Self.told(at: total, page), number - first < pages else { return nil }
      return "page \(number) has no rows, but the response says that there are \(pages) pages"
    case .offset(_, _, _, let total?):
      guard let rows = Self.told(at: total, page), number < rows else { return nil }
      return "there are no rows behind the first \(number), but the response says that there are \(rows)"
    default: return nil
    }
  }

  /// The number, if the page says one: a page without rows need not.
  private static func told(at path: JSONPath, _ page: PageFacts) -> Int? {
    try? number(at: path, page)  // none, or no number: nothing is known of the rest
  }

  private static func number(at path: JSONPath, _ page: PageFacts) throws -> Int? {
    guard let text = try path.scalar(in: page.document) else {
      throw Diagnostic(
        .sourcePaging, "a response has no '\(path)' that says how much there is",
        hint: "correct 'total_path', or leave it out: paging then ends at a page without rows")
    }
    guard let number = Int(text) ?? Double(text).flatMap({ Int(exactly: $0.rounded()) }) else {
      throw Diagnostic(.sourcePaging, "'\(path)' of a response is no number: \(text)")
    }
    return number
  }

  /// A mark for the next page, as it stands in the response; nil if it is missing, null or empty.
  private func mark(
    _ path: JSONPath, in document: UnsafeBufferPointer<UInt8>, at range: Range<Int>? = nil
  ) throws -> BoundValue? {
    guard let place = try path.matches(in: document, at: range).ranges.first,
      let text = JSONText.scalar(document, place), !text.isEmpty, text != "false"
    else { return nil }
    return BoundValue(text: text, json: JSONText.raw(document, place))
  }

  /// The mark, if it was not given before.
  private mutating func checked(_ mark: BoundValue) throws -> BoundValue {
    guard seen.insert(mark.json).inserted else {
      throw Diagnostic(
        .sourcePaging, "the server gives the mark \(mark.json.prefix(100)) for the next page a second time",
        notes: ["page \(pages) would be followed by one that was read before"],
        hint: "check which parameter of the request carries the mark")
    }
    return mark
  }

  private mutating func follow(_ link: String, _ page: PageFacts) throws -> PageStep {
    if seen.isEmpty { seen.insert(page.url.description) }
    guard let url = page.url.resolving(link) else {
      throw Diagnostic(
        .sourcePaging, "the link to the next page is no http or https URL: \(link.prefix(200))")
    }
    guard seen.insert(url.description).inserted else {
      throw Diagnostic(
        .sourcePaging, "the server links to a page that was read before: \(link.prefix(200))",
        notes: ["page \(pages) would be followed by it without end"])
    }
    return .link(url.description)
  }

  private func repeated(_ page: PageFacts) -> Diagnostic {
    let rows = page.rowCount == 0 ? "no rows, like the page before" : "just the rows of the page before"
    return Diagnostic(
      .sourcePaging, "page \(pages) has \(rows), and paging would go on",
      hint: "check that the server knows the paginator's parameter; "
        + "if pages may be alike, say 'allow_repeats: true' in the paginator")
  }
}
