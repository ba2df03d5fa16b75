import Diagnostics
import Jinja

/// Reads all pages of one chain of requests.
struct PageReader {
  let resource: RESTResource
  let requester: Requester
  let builder: RequestBuilder
  /// Where responses are kept, if they are.
  let rawFolder: SpoolFolder?
  /// Which chain of the resource it is, from 0.
  let number: Int
  let clock: RESTClock
  let mask: @Sendable () async -> SecretMask
  let progress: ProgressMeter

  /// What a chain brought besides its rows.
  struct Report: Sendable {
    var warnings: [Diagnostic] = []
    var rawFiles: [RawResponse] = []
  }

  /// Hands the rows of all pages to `sink`. Throws a diagnostic or `CancellationError`.
  func read(_ bindings: Bindings, rows: PageRows, into sink: some RowSink) async throws -> Report {
    var report = Report()
    var state = PagingState(resource.paging ?? Paging(.automatic))
    var values = state.firstValues
    var request = try builder.request(bindings, values)
    var left = resource.maximumRows
    var page = 0
    while true {
      page += 1
      let (received, isIgnored) = try await requester.send(request, actions: resource.responseActions) {
        response in
        if response.status == 204 { return }
        try response.body.withBytes { try JSONScanner.validate($0) }
      }
      if isIgnored { return report }
      let body = received.status == 204 ? ResponseBody(Array("null".utf8)) : received.body
      let (step, found) = try body.withBytes { document in
        let found =
          received.status == 204 ? PageRows.Found() : try rows.read(document, limit: left, into: sink)
        let facts = PageFacts(
          document: document, headers: received.headers, url: request.url, rowCount: found.rows,
          lastRow: found.lastRow, digest: found.digest)
        return (try next(&state, after: facts, page, request), found)
      }
      progress.add(rows: found.rows, bytes: received.body.count)
      if let rawFolder {
        report.rawFiles.append(try await keep(received, request, page, found.rows, rawFolder))
      }
      if page == 1, let list = found.listWithin { report.warnings.append(doubt(about: list)) }
      if let now = left {
        left = now - found.rows
        if now <= found.rows { return report }
      }
      switch step {
      case .finished(let doubt):
        if let doubt { report.warnings.append(warning(doubt, request)) }
        return report
      case .values(let new):
        values = values.filter { old in !new.contains { $0.place == old.place } } + new
        request = try builder.request(bindings, values)
      case .link(let text):
        guard let url = WebAddress(text) else {
          throw Diagnostic(.sourcePaging, "the link to the next page is no http or https URL: \(text)")
        }
        try Requester.refuseDowngrade(from: request.url, to: url)
        request = builder.request(following: url)
      }
    }
  }

  private func next(
    _ state: inout PagingState, after facts: PageFacts, _ page: Int, _ request: HTTPRequest
  ) throws -> PageStep {
    do {
      return try state.next(after: facts)
    } catch var diagnostic as Diagnostic {
      diagnostic.notes.append("page \(page): \(Attempts.shown(request))")
      throw diagnostic
    }
  }

  private func warning(_ text: String, _ request: HTTPRequest) -> Diagnostic {
    Diagnostic(
      .sourceDoubtful, "'\(resource.name)': \(text)", severity: .warning, notes: [Attempts.shown(request)])
  }

  private func doubt(about list: String) -> Diagnostic {
    Diagnostic(
      .sourceDoubtful,
      "the whole response became one row of '\(resource.name)', and it holds a list '\(list)'",
      severity: .warning,
      hint: "if the list's items are the rows, say 'data_selector: \(list)'; else 'data_selector: $'")
  }

  private func keep(
    _ response: HTTPResponse, _ request: HTTPRequest, _ page: Int, _ rows: Int, _ folder: SpoolFolder
  ) async throws -> RawResponse {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let path = folder.file("\(padded(number, 6))-\(padded(page, 4)).json")
    try FileBytes.make(path, response.body)
    return RawResponse(
      file: path, request: await mask().redact(Attempts.shown(request)), status: response.status, rows: rows,
      secondsSince1970: clock.secondsSince1970())
  }
}

/// A response as it came.
public struct RawResponse: Sendable, Hashable {
  /// The file with its body.
  public var file: String
  /// The method and URL, secrets hidden.
  public var request: String
  /// The status.
  public var status: Int
  /// The rows that were found in it.
  public var rows: Int
  /// When it came.
  public var secondsSince1970: Double

  /// Writes a list of what is in the folder: `requests.ndjson`.
  static func list(_ responses: [RawResponse], in folder: SpoolFolder) throws(Diagnostic) {
    let lines = responses.map { response in
      let entry: DataValue = [
        "file": .string(String(response.file.split(separator: "/").last ?? "")),
        "request": .string(response.request),
        "status": .int(response.status), "rows": .int(response.rows),
        "time": .float(response.secondsSince1970),
      ]
      return entry.json() + "\n"
    }
    _ = try folder.write("requests.ndjson", lines.joined())
  }
}
