import Diagnostics
import Jinja
import Testing

@testable import Project

@Suite struct ConfigurationTests {
  @Test("Each key merges by dbt's rule")
  func rules() {
    let base: DataValue = [
      "tags": "a", "meta": ["x": 1, "y": 1], "pre_hook": "one", "materialized": "view",
      "grants": ["select": ["u"]],
      "column_types": ["a": "int"],
    ]
    let more: DataValue = [
      "tags": ["b"], "meta": ["y": 2], "pre-hook": ["two"], "materialized": "table",
      "grants": ["+select": "v"],
      "column_types": ["b": "int"],
    ]
    let merged = ConfigMerge.merge(ConfigMerge.merge([:], base), more)
    #expect(merged["tags"] == ["a", "b"])
    #expect(merged["meta"] == ["x": 1, "y": 2])
    #expect(merged["pre-hook"]?.listValue?.map { $0["sql"] } == ["one", "two"])
    #expect(merged["materialized"] == "table")
    #expect(merged["grants"] == ["select": ["u", "v"]])
    #expect(merged["column_types"] == ["a": "int", "b": "int"])
  }

  @Test("Folders configure from the outside in, with and without a plus")
  func levels() {
    let tree = ConfigTree([
      "+enabled": true,
      "shop": ["materialized": "view", "marts": ["+materialized": "table", "orders": ["+tags": "x"]]],
    ])
    #expect(
      tree.levels(for: ["shop", "marts", "orders"])
        == [["enabled": true], ["materialized": "view"], ["materialized": "table"], ["tags": "x"]])
    #expect(tree.levels(for: ["other", "orders"]) == [["enabled": true]])
  }

  @Test("Paths that match nothing are found")
  func unused() {
    let tree = ConfigTree(["shop": ["marts": ["+a": 1], "nowhere": ["+a": 1]], "other": ["+b": 1]])
    #expect(tree.unusedPaths(among: [["shop", "marts", "x"]]) == [["shop", "nowhere"], ["other"]])
  }

  @Test(
    "What cannot be is refused with a hint",
    arguments: [
      (
        ["materialized": "tabel"] as DataValue, "model 'm' has the unknown materialization 'tabel'",
        "did you mean 'table'?"
      ),
      (
        ["materialized": "table_function"],
        "the materialization 'table_function' of model 'm' is not supported yet", nil
      ),
      (
        ["materialized": "incremental", "incremental_strategy": "merg"],
        "model 'm' has the unknown incremental strategy 'merg'", "did you mean 'merge'?"
      ),
      (["publish": "alway"], "'publish' of model 'm' cannot be 'alway'", "did you mean 'always'?"),
      (["enabled": "maybe"], "'enabled' of model 'm' must be true or false, not text", nil),
      (["tags": ["a": 1]], "'tags' of model 'm' must be text or a list of it, not a mapping", nil),
      (["pre-hook": 3], "'pre-hook' of model 'm' must be SQL text or a list of it", nil),
    ] as [(DataValue, String, String?)])
  func refusals(values: DataValue, message: String, hint: String?) {
    var decoder = ConfigDecoder(subject: "model 'm'", span: SourceSpan(file: "m.sql"))
    _ = decoder.node(values, isSeed: false)
    #expect(decoder.problems.map(\.message) == [message])
    #expect(decoder.problems.first?.hint == hint)
  }

  @Test("An incremental model with a key deletes and inserts, one without appends")
  func strategies() {
    var decoder = ConfigDecoder(subject: "m", span: SourceSpan(file: "m.sql"))
    let keyed = decoder.node(["materialized": "incremental", "unique_key": ["a", "b"]], isSeed: false)
    #expect(keyed.incrementalStrategy == .deleteInsert)
    #expect(keyed.uniqueKey == ["a", "b"])
    #expect(decoder.node(["materialized": "incremental"], isSeed: false).incrementalStrategy == .append)
    #expect(decoder.problems.isEmpty)
  }

  @Test("Hooks may be text, mappings, or what before_begin() gives")
  func hooks() throws {
    let hooks = try ConfigDecoder.hooks([
      "select 1", ["sql": "select 2", "transaction": false],
      "{\"sql\": \"select 3\", \"transaction\": false}",
    ])
    #expect(hooks.map(\.sql) == ["select 1", "select 2", "select 3"])
    #expect(hooks.map(\.isTransactional) == [true, false, false])
  }

  @Test("A check's configuration decides whether and how failures are stored")
  func failures() {
    var decoder = ConfigDecoder(subject: "c", span: SourceSpan(file: "c.sql"))
    #expect(decoder.check(["store_failures": true], storesFailures: nil).storesFailures)
    #expect(!decoder.check(["store_failures_as": "ephemeral"], storesFailures: true).storesFailures)
    #expect(decoder.check(["store_failures_as": "view"], storesFailures: nil).storesFailuresAs == .view)
    #expect(decoder.check([:], storesFailures: true).storesFailures)
    #expect(decoder.check(["severity": "WARN"], storesFailures: nil).severity == .warn)
  }
}
