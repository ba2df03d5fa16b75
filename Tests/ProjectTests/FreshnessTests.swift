import Diagnostics
import Jinja
import Testing

@testable import Project

@Suite("Freshness")
struct FreshnessTests {
  private static let sources = """
    sources:
      - name: raw
        loaded_at_field: at
        freshness: {warn_after: {count: 1, period: day}, filter: "id > 0"}
        tables:
          - name: own
            freshness: {error_after: {count: 2, period: day}}
          - name: asked
            config: {loaded_at_query: "select max(at) from {{ this }}", freshness: {warn_after: {count: 3, period: hour}}}
          - name: silent
            freshness: null
      - name: other
        tables:
          - name: plain
            config: {loaded_at_field: at}
    """

  @Test("is inherited from the project and the source, and switched off by null")
  func inherited() async throws {
    let folder = try TemporaryProject([
      "weir.yml": "{name: shop, sources: {+freshness: {warn_after: {count: 5, period: minute}}}}",
      "models/s.yml": Self.sources,
    ])
    let project = try await folder.load().project
    func freshness(_ name: String) -> FreshnessCriteria? {
      project.source(NodeID("source.shop.\(name)"))?.freshness
    }
    let day = FreshnessCriteria.Limit(count: 1, period: .day)
    #expect(
      freshness("raw.own")
        == FreshnessCriteria(warnAfter: day, errorAfter: .init(count: 2, period: .day), filter: "id > 0"))
    #expect(
      freshness("raw.asked") == FreshnessCriteria(warnAfter: .init(count: 3, period: .hour), filter: "id > 0")
    )
    #expect(freshness("raw.silent") == nil)
    #expect(freshness("other.plain") == FreshnessCriteria(warnAfter: .init(count: 5, period: .minute)))
    let asked = project.source(NodeID("source.shop.raw.asked"))
    #expect(asked?.loadedAtQuery == "select max(at) from {{ this }}")
    #expect(asked?.loadedAtField == "at")
  }

  @Test("what an age exceeds is the stricter limit")
  func exceeded() {
    let criteria = FreshnessCriteria(
      warnAfter: .init(count: 1, period: .minute), errorAfter: .init(count: 1, period: .hour))
    #expect(criteria.exceeded(by: 60) == nil)
    #expect(criteria.exceeded(by: 60.5)?.isError == false)
    #expect(criteria.exceeded(by: 3600.5)?.isError == true)
    #expect(criteria.exceeded(by: 3600.5)?.limit.text == "1 hour")
    #expect(FreshnessReading(loadedAt: 1_500_000, askedAt: 4_000_000).age == 2.5)
    #expect(FreshnessReading(loadedAt: nil, askedAt: 0).age == 62_135_596_800)
  }

  @Test(
    "wrong limits are told with their place",
    arguments: [
      ("daily", "1:51: WEIR-E0106 'freshness' of source 'r.t' must be a mapping, not text"),
      (
        "{warn_after: {count: 1, period: week}}",
        "1:51: WEIR-E0106 the period of 'warn_after' under 'freshness' of source 'r.t' cannot be 'week'"
      ),
      (
        "{warn_after: {count: soon, period: day}}",
        "1:51: WEIR-E0106 the count of 'warn_after' under 'freshness' of source 'r.t' must be a whole number, not text"
      ),
      (
        "{error_after: {count: 3}}",
        "1:51: WEIR-E0107 'error_after' under 'freshness' of source 'r.t' has no period; it is ignored"
      ),
      ("{warn: 1}", "1:51: WEIR-E0105 'freshness' of source 'r.t' has no key 'warn'; it is ignored"),
    ])
  func wrong(freshness: String, complaint: String) async throws {
    let folder = try TemporaryProject([
      "weir.yml": "name: shop",
      "models/s.yml":
        "sources: [{name: r, tables: [{name: t, freshness: \(freshness), loaded_at_field: at}]}]",
    ])
    #expect(await folder.complaints() == ["models/s.yml:" + complaint])
  }

  @Test("who does not say when rows were loaded is warned")
  func unsaid() async throws {
    let folder = try TemporaryProject([
      "weir.yml": "name: shop",
      "models/s.yml":
        "sources: [{name: r, tables: [{name: t, freshness: {warn_after: {count: 1, period: day}}}]}]",
    ])
    #expect(
      await folder.complaints() == [
        "models/s.yml:1:30: WEIR-E0107 source 'r.t' says how fresh it must be and not when its rows were loaded"
      ])
  }
}
