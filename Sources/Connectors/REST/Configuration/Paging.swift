import Project

/// How the pages of a resource follow each other.
public struct Paging: Sendable, Hashable {
  /// What tells the next page.
  public var kind: Kind
  /// Where a response says whether there is more; it then decides.
  public var hasMore: JSONPath?
  /// How many pages are taken at most; nil takes all.
  public var maximumPages: Int?
  /// Whether a page without rows is the last; nil leaves it to the kind.
  public var stopsAtEmptyPage: Bool?
  /// Whether a page with fewer rows than were asked for is the last. Only right if the server never gives fewer before.
  public var stopsAtShortPage: Bool
  /// Whether a page may hold just the rows of the page before it.
  public var allowsRepeats: Bool

  /// Makes a way to page.
  public init(_ kind: Kind) {
    self.kind = kind
    stopsAtShortPage = false
    allowsRepeats = false
  }

  /// What tells the next page.
  public enum Kind: Sendable, Hashable {
    /// There is one page.
    case single
    /// Whatever is a standard: a `Link` header, OData's `@odata.nextLink`, JSON:API's `links.next`.
    case automatic
    /// Pages are counted, from `first`. `total` is where a response says how many pages there are.
    case pageNumber(at: RequestPlace, first: Int, limit: PageLimit?, total: JSONPath?)
    /// Rows before the page are counted. `total` is where a response says how many rows there are.
    case offset(at: RequestPlace, first: Int, limit: PageLimit?, total: JSONPath?)
    /// A response holds a mark for the next page; none, null or empty text ends.
    case cursor(at: RequestPlace, path: JSONPath)
    /// A header holds the mark.
    case headerCursor(at: RequestPlace, header: String)
    /// A response holds the next page's URL.
    case nextLink(path: JSONPath)
    /// The `Link` header holds the next page's URL.
    case linkHeader(relation: String)
    /// A field of the last row is the mark for the next page.
    case keyset(at: RequestPlace, field: JSONPath, limit: PageLimit?)
  }

  /// The rows of a page that are asked for.
  public struct PageLimit: Sendable, Hashable {
    /// How many.
    public var rows: Int
    /// Where the request says so; nil if it does not need to.
    public var place: RequestPlace?

    /// Makes a limit.
    public init(rows: Int, at place: RequestPlace?) {
      self.rows = rows
      self.place = place
    }
  }

  var limit: PageLimit? {
    switch kind {
    case .pageNumber(_, _, let limit, _), .offset(_, _, let limit, _), .keyset(_, _, let limit): limit
    case .single, .automatic, .cursor, .headerCursor, .nextLink, .linkHeader: nil
    }
  }
}

/// Where a request says something.
public enum RequestPlace: Sendable, Hashable {
  /// A query parameter.
  case query(String)
  /// A member of the JSON body, by the names on the way to it.
  case body([String])
}
