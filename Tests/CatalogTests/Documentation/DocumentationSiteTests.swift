import Diagnostics
import EngineCore
import Foundation
import Jinja
import Planner
import Project
import Testing

@testable import Catalog

/// The documentation's page and the data in it.
@Suite struct DocumentationSiteTests {
  private func site(
    _ project: Project, found: [RelationDescription]? = nil, outcomes: SiteOutcomes = SiteOutcomes()
  ) throws -> DocumentationSite {
    let ids = project.nodes.map(\.id) + project.sources.map(\.id)
    let catalog = CatalogArtifact(
      project: project, selected: Set(ids), found: found, invocation: CatalogFixture.invocation(),
      generatedAt: 1_795_363_511)
    return DocumentationSite(
      project: project, graph: try Graph(project), compiled: [NodeID("model.shop.orders"): "select 2"],
      catalog: catalog, outcomes: outcomes, generatedAt: 1_795_363_511.5)
  }

  /// The data of a page, read back.
  private func data(_ page: String) throws -> [String: Any] {
    let opening = "<script type=\"application/json\" id=\"data\">"
    let start = try #require(page.range(of: opening)).upperBound
    let end = try #require(page.range(of: "</script>", range: start..<page.endIndex)).lowerBound
    return try #require(JSONSerialization.jsonObject(with: Data(page[start..<end].utf8)) as? [String: Any])
  }

  private func page(_ site: DocumentationSite, _ redactor: Redactor = .none) -> String {
    String(decoding: site.encoded(redactor: redactor), as: UTF8.self)
  }

  private var shop: Project {
    let source = CatalogFixture.source("raw", "people")
    var orders = CatalogFixture.model("orders", in: "marts", reads: [source.id])
    orders.description = "Every order"
    orders.columns = [
      ColumnDefinition(name: "ID", description: "The key", dataType: "int", meta: .none),
      ColumnDefinition(name: "gone", meta: .none),
    ]
    return CatalogFixture.project(
      nodes: [orders, CatalogFixture.genericCheck("unique_orders_id", attachedTo: orders.id)],
      sources: [source],
      docs: [
        DocsBlock(
          id: NodeID(.documentation, "shop", "__overview__"), package: "shop", name: "__overview__",
          path: "o.md", originalPath: "models/o.md", contents: "# Welcome")
      ])
  }

  private let table = RelationDescription(
    relation: Relation(database: "Shop", schema: "MAIN", identifier: "orders", kind: .table),
    comment: "a remark",
    columns: [
      .init(name: "id", type: "BIGINT", index: 1), .init(name: "n", type: "DATE", index: 2, comment: "of"),
    ])

  @Test("Nodes have what is declared of them and what the warehouse says, and name each other by place")
  func nodes() throws {
    let nodes = try #require(try data(page(site(shop, found: [table])))["nodes"] as? [[String: Any]])
    #expect(
      nodes.compactMap { $0["id"] as? String } == [
        "model.shop.orders", "source.shop.raw.people", "test.shop.unique_orders_id.0123456789",
      ])
    let orders = nodes[0]
    #expect(orders["reads"] as? [Int] == [1])
    #expect(orders["compiled"] as? String == "select 2")
    #expect(orders["comment"] as? String == "a remark")
    #expect(orders["isMissing"] == nil)
    let columns: [NSDictionary] = [
      ["name": "id", "type": "BIGINT", "declared": "int", "description": "The key"],
      ["name": "n", "type": "DATE", "comment": "of"], ["name": "gone", "isMissing": true],
    ]
    #expect(orders["columns"] as? [NSDictionary] == columns)
    #expect(nodes[1]["isMissing"] as? Bool == true)
    let check: NSDictionary = ["severity": "error", "test": "unique", "column": "id", "attached": 0]
    #expect(nodes[2]["check"] as? NSDictionary == check)
  }

  @Test("Where the warehouse was not asked, nothing is called missing")
  func notAsked() throws {
    let nodes = try #require(try data(page(site(shop)))["nodes"] as? [[String: Any]])
    #expect(nodes.allSatisfy { $0["isMissing"] == nil })
    #expect((nodes[0]["columns"] as? [[String: Any]])?.count == 2)
  }

  @Test("What the last run said stands beside its nodes")
  func outcomes() throws {
    let results = try DataValue.parse(
      json: #"""
        {"metadata": {"generated_at": "then"}, "results": [
          {"unique_id": "model.shop.orders", "status": "error", "message": "no", "failures": null},
          {"unique_id": "test.shop.unique_orders_id.0123456789", "status": "fail", "failures": 3}, 7, {}]}
        """#)
    let freshness = try DataValue.parse(
      json: #"{"results": [{"unique_id": "source.shop.raw.people", "status": "warn", "max_loaded_at": "x"}]}"#
    )
    let known = SiteOutcomes(runResults: results, sources: freshness)
    let nodes = try #require(try data(page(site(shop, outcomes: known)))["nodes"] as? [[String: Any]])
    let failed: [NSDictionary] = [
      ["status": "error", "message": "no", "at": "then"], ["status": "fail", "failures": 3, "at": "then"],
    ]
    #expect([nodes[0]["result"], nodes[2]["result"]] as? [NSDictionary] == failed)
    let source = try #require(nodes[1]["source"] as? [String: Any])
    #expect(source["seen"] as? [String: String] == ["status": "warn", "loadedAt": "x"])
    #expect(SiteOutcomes(runResults: .list([]), sources: .string("no")).nodes.isEmpty)
  }

  @Test(
    "No text ends the element that it stands in",
    arguments: [
      "</script><script>alert(1)</script>", "<!--<script>", "]]>", "{{script}}{{data}}", "\u{2028}&lt;\"'\\",
    ])
  func hostile(_ text: String) throws {
    var node = CatalogFixture.model("orders")
    node.description = text
    node.code = text
    node.config.tags = [text]
    node.columns = [ColumnDefinition(name: text, description: text, meta: .string(text))]
    var project = CatalogFixture.project(nodes: [node])
    project.settings.name = text
    let page = page(try site(project))
    #expect(page.components(separatedBy: "</script>").count == 3)
    #expect(page.components(separatedBy: "<script").count == 3)
    #expect(page.components(separatedBy: "<!--").count == 1)
    #expect(page.components(separatedBy: "<title>").count == 2)
    let read = try data(page)
    let nodes = try #require(read["nodes"] as? [[String: Any]])
    #expect(nodes[0]["description"] as? String == text)
    #expect((read["project"] as? [String: Any])?["name"] as? String == text)
  }

  @Test("The page runs the script that it names by its hash, and no other; and hides secrets")
  func policy() throws {
    let page = page(try site(shop), Redactor(secrets: ["Every order"]))
    #expect(
      page.contains(
        "script-src 'sha256-\(DocumentationSite.base64(hex: Digest.sha256(DocumentationSite.script)))'"))
    #expect(page.contains("<script>\(DocumentationSite.script)</script>"))
    #expect(!page.contains("Every order"))
    for name in ["title", "style", "script", "script-hash", "data"] { #expect(!page.contains("{{\(name)}}")) }
  }

  @Test(
    "Bytes in base 64",
    arguments: [("", ""), ("66", "Zg=="), ("666f", "Zm8="), ("666f6f", "Zm9v"), ("ff00fe", "/wD+")])
  func base64(_ hex: String, _ expected: String) {
    #expect(DocumentationSite.base64(hex: hex) == expected)
  }

  @Test("The page opens with the project's overview")
  func overviews() throws {
    let overviews = try data(page(site(shop)))["overviews"] as? [String: String]
    #expect(overviews == ["": "# Welcome"])
  }
}
