import Diagnostics
import Jinja
import Testing

@testable import Project

/// What Python's `datetime` with pytz gives for the same expressions.
@Suite struct TimeZoneTests {
  @Test(
    "Moments are shown by the clocks of their zone",
    arguments: [
      ("run_started_at.astimezone(modules.pytz.timezone('America/New_York'))", "2023-11-14 17:13:20-05:00"),
      (
        "run_started_at.astimezone(modules.pytz.timezone('Australia/Sydney')).strftime('%F %T %z %Z')",
        "2023-11-15 09:13:20 +1100 AEDT"
      ),
      (
        "modules.datetime.datetime(1997, 9, 29, 6, 14, 0, tzinfo=modules.pytz.timezone('America/Los_Angeles'))",
        "1997-09-29 06:14:00-07:53"
      ),
      (
        "modules.pytz.timezone('Asia/Kathmandu').localize(modules.datetime.datetime(2030, 1, 1)).isoformat()",
        "2030-01-01T00:00:00+05:45"
      ),
      (
        "modules.pytz.timezone('Europe/London').normalize(modules.datetime.datetime(2024, 7, 1, 12, tzinfo=modules.pytz.utc))",
        "2024-07-01 13:00:00+01:00"
      ),
      (
        "modules.pytz.timezone('Europe/Paris').utcoffset(modules.datetime.datetime(2024, 7, 1))", "2:00:00"
      ),
      (
        "modules.datetime.datetime(2036, 7, 1, 12, tzinfo=modules.pytz.utc).astimezone(modules.pytz.timezone('Europe/Dublin'))",
        "2036-07-01 13:00:00+01:00"
      ),
      (
        "modules.datetime.datetime(2036, 7, 1, 12, tzinfo=modules.pytz.utc).astimezone(modules.pytz.timezone('America/Sao_Paulo'))",
        "2036-07-01 09:00:00-03:00"
      ),
      (
        "modules.datetime.datetime(2024, 1, 1, tzinfo=modules.datetime.timezone(modules.datetime.timedelta(hours=-3)))",
        "2024-01-01 00:00:00-03:00"
      ),
      ("modules.datetime.datetime.now(modules.pytz.timezone('Asia/Tokyo')).tzinfo", "Asia/Tokyo"),
      ("run_started_at.tzinfo", "UTC"), ("modules.datetime.datetime(2024, 1, 1).tzinfo", "None"),
      ("run_started_at.astimezone(modules.pytz.timezone('Asia/Tokyo')) == run_started_at", "True"),
      ("run_started_at.astimezone(modules.pytz.timezone('Asia/Tokyo')).date()", "2023-11-15"),
    ])
  func zones(_ expression: String, _ expected: String) async throws {
    #expect(try await rendered(expression) == expected)
  }

  @Test(
    "Times that clocks skip or show twice are resolved as pytz does",
    arguments: [
      ("America/Los_Angeles", "2024, 3, 10, 2, 30", "False", "2024-03-10 02:30:00-08:00"),
      ("America/Los_Angeles", "2024, 3, 10, 2, 30", "True", "2024-03-10 02:30:00-07:00"),
      ("Europe/Berlin", "2024, 10, 27, 2, 30", "False", "2024-10-27 02:30:00+01:00"),
      ("Europe/Berlin", "2024, 10, 27, 2, 30", "True", "2024-10-27 02:30:00+02:00"),
    ])
  func changes(_ zone: String, _ time: String, _ isDaylight: String, _ expected: String) async throws {
    let moment = "modules.datetime.datetime(\(time))"
    let expression = "modules.pytz.timezone('\(zone)').localize(\(moment), is_dst=\(isDaylight))"
    #expect(try await rendered(expression) == expected)
  }

  @Test(
    "ISO 8601 is read",
    arguments: [
      ("2024-01-31", "2024-01-31 00:00:00"), ("2024-01-31 12:30", "2024-01-31 12:30:00"),
      ("2024-01-31T12:30:00.5+02:00", "2024-01-31 12:30:00.500000+02:00"),
      ("2024-01-31T12:30:00Z", "2024-01-31 12:30:00+00:00"),
    ])
  func iso(_ text: String, _ expected: String) async throws {
    #expect(try await rendered("modules.datetime.datetime.fromisoformat('\(text)')") == expected)
  }

  @Test(
    "What is no zone or no time is refused",
    arguments: [
      ("modules.pytz.timezone('Mars/Olympus')", "the time zone 'Mars/Olympus' is not known"),
      ("modules.pytz.timezone('../../../etc/passwd')", "the time zone '../../../etc/passwd' is not known"),
      (
        "modules.pytz.timezone('Europe/Berlin').localize(modules.datetime.datetime(2024, 3, 31, 2, 30), is_dst=None)",
        "2024-03-31 02:30:00 is skipped in the time zone 'Europe/Berlin'"
      ),
      (
        "modules.pytz.timezone('Europe/Berlin').localize(modules.datetime.datetime(2024, 10, 27, 2, 30), is_dst=None)",
        "2024-10-27 02:30:00 comes twice in the time zone 'Europe/Berlin'"
      ),
      ("modules.datetime.datetime.fromisoformat('2024-02-30')", "Invalid isoformat string: '2024-02-30'"),
      ("modules.pytz.utc.localize(run_started_at)", "Not naive datetime (tzinfo is already set)"),
    ])
  func refusals(_ expression: String, _ message: String) async throws {
    let failure = await #expect(throws: Diagnostic.self) { try await rendered(expression) }
    #expect(failure?.message == message)
  }

  @Test("The rule behind a file's last change is followed, south of the equator too")
  func rules() throws {
    var parser = DaylightRuleParser("<-03>3<-02>,M10.1.0/0,M2.3.0/0")
    let read = parser.rule()
    let rule = try #require(read)
    let january = CalendarParts.days(year: 2050, month: 1, day: 10) * 86_400
    let july = CalendarParts.days(year: 2050, month: 7, day: 10) * 86_400
    #expect(rule.offset(at: january) == ClockOffset(seconds: -7200, daylightSeconds: 3600, name: "-02"))
    #expect(rule.offset(at: july) == ClockOffset(seconds: -10_800, daylightSeconds: 0, name: "-03"))
  }

  private func rendered(_ expression: String) async throws -> String {
    let folder = try TemporaryProject([
      "dbt_project.yml": "name: p\n", "models/m.sql": "{% if execute %}{{ \(expression) }}{% endif %}",
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("m"))
    let compiler = project.compiler(connection: ScriptedConnection(), options: folder.options())
    return try compiler.compile(node).sql
  }
}
