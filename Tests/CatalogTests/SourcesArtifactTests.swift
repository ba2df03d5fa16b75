import Catalog
import Diagnostics
import Foundation
import Project
import Testing

@Suite("sources.json")
struct SourcesArtifactTests {
  @Test("says of each source how fresh it is, or why that is not known")
  func results() throws {
    let criteria = FreshnessCriteria(warnAfter: .init(count: 1, period: .day), filter: "id > 0")
    var stale = FreshnessRecord(
      id: NodeID("source.shop.raw.orders"),
      reading: FreshnessReading(loadedAt: 1_795_363_511_511_728, askedAt: 1_795_363_512_000_000),
      status: .fail,
      criteria: criteria, threadName: "Thread-1", executionTime: 0.5)
    stale.execute = Interval(start: 1_795_363_511, end: 1_795_363_512)
    var unknown = FreshnessRecord(
      id: NodeID("source.shop.raw.lost"), reading: nil, status: .error, criteria: criteria, threadName: "",
      executionTime: 0)
    unknown.error = "there is no such table"
    let never = FreshnessRecord(
      id: NodeID("source.shop.raw.never"), reading: FreshnessReading(loadedAt: nil, askedAt: 0),
      status: .warn,
      criteria: FreshnessCriteria(), threadName: "Thread-1", executionTime: 0)
    let artifact = SourcesArtifact(
      records: [stale, unknown, never], invocation: CatalogFixture.invocation([:]),
      generatedAt: 1_795_363_511,
      elapsedSeconds: 1)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(artifact.encoded())) as? [String: Any])
    let metadata = try #require(object["metadata"] as? [String: Any])
    #expect(metadata["dbt_schema_version"] as? String == "https://schemas.getdbt.com/dbt/sources/v3.json")
    let results = try #require(object["results"] as? [[String: Any]])
    #expect(results[0]["status"] as? String == "error")
    #expect(results[0]["max_loaded_at"] as? String == "2026-11-22T16:05:11.511728+00:00")
    #expect(results[0]["snapshotted_at"] as? String == "2026-11-22T16:05:12+00:00")
    #expect(results[0]["max_loaded_at_time_ago_in_s"] as? Double == 0.488272)
    #expect(
      NSDictionary(dictionary: results[1])
        == [
          "unique_id": "source.shop.raw.lost", "error": "there is no such table", "status": "runtime error",
        ])
    #expect(results[2]["max_loaded_at"] as? String == "0001-01-01T00:00:00+00:00")
    #expect(results[2]["status"] as? String == "warn")
  }
}
