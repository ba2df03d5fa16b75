import Diagnostics

/// One extraction: the chains of requests of a resource, side by side where there are several.
struct ExtractionRun {
  let resource: RESTResource
  let connection: RESTConnection
  let requester: Requester
  let clock: RESTClock
  let spool: SpoolFolder
  let rawFolder: SpoolFolder?
  let progress: ProgressMeter

  /// How many chains may be done before their turn, for each that runs.
  private static let lead = 8

  func extraction(_ window: RESTSource.Window, _ parents: [String: [String]]) async throws -> Extraction {
    let bounds = try bindings(window)
    let assembler = RowAssembler(folder: spool)
    let report: PageReader.Report
    if let parent = try parentName() {
      guard let files = parents[parent] else {
        throw Diagnostic(
          .sourceParent, "'\(resource.name)' asks for rows of '\(parent)', which was not read before it",
          hint: "declare a table '\(parent)' in the same load, above '\(resource.name)'")
      }
      report = try await children(of: parent, files, bounds, assembler)
    } else {
      report = try await reader(0).read(
        bounds, rows: PageRows(resource: resource, prefix: [], prefixNames: []), into: assembler)
    }
    try assembler.finish()
    if let rawFolder { try RawResponse.list(report.rawFiles, in: rawFolder) }
    let counts = await requester.counts
    return Extraction(
      rows: assembler.rows, bytes: progress.bytes, requests: counts.requests, retries: counts.retries,
      files: assembler.files, longestRow: assembler.longestRow, rawFiles: report.rawFiles,
      warnings: report.warnings)
  }

  private func parentName() throws -> String? {
    let parents = resource.parents
    guard parents.count < 2 else {
      throw Diagnostic(
        .sourceSetting,
        "'\(resource.name)' takes values from several tables: \(parents.joined(separator: ", "))",
        hint: "take all from one; it can carry fields of its own parent by 'include_from_parent'")
    }
    if parents.isEmpty, !resource.includeFromParent.isEmpty {
      throw Diagnostic(
        .sourceSetting, "'\(resource.name)' has 'include_from_parent', and no parent",
        hint: "a placeholder such as '{orders.id}' in its path or parameters names the parent")
    }
    return parents.first
  }

  /// The values of `{incremental.start}` and `{incremental.end}`.
  private func bindings(_ window: RESTSource.Window) throws -> Bindings {
    var bindings = Bindings()
    let parameters = resource.incremental ?? IncrementalParameters()
    let start = try window.since.map { try parameters.format.text(of: $0, as: .start) }
    if let start = start ?? parameters.initialValue { bindings[.start] = Self.value(start) }
    if let until = window.until {
      bindings[.end] = Self.value(try parameters.format.text(of: until, as: .end))
    }
    return bindings
  }

  private static func value(_ text: String) -> BoundValue {
    BoundValue(text: text, json: Int64(text) == nil ? JSONText.quoted(text) : text)
  }

  private func reader(_ number: Int) -> PageReader {
    PageReader(
      resource: resource, requester: requester,
      builder: RequestBuilder(connection: connection, resource: resource), rawFolder: rawFolder,
      number: number,
      clock: clock, mask: { await requester.redactor }, progress: progress)
  }

  /// What one child's chain brought.
  private struct ChainResult: Sendable {
    let number: Int
    let rows: CollectedRows
    let report: PageReader.Report
  }

  /// Reads the children of each parent's row, several at a time, and puts their rows in the order of the parents'.
  private func children(
    of parent: String, _ files: [String], _ bounds: Bindings, _ assembler: RowAssembler
  ) async throws -> PageReader.Report {
    var rows = ParentRows(parent, files: files, for: resource, bounds: bounds)
    let names = resource.includeFromParent.map { ParentRows.name(of: $0, in: parent) }
    let width = max(connection.concurrency, 1)
    return try await withThrowingTaskGroup(of: ChainResult.self) { group in
      var report = PageReader.Report()
      var waiting: [Int: ChainResult] = [:]
      var turn = 0
      var running = 0
      var isAtEnd = false
      while true {
        while !isAtEnd, running < width, running + waiting.count < width * Self.lead {
          guard let chain = try rows.next() else {
            isAtEnd = true
            break
          }
          running += 1
          group.addTask { try await result(of: chain, names) }
        }
        guard let done = try await group.next() else { break }
        running -= 1
        waiting[done.number] = done
        while let next = waiting.removeValue(forKey: turn) {
          try assembler.take(next.rows)
          report.warnings += next.report.warnings
          report.rawFiles += next.report.rawFiles
          turn += 1
        }
        if let limit = resource.maximumRows, assembler.takenRows >= limit {
          group.cancelAll()
          break
        }
      }
      if let warning = rows.warning { report.warnings.append(warning) }
      report.warnings = Self.distinct(report.warnings)
      return report
    }
  }

  private func result(of chain: ParentRows.Chain, _ names: [String]) async throws -> ChainResult {
    let collector = RowCollector(folder: spool, number: chain.number + 1)
    let rows = PageRows(resource: resource, prefix: chain.prefix, prefixNames: names)
    let report = try await reader(chain.number).read(chain.bindings, rows: rows, into: collector)
    return ChainResult(number: chain.number, rows: try collector.collected(), report: report)
  }

  /// Each message once: a thousand children have the same to tell.
  private static func distinct(_ warnings: [Diagnostic]) -> [Diagnostic] {
    var seen: Set<String> = []
    return warnings.filter { seen.insert($0.message).inserted }
  }
}
