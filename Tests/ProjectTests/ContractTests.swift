import Diagnostics
import Testing

@testable import Project

/// Contracts as they are declared.
@Suite struct ContractTests {
  @Test("The checksum is dbt's, and a foreign key is a reference")
  func checksum() async throws {
    let project = try await TemporaryProject([
      "weir.yml": "name: p\n", "models/a.sql": "{{ config(materialized='table') }} select 1 as id",
      "models/b.sql": "select 1 as id, 1 as a_id",
      "models/x.yml": """
      models:
      - name: a
        config: {contract: {enforced: true}}
        constraints: [{type: check, expression: "id > 0", name: positive}]
        columns: [{name: id, data_type: int, constraints: [{type: primary_key}, {type: not_null}]}]
      - name: b
        config: {materialized: table, contract: {enforced: true}}
        constraints: [{type: foreign_key, columns: [a_id], to: ref('a'), to_columns: [id]}]
        columns: [{name: id, data_type: int}, {name: a_id, data_type: int}]
      """,
    ]).load().project
    let (a, b) = (project.node(NodeID(.model, "p", "a")), project.node(NodeID(.model, "p", "b")))
    #expect(a?.contractChecksum == "ebba9cc67f6ae7577d1eba3148d2a82304e9c4837df3751c6514ad652ef97493")
    #expect(b?.contractChecksum == "748b48c56b561ce345acd3f03f22ca1b531a75ef9f9ecf989bd00c60de267066")
    #expect(b?.dependencies.map(\.rawValue) == ["model.p.a"])
    #expect(b?.constraints.first?.target == .model(ModelReference(name: "a")))
  }
}
