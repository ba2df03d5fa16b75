import Catalog
import EngineCore
import Foundation
import Project
import Testing

/// `catalog.json`.
@Suite struct CatalogArtifactTests {
  private let found = [
    RelationDescription(
      relation: Relation(database: "shop", schema: "main", identifier: "Orders", kind: .view),
      comment: "said",
      columns: [
        .init(name: "id", type: "INTEGER", index: 1),
        .init(name: "at", type: "DATE", index: 2, comment: "when"),
      ]),
    RelationDescription(
      relation: Relation(database: "shop", schema: "raw", identifier: "people", kind: .table),
      columns: [.init(name: "name", type: "VARCHAR", index: 1)]),
    RelationDescription(
      relation: Relation(database: "shop", schema: "main", identifier: "stranger", kind: .table), columns: []),
  ]

  private var project: Project {
    var ephemeral = CatalogFixture.model("between")
    ephemeral.relation = nil
    return CatalogFixture.project(
      nodes: [
        CatalogFixture.model("orders"), CatalogFixture.model("unbuilt"), ephemeral, CatalogFixture.seed("s"),
      ],
      sources: [CatalogFixture.source("raw", "people")])
  }

  private func catalog(_ selected: [String], errors: [String] = []) -> CatalogArtifact {
    CatalogArtifact(
      project: project, selected: Set(selected.map { NodeID($0) }), found: found, errors: errors,
      invocation: CatalogFixture.invocation(), generatedAt: 1_795_363_511.511728)
  }

  private let all = [
    "model.shop.orders", "model.shop.unbuilt", "model.shop.between", "seed.shop.s", "source.shop.raw.people",
  ]

  @Test("The catalog has dbt's form")
  func form() {
    let text = String(decoding: catalog(all).encoded(), as: UTF8.self)
    let statistics =
      #""stats":{"has_stats":{"id":"has_stats","label":"Has Stats?","value":false,"include":false,"#
      + #""description":"Indicates whether there are statistics for this table"}}"#
    #expect(
      text.components(separatedBy: #","nodes":"#)[1]
        == #"{"model.shop.orders":{"metadata":{"type":"VIEW","schema":"main","name":"Orders","database":"shop","#
        + #""comment":"said","owner":null},"columns":{"id":{"type":"INTEGER","index":1,"name":"id","comment":null},"#
        + #""at":{"type":"DATE","index":2,"name":"at","comment":"when"}},\#(statistics),"unique_id":"model.shop.orders"}},"#
        + #""sources":{"source.shop.raw.people":{"metadata":{"type":"BASE TABLE","schema":"raw","name":"people","#
        + #""database":"shop","comment":null,"owner":null},"columns":{"name":{"type":"VARCHAR","index":1,"#
        + #""name":"name","comment":null}},\#(statistics),"unique_id":"source.shop.raw.people"}},"errors":null}"#
    )
    #expect(
      text.hasPrefix(#"{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/catalog/v1.json","#))
  }

  @Test("What is not selected is neither looked for nor shown")
  func selection() {
    let places = CatalogArtifact.places(
      of: project, [NodeID("source.shop.raw.people"), NodeID("model.shop.between")])
    #expect(places.map(\.database) == ["shop"])
    #expect(places.map(\.schemas) == [["raw"]])
    #expect(catalog(["model.shop.orders"]).sources.isEmpty)
    #expect(catalog(["model.shop.orders"]).nodes.count == 1)
  }

  @Test("What went wrong is told in the catalog")
  func errors() throws {
    let bytes = catalog(all, errors: ["the database is gone"]).encoded()
    let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(object["errors"] as? [String] == ["the database is gone"])
  }
}
