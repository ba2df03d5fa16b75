import Diagnostics
import Jinja
import Testing

@testable import Project

/// A model's versions: which file each is, what it is called, what references to it mean.
@Suite struct VersionTests {
  private static let files = [
    "weir.yml": "name: p\n",
    "models/m_v1.sql": "select 1 as a, 2 as b", "models/m.v2.sql": "select 1 as a",
    "models/third.sql": "select 1 as c",
    "models/reads.sql": "select * from {{ ref('m') }}, {{ ref('m', v=1) }}, {{ ref('m', version='3') }}",
    "models/x.yml": """
    models:
    - name: m
      description: base
      latest_version: 2
      config: {meta: {owner: ada, deep: {x: 1}}}
      columns: [{name: a, data_tests: [unique]}, {name: b}]
      versions:
      - {v: 1, deprecation_date: 2023-01-01}
      - v: 2
        description: second
        config: {meta: {deep: {y: 2}}}
        columns: [{include: all, exclude: [b]}]
      - {v: 3, defined_in: third, data_tests: [], columns: [{include: []}, {name: c, data_tests: [not_null]}]}
    """,
  ]

  @Test("Each is a node with a name, an alias and columns of its own")
  func nodes() async throws {
    let project = try await TemporaryProject(Self.files).load().project
    let versions = project.nodes.filter { $0.version != nil }
    #expect(versions.map(\.id.rawValue) == ["model.p.m.v1", "model.p.m.v2", "model.p.m.v3"])
    #expect(versions.map { $0.relation?.identifier } == ["m_v1", "m_v2", "m_v3"])
    #expect(versions.map(\.fqn) == [["p", "m", "v1"], ["p", "m", "v2"], ["p", "m", "v3"]])
    #expect(versions.map(\.description) == ["base", "second", "base"])
    #expect(versions.map { $0.columns.map(\.name) } == [["a", "b"], ["a"], ["c"]])
    #expect(versions.map { $0.version?.isLatest } == [false, true, false])
    #expect(versions.map { $0.version?.isPrerelease } == [false, false, true])
    #expect(
      versions[1].config.values["meta"]?.json(sortKeys: true) == #"{"deep":{"x":1,"y":2},"owner":"ada"}"#)
    let checks = project.nodes.filter { $0.check != nil }.map(\.name)
    #expect(checks == ["not_null_m_v3_c", "unique_m_v1_a", "unique_m_v2_a"])
  }

  @Test("A reference without a version means the latest")
  func references() async throws {
    let project = try await TemporaryProject(Self.files).load().project
    #expect(
      project.node(NodeID(.model, "p", "reads"))?.dependencies.map(\.rawValue)
        == ["model.p.m.v2", "model.p.m.v1", "model.p.m.v3"])
  }

  @Test("What is to go and what is to be tried is told")
  func warnings() async throws {
    let complaints = try await TemporaryProject(Self.files).complaints()
    #expect(
      complaints == [
        "models/m_v1.sql:1:1: WEIR-E0124 the model 'm.v1' was to go on 2023-01-01",
        "models/reads.sql:1:18: WEIR-E0125 ref('m') means version '2'; there is a version '3' to be tried",
        "models/reads.sql:1:34: WEIR-E0124 'reads' reads 'm.v1', which was to go on 2023-01-01",
      ])
  }

  @Test(
    "Dates of deprecation are moments",
    arguments: [
      ("1970-01-02", 86_400.0), ("2000-03-01", 951_868_800), ("2024-02-29T12:00:00+02:00", 1_709_200_800),
      ("1970-01-01 00:00:01.5Z", 1.5),
    ])
  func dates(text: String, moment: Double) {
    #expect(DeprecationDate(text)?.moment == moment)
  }

  @Test("What is no date is none", arguments: ["soon", "2024-13-01", "2024-1-1", "2024-01-01T", ""])
  func noDates(text: String) {
    #expect(DeprecationDate(text) == nil)
  }

  @Test("Versions are compared as numbers where they are")
  func order() {
    #expect(ModelVersion.precedes(DataValue.int(2), .int(10)))
    #expect(ModelVersion.precedes(.string("2"), .float(2.5)))
    #expect(ModelVersion.precedes(.string("alpha"), .string("beta")))
    #expect(!ModelVersion.precedes(.string("10"), .int(2)))
  }
}
