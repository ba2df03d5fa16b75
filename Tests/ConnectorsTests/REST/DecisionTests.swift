import Diagnostics
import Testing

@testable import Connectors

@Suite("Decisions of a REST source")
struct DecisionTests {
  @Test(
    "waits double up to a limit, are spread out by chance, and end after the attempts or the time allowed")
  func retries() {
    let policy = RetryPolicy(
      maximumAttempts: 6, maximumElapsed: .seconds(100), baseDelay: .seconds(1), maximumDelay: .seconds(5))
    var random = SeededGenerator(seed: 42)
    var longest = [Duration](repeating: .zero, count: 6)
    for _ in 0..<500 {
      var state = RetryState(policy)
      for failure in 1...5 {
        guard case .wait(let delay) = state.decide(asked: nil, elapsed: .zero, using: &random) else {
          Issue.record("given up after \(failure)")
          return
        }
        longest[failure] = max(longest[failure], delay)
      }
      #expect(
        state.decide(asked: nil, elapsed: .zero, using: &random) == .giveUp(because: "it was tried 6 times"))
    }
    for (failure, limit) in [(1, 1.0), (2, 2), (3, 4), (4, 5), (5, 5)] {
      #expect(longest[failure] <= .seconds(limit) && longest[failure] > .seconds(limit * 0.95))
    }
    var late = RetryState(policy)
    #expect(
      late.decide(asked: nil, elapsed: .seconds(100), using: &random)
        == .giveUp(because: "'retry.max_elapsed' is 100 s"))
  }

  @Test("a wait that the server asks for is kept, does not count as an attempt, and has an end")
  func asked() {
    let policy = RetryPolicy(maximumAttempts: 2, maximumElapsed: .seconds(3600), baseDelay: .milliseconds(10))
    var random = SeededGenerator(seed: 1)
    var state = RetryState(policy)
    for _ in 0..<50 {
      guard case .wait(let delay) = state.decide(asked: .seconds(30), elapsed: .zero, using: &random) else {
        Issue.record("given up")
        return
      }
      #expect(delay >= .seconds(30) && delay <= .milliseconds(30_010))
    }
    #expect(
      state.decide(asked: .seconds(7200), elapsed: .zero, using: &random)
        == .giveUp(because: "the server asks to wait 2 h, and 'retry.max_elapsed' is 60 min"))
  }

  @Test("the wait is read from the headers that servers use")
  func serverWaits() {
    let now = 784_111_777.0 - 60
    let cases: [(HTTPHeaders, Int, Duration?)] = [
      (["Retry-After": "120"], 503, .seconds(120)), (["retry-after": "0.5"], 429, .milliseconds(500)),
      (["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"], 429, .seconds(60)),
      (["Retry-After": "Sun, 06 Nov 1994 08:40:00 GMT"], 429, .zero), (["Retry-After": "soon"], 500, nil),
      (["Retry-After": "-5"], 429, .zero), (["X-RateLimit-Reset": "784111747"], 429, .seconds(30)),
      (["RateLimit-Reset": "7"], 429, .seconds(7)), (["X-RateLimit-Reset": "7"], 500, nil),
      (["X-RateLimit-Reset": "784111747", "X-RateLimit-Remaining": "0"], 403, .seconds(30)),
      (["X-RateLimit-Reset": "784111747", "X-RateLimit-Remaining": "5"], 403, nil), ([:], 429, nil),
    ]
    for (headers, status, wait) in cases {
      #expect(ServerWait.asked(by: headers, status: status, now: now) == wait, "\(headers.entries)")
    }
  }

  @Test("a bucket lets a burst through, and then one at a time")
  func bucket() {
    var bucket = TokenBucket(RateLimit(requests: 5, per: .seconds(10)), now: .seconds(100))
    let waits = (0..<8).map { _ in bucket.take(now: .seconds(100)) }
    #expect(waits == [.zero, .zero, .zero, .zero, .zero, .seconds(2), .seconds(4), .seconds(6)])
    #expect(bucket.take(now: .seconds(106)) == .seconds(2))
    #expect(bucket.take(now: .seconds(1000)) == .zero)
    for _ in 0..<4 { #expect(bucket.take(now: .seconds(1000)) == .zero) }
    #expect(bucket.take(now: .seconds(1000)) == .seconds(2))
  }

  @Test("times are written as the server wants them, and rounded so that nothing is left out")
  func formats() throws {
    let time: Int64 = -1_500_000  // 1.5 seconds before 1970
    func text(_ format: String, _ bound: CursorFormat.Bound, _ value: CursorValue? = nil) throws -> String {
      try #require(CursorFormat(format)).text(of: value ?? .timestamp(microseconds: time), as: bound)
    }
    #expect(try text("iso8601", .start) == "1969-12-31T23:59:58.500000Z")
    #expect(try text("date", .start) == "1969-12-31")
    #expect(try text("date", .end) == "1970-01-01")
    #expect(try text("epoch", .start) == "-2")
    #expect(try text("epoch", .end) == "-1")
    #expect(try text("epoch_ms", .end) == "-1500")
    #expect(try text("epoch_us", .end) == "-1500000")
    #expect(
      try text("%Y%m%d%H%M%S.%f %j %F %T %z %%", .start)
        == "19691231235958.500000 365 1969-12-31 23:59:58 +0000 %")
    #expect(try text("%H:%M", .end) == "00:00")
    #expect(try text("plain", .start, .text("abc")) == "abc")
    #expect(try text("plain", .start, .integer(5)) == "5")
    #expect(try text("epoch", .start, .text("17")) == "17")
    #expect(try text("date", .start, .text("2024-02-29 23:30:00-01:00")) == "2024-03-01")
    #expect(CursorFormat("%Q") == nil && CursorFormat("isoo") == nil && CursorFormat("%") == nil)
    #expect(throws: Diagnostic.self) { try text("date", .start, .text("abc")) }
    #expect(throws: Diagnostic.self) { try text("date", .start, .integer(5)) }
  }

  @Test("days and dates are each other's inverse, leap years and all")
  func calendar() {
    #expect(Calendar.days(year: 1970, month: 1, day: 1) == 0)
    #expect(Calendar.days(year: 2000, month: 2, day: 29) == 11_016)
    for days: Int64 in stride(from: -800_000, through: 800_000, by: 37) {
      let (year, month, day) = Calendar.date(days)
      #expect(Calendar.days(year: year, month: month, day: day) == days)
    }
    let times: [(String, Int64?)] = [
      ("1970-01-02", 86_400_000_000), ("1970-01-01T00:00:01Z", 1_000_000), ("1970-01-01 01:00:00+01", 0),
      ("1970-01-01T00:00:00.0000019", 1), ("1970-01-01T00:00", 0),
      ("1970-01-01T00:00:00,5-0030", 1_800_500_000),
      ("1970-13-01", nil), ("1970-1-1", nil), ("1970-01-01T", nil), ("1970-01-01T00:00:00X", nil), ("", nil),
    ]
    for (text, expected) in times { #expect(Calendar.microseconds(iso8601: text) == expected, "\(text)") }
  }

  @Test("the link header is read in all the forms that servers write")
  func links() {
    let cases: [([String], String?)] = [
      ([#"<https://x/2>; rel="next""#], "https://x/2"),
      ([#"<https://x/1>; rel=prev, <https://x/2>;rel=next"#], "https://x/2"),
      ([#"<a,b;c>; title="x, <y>; rel=\"next\""; rel="last next""#], "a,b;c"),
      ([#"<1>; rel="prev""#, #"<2>; REL="Next""#], "2"),
      ([#"<1>; rel="nextish""#], nil), ([""], nil), (["<1"], nil), (["<1>"], nil), (["<1>; rel"], nil),
    ]
    for (values, expected) in cases {
      #expect(LinkHeader.target(of: "next", in: values) == expected, "\(values)")
    }
  }
}
