import Diagnostics
import Jinja
import Testing

@testable import Project

/// The semantic layer: what entries mean, what they come down to, and what is wrong with them.
@Suite struct SemanticTests {
  private static let files = [
    "weir.yml": "name: p\n",
    "models/orders.sql": "select 1 as id, 2 as amount", "models/days.sql": "select 1 as day",
    "models/days.yml": """
    models:
    - name: days
      time_spine: {standard_granularity_column: day, custom_granularities: [{name: year_day, column_name: day}]}
      columns: [{name: day, granularity: Day}]
    """,
    "models/semantics.yml": """
    semantic_models:
    - name: orders
      model: ref('orders')
      config: {meta: {owner: ada}}
      defaults: {agg_time_dimension: at}
      entities: [{name: order, type: PRIMARY, expr: id}]
      dimensions: [{name: at, type: time, type_params: {time_granularity: day}}]
      measures:
      - {name: revenue, agg: SUM, expr: amount, create_metric: true}
      - {name: order_count, agg: count, expr: 1}
    metrics:
    - {name: ratio, label: Ratio, type: ratio, type_params: {numerator: double, denominator: orders_in_all}}
    - {name: double, label: Double, type: derived, type_params: {expr: revenue * 2, metrics: [revenue]}}
    - {name: orders_in_all, label: All, type: simple, type_params: {measure: {name: order_count, filter: "{{ Entity('order') }} > 1"}}}
    saved_queries:
    - {name: asked, query_params: {metrics: [ratio, revenue], where: ["{{ Dimension('order__at') }} > 1"]}}
    exposures:
    - {name: board, type: dashboard, owner: {name: ada}, depends_on: [metric('double')]}
    """,
  ]

  @Test("Each reads what it names: models, semantic models, metrics")
  func dependencies() async throws {
    let project = try await TemporaryProject(Self.files).load().project
    let read = project.semantics.map {
      "\($0.id): \($0.dependencies.map(\.rawValue).joined(separator: ", "))"
    }
    #expect(
      read == [
        "metric.p.double: metric.p.revenue", "metric.p.orders_in_all: semantic_model.p.orders",
        "metric.p.ratio: metric.p.double, metric.p.orders_in_all",
        "metric.p.revenue: semantic_model.p.orders",
        "saved_query.p.asked: metric.p.ratio, metric.p.revenue", "semantic_model.p.orders: model.p.orders",
      ])
    #expect(project.exposures.first?.dependencies.map(\.rawValue) == ["metric.p.double"])
  }

  @Test("A metric of metrics comes down to their measures")
  func inputMeasures() async throws {
    let project = try await TemporaryProject(Self.files).load().project
    func measures(_ name: String) -> [String] {
      let metric = project.semantics.first { $0.resourceType == .metric && $0.name == name }
      return (metric?.properties["type_params"]?["input_measures"]?.items ?? []).map { $0.json() }
    }
    let revenue =
      #"{"name":"revenue","filter":null,"alias":null,"join_to_timespine":false,"fill_nulls_with":null}"#
    #expect(measures("double") == [revenue])
    #expect(measures("ratio").count == 2)
    #expect(measures("ratio").first == revenue)
  }

  @Test("A measure may ask for a metric of its own")
  func createdMetric() async throws {
    let project = try await TemporaryProject(Self.files).load().project
    let metric = project.semantics.first { $0.id == NodeID(.metric, "p", "revenue") }
    #expect(metric?.label == "revenue")
    #expect(metric?.description == "Metric created from measure revenue")
    #expect(metric?.properties["type_params"]?["expr"] == "amount")
    #expect(metric?.config["meta"] == .mapping([("owner", "ada")]))
  }

  @Test("A model may be a time spine")
  func timeSpine() async throws {
    let project = try await TemporaryProject(Self.files).load().project
    let days = project.node(NodeID(.model, "p", "days"))
    #expect(
      days?.timeSpine == TimeSpine(column: "day", granularities: [.init(name: "year_day", column: "day")]))
    #expect(days?.columns.map(\.granularity) == ["day"])
  }

  @Test("What is switched off is set aside, and what needs it is told")
  func disabled() async throws {
    var files = Self.files
    files["weir.yml"] = "name: p\nmetrics:\n  p:\n    double: {+enabled: false}\n"
    let complaints = try await TemporaryProject(files).complaints()
    #expect(
      complaints == [
        "models/semantics.yml:12:69: WEIR-E0112 metric 'ratio' reads the metric 'double', which is disabled",
        "models/semantics.yml:18:67: WEIR-E0112 exposure 'board' reads the metric 'double', which is disabled",
      ])
  }

  @Test(
    "Items of queries are read as MetricFlow reads them",
    arguments: [
      ("Dimension('order__at')", "at"), ("TimeDimension('order__at', 'week').descending(True)", "at"),
      ("Dimension('order__at').grain('week')", "at"), ("Entity('order')", "order"),
      ("Metric('revenue', group_by=['order'])", "revenue"),
      ("TimeDimension('metric_time', 'day')", "metric_time"),
      ("Dimension('order__at__week')", "at"),
    ])
  func items(text: String, element: String) throws {
    #expect(try QueryItems().item(text).element == element)
  }

  @Test(
    "Names that MetricFlow would refuse",
    arguments: ["a", "Aa", "1a", "a_", "a__b", "day", "metric_time", "a-b"])
  func names(name: String) {
    #expect(SemanticRules.wrong(name) != nil)
    #expect(SemanticRules.wrong("good_1") == nil)
  }
}

/// Analyses: SQL that is compiled and never run.
@Suite struct AnalysisTests {
  @Test("An analysis is a node that nobody can refer to")
  func node() async throws {
    let project = try await TemporaryProject([
      "weir.yml": "name: p\nanalysis-paths: [looks]\n", "models/a.sql": "select 1 as id",
      "looks/deep/a.sql": "select * from {{ ref('a') }}",
      "looks/x.yml": "analyses:\n- {name: a, description: A look., columns: [{name: id}]}\n",
    ]).load().project
    let node = try #require(project.node(NodeID(.analysis, "p", "a")))
    #expect(node.fqn == ["p", "analysis", "deep", "a"])
    #expect(node.path == "analysis/deep/a.sql")
    #expect(node.originalPath == "looks/deep/a.sql")
    #expect(node.description == "A look.")
    #expect(node.relation == nil)
    #expect(node.dependencies.map(\.rawValue) == ["model.p.a"])
  }

  @Test("What is no SQL at all is no mistake in one")
  func anything() async throws {
    let project = try await TemporaryProject([
      "weir.yml": "name: p\n", "analyses/a.sql": "this is; no sql", "models/c.sql": "select 1 as id",
    ]).load()
    #expect(project.warnings.isEmpty)
    #expect(project.project.node(NodeID(.analysis, "p", "a"))?.dependencies.isEmpty == true)
  }
}
