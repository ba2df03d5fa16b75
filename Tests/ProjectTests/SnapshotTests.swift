import Diagnostics
import EngineCore
import Jinja
import Testing

@testable import Project

@Suite("Snapshots")
struct SnapshotTests {
  private func project(_ files: [String: String]) throws -> TemporaryProject {
    let own = [
      "weir.yml": "name: shop", "models/orders.sql": "{{ config(materialized='view') }} select 1 as id",
    ]
    return try TemporaryProject(own.merging(files) { $1 })
  }

  private func node(_ name: String, in project: Project) throws -> Node {
    try #require(project.node(NodeID(.snapshot, "shop", name)))
  }

  @Test("blocks of a file become nodes with the file in their path of names")
  func blocks() async throws {
    let folder = try project([
      "snapshots/deep/two.sql": """
      {% snapshot one %}{{ config(strategy='timestamp', unique_key='id', updated_at='at', target_schema='kept') }}
      select * from {{ ref('orders') }}{% endsnapshot %}
      {% snapshot other %}
      {{ config(strategy='check', unique_key=['id', 'part'], check_cols='all', schema='x', hard_deletes='new_record') }}
      select 1 as id, 2 as part
      {% endsnapshot %}
      """
    ])
    let project = try await folder.load().project
    let (one, other) = (try node("one", in: project), try node("other", in: project))
    #expect(one.fqn == ["shop", "deep", "two", "one"])
    #expect(one.path == "deep/two.sql")
    #expect(one.originalPath == "snapshots/deep/two.sql")
    #expect(one.relation?.path == ["shop", "kept", "one"])
    #expect(one.dependencies == [NodeID(.model, "shop", "orders")])
    #expect(other.relation?.path == ["shop", "main_x", "other"])
    #expect(other.span.line == 3)
    #expect(one.checksum == other.checksum)
    #expect(other.config.snapshot?.uniqueKey == SnapshotKey(["id", "part"], isList: true))
    #expect(other.config.snapshot?.hardDeletes == .newRecord)
    #expect(other.config.snapshot?.checkedColumns == .all)
  }

  @Test("an entry of a property file that names a relation is a snapshot")
  func entries() async throws {
    let folder = try project([
      "models/all.yml": """
      snapshots:
        - name: history
          description: All of it.
          relation: ref('orders')
          config:
            strategy: timestamp
            unique_key: id
            updated_at: at
            invalidate_hard_deletes: true
            dbt_valid_to_current: "date '9999-12-31'"
            snapshot_meta_column_names: {dbt_valid_from: since}
      """,
      "models/reader.sql": "select * from {{ ref('history') }}",
    ])
    let project = try await folder.load().project
    let history = try node("history", in: project)
    #expect(history.code == "select * from {{ ref('orders') }}")
    #expect(history.path == "all.yml/history.sql")
    #expect(history.originalPath == "models/all.yml")
    #expect(history.fqn == ["shop", "history"])
    #expect(history.description == "All of it.")
    #expect(history.config.snapshot?.hardDeletes == .invalidate)
    #expect(history.config.snapshot?.validToCurrent == "date '9999-12-31'")
    #expect(history.config.snapshot?.columns.validFrom == "since")
    #expect(project.node(NodeID(.model, "shop", "reader"))?.dependencies == [history.id])
  }

  @Test("a mistake in a block is told with its place in the file")
  func places() async throws {
    let folder = try project([
      "snapshots/a.sql": """
      {% snapshot a %}
        {{ config(strategy='check', unique_key='id', check_cols='all') }}
        select * from {{ ref('nothing') }}
      {% endsnapshot %}
      """
    ])
    #expect(
      await folder.complaints() == [
        "snapshots/a.sql:3:20: WEIR-E0111 ref('nothing') names no model or seed of the project"
      ])
  }

  @Test(
    "what a snapshot lacks or says twice is told",
    arguments: [
      ("unique_key='id'", "WEIR-E0107 snapshot 'a' has no strategy"),
      ("strategy='check', check_cols='all'", "WEIR-E0107 snapshot 'a' has no unique_key"),
      (
        "strategy='check', unique_key='id'",
        "WEIR-E0107 snapshot 'a' uses the strategy 'check' and has no check_cols"
      ),
      (
        "strategy='check', unique_key='id', check_cols='id'",
        "WEIR-E0106 'check_cols' of snapshot 'a' cannot be 'id'"
      ),
      (
        "strategy='timestamp', unique_key='id'",
        "WEIR-E0107 snapshot 'a' uses the strategy 'timestamp' and has no updated_at"
      ),
      (
        "strategy='timestamp', unique_key='id', updated_at='at', check_cols='all'",
        "WEIR-E0106 snapshot 'a' uses the strategy 'timestamp', which compares no check_cols"
      ),
      (
        "strategy='timestamp', unique_key='id', updated_at='at', hard_deletes='never'",
        "WEIR-E0106 'hard_deletes' of snapshot 'a' cannot be 'never'"
      ),
      (
        "strategy='timestamp', unique_key='id', updated_at='at', hard_deletes='ignore', invalidate_hard_deletes=false",
        "WEIR-E0106 snapshot 'a' has both 'hard_deletes' and 'invalidate_hard_deletes'"
      ),
      (
        "strategy='timestamp', unique_key='id', updated_at='at', snapshot_meta_column_names={'dbt_to': 'x'}",
        "WEIR-E0106 'snapshot_meta_column_names' of snapshot 'a' names 'dbt_to', which is no column of a snapshot"
      ),
      (
        "strategy='timestamp', unique_key='id', updated_at='at', materialized='table'",
        "WEIR-E0106 snapshot 'a' cannot be materialized as 'table'"
      ),
    ])
  func mistakes(config: String, complaint: String) async throws {
    let folder = try project([
      "snapshots/a.sql": "{% snapshot a %}{{ config(\(config)) }} select 1 as id{% endsnapshot %}"
    ])
    let complaints = await folder.complaints()
    #expect(complaints == ["snapshots/a.sql:1:20: \(complaint)"])
  }

  @Test("a disabled snapshot may be unfinished")
  func disabled() async throws {
    let folder = try project([
      "snapshots/a.sql": "{% snapshot a %}{{ config(enabled=false) }} select 1 as id{% endsnapshot %}"
    ])
    let project = try await folder.load().project
    #expect(project.disabled.map(\.id.rawValue) == ["snapshot.shop.a"])
  }

  @Test("a place within a text is found in its file")
  func offsets() {
    let text = Array("ab\n{% snapshot é %}select".utf8)
    let offset = CodeOffset(of: text.count - 6, in: text)
    #expect(offset.inFile(line: 1, column: 1) == (2, 17))
    #expect(offset.inFile(line: 2, column: 3) == (3, 3))
    #expect(offset.placed("x") == "\n" + String(repeating: " ", count: 16) + "x")
    #expect(offset.removed(from: offset.placed(" x")) == " x")
    #expect(offset.removed(from: "x") == "x")
  }
}
