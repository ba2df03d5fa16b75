import CommandTesting
import Testing

@Suite struct ScrubberTests {
  @Test(
    "What differs from run to run gets a name, and nothing else",
    arguments: [
      ("done in 0.12s", "done in [TIME]"),
      ("12 rows    0.03s", "12 rows [TIME]"),
      ("took 2m 05s and 13 ms", "took [TIME] and [TIME]"),
      ("16:04:05  1/12  OK", "[CLOCK]  1/12  OK"),
      ("at 2026-11-22T16:05:29.964364Z", "at [DATE]"),
      ("run 0b5e3a7c-1f2d-4c3b-9a8e-001122334455", "run [ID]"),
      ("held by process 4711 (weir)", "held by process [PID] (weir)"),
      ("/tmp/x/models/a.sql:3:4", "[FOLDER]/models/a.sql:3:4"),
      ("2026-03-01,12 s3 items 3 sales 10.50", "2026-03-01,12 s3 items 3 sales 10.50"),
    ])
  func scrubs(text: String, expected: String) {
    #expect(Scrubber(folder: "/tmp/x").scrub(text) == expected)
  }
}
