import Catalog
import Diagnostics
import EngineCore
import Foundation
import Jinja
import Planner
import Project
import Testing

@Suite("The manifest")
struct ManifestTests {
  /// A manifest read back as plain objects.
  private func manifest(
    _ project: Project, compiled: [NodeID: CompiledNode] = [:], environment: [String: String] = [:],
    redactor: Redactor = .none
  ) throws -> [String: Any] {
    let manifest = Manifest(
      project: project, graph: try Graph(project), compiled: compiled,
      invocation: CatalogFixture.invocation(environment), generatedAt: 1_795_363_511.511728)
    let bytes = manifest.encoded(redactor: redactor)
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  private func object(_ value: Any?) throws -> [String: Any] { try #require(value as? [String: Any]) }

  private var shop: Project {
    let seed = CatalogFixture.seed("raw_orders")
    let source = CatalogFixture.source("raw", "people")
    let orders = CatalogFixture.model("orders", in: "marts", reads: [seed.id, source.id])
    let arguments = CatalogFixture.mapping([("to", .string("ref('raw_orders')")), ("field", .string("id"))])
    return CatalogFixture.project(
      nodes: [
        seed, orders, CatalogFixture.genericCheck("unique_orders_id", attachedTo: orders.id),
        CatalogFixture.genericCheck("not_null_orders_id", of: "not_null", attachedTo: orders.id),
        CatalogFixture.genericCheck(
          "rel", of: "relationships", attachedTo: source.id, column: "pid", arguments: arguments),
      ], sources: [source])
  }

  @Test("has every section that dbt writes, and says what wrote it")
  func sections() throws {
    let manifest = try manifest(shop, environment: ["DBT_ENV_CUSTOM_ENV_STAGE": "ci", "OTHER": "x"])
    #expect(
      Set(manifest.keys) == [
        "metadata", "nodes", "sources", "macros", "docs", "exposures", "metrics", "groups", "selectors",
        "disabled", "parent_map", "child_map", "group_map", "saved_queries", "semantic_models",
        "unit_tests", "functions",
      ])
    let metadata = try object(manifest["metadata"])
    #expect(metadata["dbt_schema_version"] as? String == "https://schemas.getdbt.com/dbt/manifest/v12.json")
    #expect(metadata["generated_at"] as? String == "2026-11-22T16:05:11.511728Z")
    #expect(metadata["invocation_id"] as? String == "b2c91369")
    #expect(metadata["adapter_type"] as? String == "duckdb")
    #expect(metadata["project_id"] as? String == "fb54f3c5992b96d001bb16e8e92d968d")
    #expect(metadata["run_started_at"] as? String == "2026-11-22T16:05:10.989282+00:00")
    #expect(metadata["env"] as? [String: String] == ["STAGE": "ci"])
  }

  @Test("a model has dbt's keys, in the shape of parsed ones and of compiled ones")
  func model() throws {
    let project = shop
    let id = NodeID("model.shop.orders")
    let parsed = try object(try object(try manifest(project)["nodes"])[id.rawValue])
    let keys: Set<String> = [
      "database", "schema", "name", "resource_type", "package_name", "path", "original_file_path",
      "unique_id", "fqn", "alias", "checksum", "config", "tags", "description", "columns", "meta", "group",
      "docs", "patch_path", "build_path", "unrendered_config", "created_at", "relation_name", "raw_code",
      "doc_blocks", "language", "refs", "sources", "metrics", "functions", "depends_on", "compiled_path",
      "contract", "access", "constraints", "version", "latest_version", "deprecation_date", "primary_key",
      "time_spine",
    ]
    #expect(Set(parsed.keys) == keys)
    #expect(parsed["relation_name"] as? String == "\"shop\".\"main\".\"orders\"")
    #expect(parsed["primary_key"] as? [String] == ["id"])
    #expect(parsed["fqn"] as? [String] == ["shop", "marts", "orders"])
    let result = CompiledNode(
      id: id, sql: "select 2", ephemeralParents: [(NodeID("model.shop.e"), "with x")])
    let compiled = try object(try object(try manifest(project, compiled: [id: result])["nodes"])[id.rawValue])
    #expect(
      Set(compiled.keys) == keys.union(["compiled", "compiled_code", "extra_ctes", "extra_ctes_injected"]))
    #expect(compiled["compiled_code"] as? String == "select 2")
    #expect(compiled["compiled_path"] as? String == "target/compiled/shop/models/marts/orders.sql")
    #expect(compiled["build_path"] as? String == "target/run/shop/models/marts/orders.sql")
    #expect(compiled["extra_ctes"] as? [[String: String]] == [["id": "model.shop.e", "sql": "with x"]])
  }

  @Test("functions stand apart from the nodes, with what they take and give")
  func functions() throws {
    var node = Node(
      id: NodeID(.function, "shop", "tax"), resourceType: .function, name: "tax", package: "shop",
      path: "tax.sql", originalPath: "functions/tax.sql", fqn: ["shop", "tax"],
      span: SourceSpan(file: "functions/tax.sql", line: 1),
      config: NodeConfig(materialization: .function, values: ["type": "scalar"]), code: " a * 2\n",
      checksum: "0")
    node.relation = Relation(database: "shop", schema: "main", identifier: "tax", kind: .function)
    node.functionReferences = [
      FunctionReference(name: "rate"), FunctionReference(package: "tools", name: "rate"),
    ]
    node.function = FunctionDefinition(
      kind: .scalar,
      arguments: [FunctionArgument(name: "a", dataType: "float", description: "x", defaultValue: .int(1))],
      returns: FunctionReturns(dataType: "float"))
    let manifest = try manifest(CatalogFixture.project(nodes: [node]))
    #expect(try object(manifest["nodes"]).isEmpty)
    let written = try object(try object(manifest["functions"])["function.shop.tax"])
    #expect(
      Set(written.keys) == [
        "returns", "arguments", "database", "schema", "name", "resource_type", "package_name", "path",
        "original_file_path", "unique_id", "fqn", "alias", "checksum", "config", "tags", "description",
        "columns", "meta", "group", "docs", "patch_path", "build_path", "unrendered_config", "created_at",
        "relation_name", "raw_code", "doc_blocks", "language", "refs", "sources", "metrics", "functions",
        "depends_on", "compiled_path", "contract",
      ])
    #expect(written["functions"] as? [[String]] == [["rate"], ["tools", "rate"]])
    #expect(written["raw_code"] as? String == "a * 2" && written["relation_name"] is NSNull)
    let argument = try #require((written["arguments"] as? [[String: Any]])?.first)
    #expect(argument["name"] as? String == "a" && argument["data_type"] as? String == "float")
    #expect(argument["description"] as? String == "x" && argument["default_value"] as? Int == 1)
    let returns = try object(written["returns"])
    #expect(returns["data_type"] as? String == "float" && returns["description"] is NSNull)
  }

  @Test("checks say what they are attached to, and with which arguments")
  func checks() throws {
    let nodes = try object(try manifest(shop)["nodes"])
    let unique = try object(nodes["test.shop.unique_orders_id.0123456789"])
    #expect(unique["attached_node"] as? String == "model.shop.orders")
    #expect(unique["column_name"] as? String == "id")
    #expect(unique["file_key_name"] as? String == "models.orders")
    #expect(unique["schema"] as? String == "main_dbt_test__audit")
    #expect(unique["checksum"] as? [String: String] == ["name": "none", "checksum": ""])
    let onSource = try object(nodes["test.shop.rel.0123456789"])
    #expect(onSource["attached_node"] is NSNull && onSource["column_name"] as? String == "pid")
    #expect(onSource["file_key_name"] as? String == "sources.raw")
    let metadata = try object(onSource["test_metadata"])
    #expect(metadata["name"] as? String == "relationships")
    #expect(
      metadata["kwargs"] as? [String: String] == [
        "to": "ref('raw_orders')", "field": "id", "column_name": "pid",
        "model": "{{ get_where_subquery(source('raw', 'people')) }}",
      ])
  }

  @Test(
    "a check of a whole table keeps the column that its arguments name, and checks are in their node's group")
  func tableChecks() throws {
    var model = CatalogFixture.model("orders")
    model.config.values = ["group": "finance"]
    let check = CatalogFixture.genericCheck(
      "positive", of: "is_positive", attachedTo: model.id, column: nil, arguments: ["column_name": "amount"])
    let manifest = try manifest(CatalogFixture.project(nodes: [model, check]))
    let positive = try object(try object(manifest["nodes"])["test.shop.positive.0123456789"])
    #expect(positive["column_name"] is NSNull && positive["group"] as? String == "finance")
    #expect(
      try object(try object(positive["test_metadata"])["kwargs"]) as? [String: String]
        == ["column_name": "amount", "model": "{{ get_where_subquery(ref('orders')) }}"])
    #expect(
      manifest["group_map"] as? [String: [String]]
        == ["finance": ["model.shop.orders", "test.shop.positive.0123456789"]])
  }

  @Test("seeds have dbt's keys, without their text")
  func seed() throws {
    let seed = try object(try object(try manifest(shop)["nodes"])["seed.shop.raw_orders"])
    #expect(seed["raw_code"] as? String == "")
    #expect(seed["root_path"] as? String == "/shop")
    #expect(seed["depends_on"] as? [String: [String]] == ["macros": []])
    #expect(seed["language"] == nil && seed["refs"] == nil)
  }

  @Test("every node has its parents and children")
  func maps() throws {
    let manifest = try manifest(shop)
    let parents = try #require(manifest["parent_map"] as? [String: [String]])
    let children = try #require(manifest["child_map"] as? [String: [String]])
    #expect(parents["model.shop.orders"] == ["seed.shop.raw_orders", "source.shop.raw.people"])
    #expect(children["source.shop.raw.people"] == ["model.shop.orders", "test.shop.rel.0123456789"])
    #expect(children["test.shop.rel.0123456789"] == [])
    #expect(parents.count == 6 && children.count == 6)
  }

  @Test("sources, exposures, docs blocks and what is disabled have dbt's shape")
  func resources() throws {
    var source = CatalogFixture.source("raw", "people")
    source.config = CatalogFixture.mapping([
      (
        "freshness",
        CatalogFixture.mapping([
          ("warn_after", CatalogFixture.mapping([("count", .int(1)), ("period", .string("day"))]))
        ])
      )
    ])
    source.columns = [ColumnDefinition(name: "id", description: "the key", tags: ["pk"], meta: .none)]
    var exposure = Exposure(
      id: NodeID(.exposure, "shop", "weekly"), package: "shop", name: "weekly", fqn: ["shop", "weekly"],
      originalPath: "models/x.yml", span: SourceSpan(file: "models/x.yml", line: 1),
      properties: CatalogFixture.mapping([
        ("type", .string("dashboard")), ("owner", CatalogFixture.mapping([("email", .string("a@b.c"))])),
      ]))
    exposure.dependencies = [source.id]
    exposure.sourceReferences = [SourceReference(source: "raw", table: "people")]
    let docs = DocsBlock(
      id: NodeID(.documentation, "shop", "d"), package: "shop", name: "d", path: "d.md",
      originalPath: "models/d.md", contents: "text")
    let off = CatalogFixture.model("off")
    let manifest = try manifest(
      CatalogFixture.project(
        sources: [source], exposures: [exposure], docs: [docs], disabled: [off, off]))
    let people = try object(try object(manifest["sources"])["source.shop.raw.people"])
    #expect(people.count == 31)
    #expect(people["relation_name"] as? String == "\"shop\".\"raw\".\"people\"")
    let freshness = try object(people["freshness"])
    #expect(try object(freshness["warn_after"])["count"] as? Int == 1)
    #expect(try object(freshness["error_after"])["count"] is NSNull)
    #expect(try object(try object(people["columns"])["id"])["tags"] as? [String] == ["pk"])
    let weekly = try object(try object(manifest["exposures"])["exposure.shop.weekly"])
    #expect(weekly["path"] as? String == "x.yml" && weekly["original_file_path"] as? String == "models/x.yml")
    #expect(weekly["sources"] as? [[String]] == [["raw", "people"]])
    #expect(try object(weekly["owner"])["name"] is NSNull)
    #expect(try object(try object(manifest["docs"])["doc.shop.d"])["block_contents"] as? String == "text")
    #expect((try object(manifest["disabled"])["model.shop.off"] as? [Any])?.count == 2)
  }

  @Test("a source that is files shows its expression, and names with quotes are doubled")
  func relations() throws {
    var source = CatalogFixture.source("raw", "people")
    source.relation.expression = "'data/people.csv'"
    var model = CatalogFixture.model("odd")
    model.relation?.identifier = "o\"dd"
    let manifest = try manifest(CatalogFixture.project(nodes: [model], sources: [source]))
    let people = try object(try object(manifest["sources"])["source.shop.raw.people"])
    #expect(people["relation_name"] as? String == "'data/people.csv'")
    let odd = try object(try object(manifest["nodes"])["model.shop.odd"])
    #expect(odd["relation_name"] as? String == "\"shop\".\"main\".\"o\"\"dd\"")
  }

  @Test("secrets are hidden, and the file replaces an older one")
  func writing() throws {
    let folder = try TemporaryFolder()
    var model = CatalogFixture.model("orders")
    model.code = "select 'hunter2'"
    let project = CatalogFixture.project(root: folder.path, nodes: [model])
    let manifest = Manifest(
      project: project, graph: try Graph(project), compiled: [:], invocation: CatalogFixture.invocation(),
      generatedAt: 0)
    try manifest.write(to: "\(folder.path)/manifest.json")
    #expect(try folder.read("manifest.json").contains("hunter2"))
    try manifest.write(to: "\(folder.path)/manifest.json", redactor: Redactor(secrets: ["hunter2"]))
    let text = try folder.read("manifest.json")
    #expect(!text.contains("hunter2") && text.contains("select '*****'"))
    #expect(text.contains(#""generated_at":"1970-01-01T00:00:00.000000Z""#))
  }

  @Test("its metadata can be replaced alone, and of nothing but a manifest")
  func replacingMetadata() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/manifest.json"
    var model = CatalogFixture.model("orders")
    model.code = #"select ',"nodes":{' as text"#
    let project = CatalogFixture.project(root: folder.path, nodes: [model])
    func manifest(_ invocation: Invocation, at time: Double) throws -> Manifest {
      Manifest(
        project: project, graph: try Graph(project), compiled: [:], invocation: invocation, generatedAt: time)
    }
    let first = CatalogFixture.invocation(["DBT_ENV_CUSTOM_ENV_NOTE": #"{"nodes":{},"nodes":{"#])
    try manifest(first, at: 0).write(to: path)
    let second = CatalogFixture.invocation(["DBT_ENV_CUSTOM_ENV_NOTE": "a hunter2"])
    let metadata = ManifestMetadata(project.settings, project.target, second, generatedAt: 60)
    let redactor = Redactor(secrets: ["hunter2"])
    try metadata.replace(in: path, redactor: redactor)
    let other = try manifest(second, at: 60).encoded(redactor: redactor)
    let (seen, wanted) = (try folder.read("manifest.json"), String(decoding: other, as: UTF8.self))
    let end = #","nodes":{"#
    #expect(
      seen.prefix(upTo: try #require(seen.range(of: end)).lowerBound)
        == wanted.prefix(upTo: try #require(wanted.range(of: end)).lowerBound))
    let rest = String(decoding: try manifest(first, at: 0).encoded(), as: UTF8.self)
    #expect(
      seen.suffix(from: try #require(seen.range(of: end)).lowerBound)
        == rest.suffix(from: try #require(rest.range(of: end)).lowerBound))
    for text in ["", "{}", "[1, 2]"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: Diagnostic.self) { try metadata.replace(in: path, redactor: redactor) }
      #expect(try folder.read("manifest.json") == text)
    }
  }
}

@Suite("The run results")
struct RunResultsTests {
  @Test("every node's end is told in dbt's form")
  func results() throws {
    var built = ResultRecord(
      id: NodeID("model.shop.orders"), status: .success, threadName: "Thread-1", executionTime: 0.25)
    built.compile = Interval(start: 951_782_400, end: 951_782_400.5)
    built.execute = Interval(start: 951_782_400.5, end: 951_782_401)
    built.rowsAffected = 99
    built.message = "99 rows"
    built.compiledSQL = "select 1"
    built.relationName = "\"main\".\"orders\""
    var failed = ResultRecord(
      id: NodeID("test.shop.t"), status: .fail, threadName: "Thread-2", executionTime: 0.5)
    failed.failures = 3
    let skipped = ResultRecord(
      id: NodeID("model.shop.b"), status: .skipped, threadName: "Thread-1", executionTime: 0)
    let artifact = RunResultsArtifact(
      results: [built, failed, skipped], invocation: CatalogFixture.invocation(), generatedAt: 951_827_696.25,
      elapsedSeconds: 1.5, arguments: CatalogFixture.mapping([("threads", .int(4))]))
    let text = String(decoding: artifact.encoded(), as: UTF8.self)
    #expect(
      text == #"{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json","#
        + #""dbt_version":"1.11.0","generated_at":"2000-02-29T12:34:56.250000Z","invocation_id":"b2c91369","#
        + #""invocation_started_at":"2026-11-22T16:05:10.989282Z","env":{}},"results":[{"status":"success","#
        + #""timing":[{"name":"compile","started_at":"2000-02-29T00:00:00.000000Z","#
        + #""completed_at":"2000-02-29T00:00:00.500000Z"},{"name":"execute","#
        + #""started_at":"2000-02-29T00:00:00.500000Z","completed_at":"2000-02-29T00:00:01.000000Z"}],"#
        + #""thread_id":"Thread-1","execution_time":0.25,"#
        + #""adapter_response":{"_message":"OK","rows_affected":99},"message":"99 rows","failures":null,"#
        + #""unique_id":"model.shop.orders","compiled":true,"compiled_code":"select 1","#
        + #""relation_name":"\"main\".\"orders\"","batch_results":null},{"status":"fail","timing":[],"#
        + #""thread_id":"Thread-2","execution_time":0.5,"adapter_response":{"_message":"OK"},"#
        + #""message":null,"failures":3,"unique_id":"test.shop.t","compiled":null,"compiled_code":null,"#
        + #""relation_name":null,"batch_results":null},{"status":"skipped","timing":[],"#
        + #""thread_id":"Thread-1","execution_time":0.0,"adapter_response":{},"message":null,"#
        + #""failures":null,"unique_id":"model.shop.b","compiled":null,"compiled_code":null,"#
        + #""relation_name":null,"batch_results":null}],"elapsed_time":1.5,"#
        + #""args":{"which":"build","vars":{"day":"2026-01-01"},"threads":4}}"#)
  }

  @Test("messages are redacted and the file is written whole")
  func writing() throws {
    let folder = try TemporaryFolder()
    var record = ResultRecord(id: NodeID("model.a.b"), status: .error, threadName: "T", executionTime: 0)
    record.message = "cannot log in with hunter2"
    let artifact = RunResultsArtifact(
      results: [record], invocation: CatalogFixture.invocation(), generatedAt: -1, elapsedSeconds: 0)
    try artifact.write(
      to: "\(folder.path)/deep/er/run_results.json", redactor: Redactor(secrets: ["hunter2"]))
    let text = try folder.read("deep/er/run_results.json")
    #expect(text.contains("cannot log in with *****") && !text.contains("hunter2"))
    #expect(text.contains("1969-12-31T23:59:59.000000Z"))
    #expect(try folder.list("deep/er") == ["run_results.json"])
  }
}

@Suite("Loads in the manifest")
struct LoadManifestTests {
  @Test("a load is shown as an operation, the parent of its sources")
  func operation() throws {
    var load = CatalogFixture.model("crm", in: "")
    load.id = NodeID(.load, "shop", "crm")
    load.resourceType = .load
    var source = CatalogFixture.source("crm", "people")
    source.loadedBy = load.id
    let project = CatalogFixture.project(nodes: [load], sources: [source])
    let manifest = Manifest(
      project: project, graph: try Graph(project), compiled: [:],
      invocation: CatalogFixture.invocation([:]), generatedAt: 0)
    let read = try #require(
      try JSONSerialization.jsonObject(with: Data(manifest.encoded())) as? [String: Any])
    let nodes = try #require(read["nodes"] as? [String: [String: Any]])
    let node = try #require(nodes["operation.\(load.package).load_crm"])
    #expect(nodes.count == 1 && node["resource_type"] as? String == "operation")
    #expect(node["unique_id"] as? String == "operation.\(load.package).load_crm")
    let parents = try #require(read["parent_map"] as? [String: [String]])
    #expect(parents[source.id.rawValue] == ["operation.\(load.package).load_crm"])
    #expect(parents["operation.\(load.package).load_crm"] == [])
  }
}
