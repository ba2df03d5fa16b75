import Diagnostics
import EngineCore
import Jinja
import Testing

@testable import Project

@Suite("Loads in a project")
struct LoadTests {
  private static let weir = "name: shop\n"

  private static let shop = """
    loads:
      - name: shop
        from: shop_db
        description: the shop
        tags: [hourly]
        schema: raw
        defaults: {write: merge, contract: {types: freeze}, rejects: {limit: 5}}
        tables:
          - name: orders
            key: [order_id]
            cursor: updated_at
            lookback: 2 hours
            contract: {columns: discard_rows}
            description: one row an order
            columns:
              - name: order_id
                data_type: bigint
                data_tests: [unique]
          - name: lines
            from: public.order_lines
            write: append
            cursor: id
            lookback: 10
            nested: split
            tags: [big]
          - name: "log_*"
            write: replace
            exclude: [log_debug]
    """

  private static let connections = """
    connections:
      shop_db:
        type: postgres
        host: db
        password: "{{ env_var('PGPASSWORD') }}"
    """

  private func project(_ files: [String: String] = [:]) throws -> TemporaryProject {
    var all = ["weir.yml": Self.weir, "loads/shop.yml": Self.shop, "connections.yml": Self.connections]
    all.merge(files) { _, new in new }
    return try TemporaryProject(all)
  }

  @Test("a load file gives a node with its tables, defaults taken in")
  func node() async throws {
    let loaded = try await project().load()
    #expect(loaded.warnings.isEmpty)
    let node = try #require(loaded.project.named("shop"))
    #expect(node.id.rawValue == "load.shop.shop" && node.resourceType == .load)
    #expect(node.originalPath == "loads/shop.yml" && node.fqn == ["shop", "shop"])
    #expect(node.config.tags == ["hourly"] && node.description == "the shop")
    #expect(node.span.line == 2 && node.checksum.count == 64)
    let load = try #require(node.load)
    #expect(load.schema == "raw" && load.database == nil && load.origin.type == .postgres)
    let orders = load.tables[0]
    #expect(orders.disposition == .merge && orders.key == ["order_id"] && orders.from == "orders")
    #expect(orders.cursor == CursorRule(column: "updated_at", lookback: 7200, isLookbackTime: true))
    #expect(orders.contract == Contract(columns: .discardRows, types: .freeze) && orders.rejectLimit == 5)
    #expect(orders.columnTypes.map(\.type) == ["bigint"] && orders.span.line == 9)
    let lines = load.tables[1]
    #expect(lines.disposition == .append && lines.from == "public.order_lines" && lines.nesting == .split)
    #expect(lines.cursor == CursorRule(column: "id", lookback: 10, isLookbackTime: false))
    #expect(load.tables[2].isPattern && load.tables[2].excluded == ["log_debug"])
  }

  @Test("its tables are sources, documented and checked like any other")
  func sources() async throws {
    let project = try await project().load().project
    #expect(project.sources.map(\.id.rawValue) == ["source.shop.shop.lines", "source.shop.shop.orders"])
    let orders = project.sources[1]
    #expect(orders.loadedBy?.rawValue == "load.shop.shop" && orders.loader == "weir")
    #expect(orders.relation.schema == "raw" && orders.relation.identifier == "orders")
    #expect(orders.description == "one row an order" && orders.sourceDescription == "the shop")
    #expect(project.sources[0].tags == ["big", "hourly"] && orders.tags == ["hourly"])
    let check = try #require(project.nodes.first { $0.check != nil })
    #expect(check.name == "source_unique_shop_orders_order_id")
    #expect(check.dependencies == [orders.id])
    #expect(check.span.description == "loads/shop.yml:18:26")
  }

  @Test("models read its tables by source(), by pattern and in plain SQL")
  func reading() async throws {
    let files = [
      "models/a.sql": "select * from {{ source('shop', 'orders') }}",
      "models/b.sql": "select * from {{ source('shop', 'log_web') }}",
      "models/c.sql": "select * from raw.log_app", "models/d.sql": "select * from shop.lines",
      "models/e.sql": "select * from raw.log_debug",
    ]
    let loaded = try await project(files).load(tables: { sql in
      let name = sql.split(separator: " ").last.map(String.init) ?? ""
      let parts = name.split(separator: ".").map(String.init)
      return .success([
        TableReference(catalog: nil, schema: parts[0], name: parts[1], alias: nil, offset: 14)
      ])
    })
    func reads(_ name: String) -> [String] {
      loaded.project.named(name)?.dependencies.map(\.rawValue) ?? []
    }
    #expect(reads("a") == ["source.shop.shop.orders"] && reads("b") == ["source.shop.shop.log_web"])
    #expect(reads("c") == ["source.shop.shop.log_app"] && reads("d") == ["source.shop.shop.lines"])
    #expect(reads("e") == [])
    let web = try #require(loaded.project.source(NodeID("source.shop.shop.log_web")))
    #expect(web.loadedBy?.rawValue == "load.shop.shop" && web.relation.schema == "raw")
  }

  @Test("a table that no entry brings is missing, with a hint")
  func missing() async throws {
    let complaints = try await project([
      "models/a.sql": "select * from {{ source('shop', 'log_debug') }}",
      "models/b.sql": "select * from {{ source('shop', 'ordres') }}",
    ]).problems()
    #expect(
      complaints.map(\.message) == [
        "the source 'shop' has no table 'log_debug'", "the source 'shop' has no table 'ordres'",
      ])
    #expect(complaints.last?.hint == "did you mean 'orders'?")
  }

  @Test("a property file adds to what a load declares, and checks both ways")
  func documenting() async throws {
    let properties = """
      sources:
        - name: shop
          description: not taken
          tables:
            - name: orders
              description: not taken
              tags: [core]
              columns:
                - {name: ORDER_ID, description: the key, data_tests: [not_null]}
                - {name: amount}
            - name: log_app
              description: the app's log
      """
    let loaded = try await project(["models/sources.yml": properties]).load()
    let orders = try #require(loaded.project.source(NodeID("source.shop.shop.orders")))
    #expect(orders.description == "one row an order" && orders.tags == ["core", "hourly"])
    #expect(orders.columns.map(\.name) == ["order_id", "amount"])
    #expect(orders.columns[0].description == "the key" && orders.columns[0].dataType == "bigint")
    #expect(orders.originalPath == "loads/shop.yml")
    let log = try #require(loaded.project.source(NodeID("source.shop.shop.log_app")))
    #expect(log.loadedBy?.rawValue == "load.shop.shop" && log.relation.schema == "raw")
    #expect(log.description == "the app's log")
    #expect(
      loaded.project.nodes.filter { $0.resourceType == .check }.map(\.originalPath).sorted() == [
        "loads/shop.yml", "models/sources.yml",
      ])
  }

  @Test("Jinja is rendered but where secrets may be")
  func jinja() async throws {
    let text = """
      loads:
        - name: files
          from: "{{ env_var('ROOT') }}/in"
          schema: "{{ target.schema }}_raw"
          tables:
            - name: orders
              from: "{{ var('folder') }}/*.csv"
              where: "day > '{{ var('day', '2026-01-01') }}'"
              null: "{{ secret('file:x') }}"
      """
    let project = try TemporaryProject([
      "weir.yml": Self.weir + "vars: {folder: new}\n",
      "loads/files.yml": text,
    ])
    let loaded = try await project.load(tables: { _ in .success([]) }) { $0.environment = ["ROOT": "/srv"] }
    let load = try #require(loaded.project.named("files")?.load)
    guard case .location(let place, .files) = load.origin else {
      Issue.record("not a place of files: \(load.origin)")
      return
    }
    #expect(place == "{{ env_var('ROOT') }}/in" && load.schema == "main_raw")
    #expect(load.tables[0].from == "new/*.csv" && load.tables[0].condition == "day > '2026-01-01'")
    #expect(load.tables[0].settings.json() == #"{"null":"{{ secret('file:x') }}"}"#)
    let early = try TemporaryProject([
      "weir.yml": Self.weir,
      "loads/a.yml": "loads: [{name: a, from: x/y, tables: [{name: t, where: \"{{ secret('file:x') }}\"}]}]",
    ])
    let complaints = await early.complaints()
    #expect(
      complaints == [
        "loads/a.yml:1:56: WEIR-E0106 secret() cannot stand here: this is read before any source is used"
      ])
  }

  @Test("a load that is switched off leaves its tables as others' sources")
  func disabled() async throws {
    let text = Self.shop.replacing("    from: shop_db", with: "    from: shop_db\n    enabled: false")
    let project = try await project(["loads/shop.yml": text]).load().project
    #expect(project.named("shop") == nil && project.disabled.map(\.name) == ["shop"])
    #expect(project.sources.count == 2)
  }

  @Test("load-paths moves the folder, in weir.yml beside a dbt project too")
  func paths() async throws {
    let project = try TemporaryProject([
      "dbt_project.yml": "name: shop\n", "weir.yml": "load-paths: [ingest]\n",
      "ingest/a/files.yaml": "loads: [{name: files, from: data/*.csv, tables: [{name: t}]}]",
      "loads/broken.yml": "loads: 1",
    ])
    let loaded = try await project.load().project
    let node = try #require(loaded.named("files"))
    #expect(node.originalPath == "ingest/a/files.yaml" && node.fqn == ["shop", "a", "files"])
    #expect(node.load?.tables.first?.from == "*.csv")
  }
}
