import Diagnostics

/// Sends one request until it succeeds or is given up.
struct Attempts {
  let policy: RetryPolicy
  let clock: RESTClock
  let jitter: Jitter
  /// What every attempt passes; nil lets it through.
  let gate: RequestGate?
  let counters: RequestCounters

  /// What came of an attempt.
  enum Outcome {
    /// A response that is what was wanted, whatever its status.
    case taken(HTTPResponse)
    /// A response whose status says whether it is success; `check` then looks at its body.
    case judge(HTTPResponse, check: (HTTPResponse) throws -> Void)
    /// A response that is to be asked for again.
    case failed(HTTPResponse)
    /// A response that ends the load.
    case refused(HTTPResponse)
  }

  /// A failure that may pass: what it is called, and how long the server asks to wait.
  private struct Failure: Error {
    var diagnostic: Diagnostic
    var asked: Duration?
  }

  /// Throws a diagnostic when no attempt succeeds, or `CancellationError`.
  func perform(_ request: HTTPRequest, _ attempt: () async throws -> Outcome) async throws -> HTTPResponse {
    let start = clock.now()
    var state = RetryState(policy)
    while true {
      let failure: Failure
      do {
        try await gate?.pass()
        try Task.checkCancellation()
        return try judged(try await attempt(), request)
      } catch let found as Failure {
        failure = found
      } catch let problem as TransportFailure {
        let diagnostic = Diagnostic(
          .sourceUnreachable, problem.message, notes: [Self.shown(request)], cause: problem.cause,
          isTransient: problem.isTransient)
        guard problem.isTransient else { throw diagnostic }
        failure = Failure(diagnostic: diagnostic, asked: nil)
      }
      try Task.checkCancellation()
      let decision: RetryDecision
      (state, decision) = await jitter.decide(state, asked: failure.asked, elapsed: clock.now() - start)
      switch decision {
      case .giveUp(let reason):
        var diagnostic = failure.diagnostic
        diagnostic.notes.append("given up: \(reason)")
        // The policy's attempts are all there are: nobody is to begin anew with the first page.
        diagnostic.isTransient = false
        throw diagnostic
      case .wait(let delay):
        await counters.countRetry()
        if failure.asked != nil, let gate {
          await gate.close(for: delay)
        } else {
          try await clock.sleep(delay)
        }
      }
    }
  }

  private func judged(_ outcome: Outcome, _ request: HTTPRequest) throws -> HTTPResponse {
    switch outcome {
    case .refused(let response): throw refusal(response, request)
    case .failed(let response):
      throw Failure(diagnostic: refusal(response, request), asked: wait(response))
    case .taken(let response): return response
    case .judge(let response, let check):
      guard (200..<300).contains(response.status) else {
        let asked = wait(response)
        let isThrottled = response.status == 403 && asked != nil
        guard policy.statuses.contains(response.status) || isThrottled else {
          throw refusal(response, request)
        }
        throw Failure(diagnostic: refusal(response, request), asked: asked)
      }
      do {
        try check(response)
      } catch let problem as JSONProblem {
        throw Failure(diagnostic: unreadable(problem, response, request), asked: nil)
      }
      return response
    }
  }

  private func wait(_ response: HTTPResponse) -> Duration? {
    ServerWait.asked(by: response.headers, status: response.status, now: clock.secondsSince1970())
  }

  static func shown(_ request: HTTPRequest) -> String { "\(request.method) \(request.url)" }

  private func refusal(_ response: HTTPResponse, _ request: HTTPRequest) -> Diagnostic {
    let isAuthentication = response.status == 401 || response.status == 403
    let hint: String? =
      switch response.status {
      case 401, 403: "check the connection's 'auth'"
      case 404:
        "check 'base_url' and the table's 'from'; a 404 that means 'nothing' is told by 'response_actions'"
      case 429: "give the connection a 'rate_limit'"
      default: nil
      }
    let words = response.body.start(500).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return Diagnostic(
      isAuthentication ? .sourceAuthentication : .sourceRefused,
      "the server answered with status \(response.status)", notes: [Self.shown(request)], hint: hint,
      cause: words.isEmpty ? nil : words, isTransient: policy.statuses.contains(response.status))
  }

  private func unreadable(_ problem: JSONProblem, _ response: HTTPResponse, _ request: HTTPRequest)
    -> Diagnostic
  {
    Diagnostic(
      .sourceUnreadable,
      "the response is not JSON: \(problem.message) (byte \(problem.offset) of \(response.body.count))",
      notes: [Self.shown(request)],
      cause: response.body.count == 0 ? nil : "it starts with: \(response.body.start(120))")
  }
}
