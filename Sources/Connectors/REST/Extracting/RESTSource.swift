import Diagnostics

/// Reads tables from a server with a REST API into files of newline-delimited JSON.
///
/// A page's rows are taken when its whole response has come and is valid, so that no repetition of a request doubles them
/// and no cut connection loses any. Rows stay the bytes that the server sent; only line ends between their parts go.
public struct RESTSource: Sendable {
  private let connection: RESTConnection
  private let state: ConnectionState
  private let transport: any HTTPTransport

  /// Makes a source. `seed` is where the random parts of waits start.
  public init(
    _ connection: RESTConnection, transport: any HTTPTransport, clock: RESTClock = .system, seed: UInt64
  ) {
    self.init(connection, ConnectionState(connection, clock: clock, seed: seed), transport: transport)
  }

  init(_ connection: RESTConnection, _ state: ConnectionState, transport: any HTTPTransport) {
    self.connection = connection
    self.state = state
    self.transport = transport
  }

  /// What is asked for.
  public struct Window: Sendable, Hashable {
    /// From where on; nil asks from the beginning.
    public var since: CursorValue?
    /// Up to where; nil asks for everything that is new.
    public var until: CursorValue?

    /// Makes a window; without arguments it is everything.
    public init(since: CursorValue? = nil, until: CursorValue? = nil) {
      self.since = since
      self.until = until
    }
  }

  /// Reads a resource's rows into files in `spool`, in the order in which the server gives them; children's rows in the
  /// order of their parents'. `parents` holds, for each table that the resource asks for row by row, the files of its rows.
  /// `progress` is told the rows and bytes fetched so far.
  ///
  /// Throws a diagnostic, its secrets hidden, or `CancellationError` within 100 ms of the task's cancellation. Memory
  /// holds the pages that are on their way, a few megabytes for each concurrent request, and 16 bytes for each parent's row.
  public func extract(
    _ resource: RESTResource, _ window: Window = Window(), parents: [String: [String]] = [:],
    into spool: SpoolFolder, progress: @escaping @Sendable (_ rows: Int, _ bytes: Int) -> Void = { _, _ in }
  ) async throws -> Extraction {
    let requester = Requester(
      connection, state, transport: transport,
      limits: BodyLimits(folder: spool.path, maximumSize: connection.maximumResponseSize))
    do {
      var resource = resource
      if resource.paging == nil { resource.paging = connection.paging }
      let run = ExtractionRun(
        resource: resource, connection: connection, requester: requester, clock: state.clock, spool: spool,
        rawFolder: try resource.rawFolder.map { path in try SpoolFolder(at: path) },
        progress: ProgressMeter(progress))
      var extraction = try await run.extraction(window, parents)
      let mask = await requester.redactor
      extraction.warnings = extraction.warnings.map(mask.redact)
      return extraction
    } catch let diagnostic as Diagnostic {
      throw await requester.redactor.redact(diagnostic)
    } catch let problem as JSONProblem {
      throw Diagnostic(.sourceUnreadable, "a response is not JSON: \(problem.message)")
    } catch {
      if Task.isCancelled { throw CancellationError() }
      throw error
    }
  }
}

/// What was read of a resource.
public struct Extraction: Sendable {
  /// The rows.
  public var rows = 0
  /// The bytes of the responses, decompressed.
  public var bytes = 0
  /// The requests that were sent, redirects and tokens aside.
  public var requests = 0
  /// How many of them were repetitions.
  public var retries = 0
  /// The files with the rows, in order: newline-delimited JSON.
  public var files: [String] = []
  /// The longest row in bytes: the engine's reader has to be told if it is more than 16 MB.
  public var longestRow = 0
  /// The responses as they came, if they were to be kept.
  public var rawFiles: [RawResponse] = []
  /// What should be looked at.
  public var warnings: [Diagnostic] = []
}
