import Diagnostics
import Foundation
import Testing

@testable import Project

/// One wrong thing in a small project, and what is said about it.
struct BadInput: Sendable, CustomTestStringConvertible {
  let file: String
  let text: String
  let complaints: [String]

  init(_ file: String, _ text: String, _ complaints: String...) {
    self.file = file
    self.text = text
    self.complaints = complaints
  }

  var testDescription: String { "\(file): \(complaints.first ?? "")" }
}

@Suite struct BadInputTests {
  static let cases: [BadInput] = [
    BadInput(
      "models/x.sql", "select * from {{ ref('modle') }}",
      "models/x.sql:1:18: WEIR-E0111 ref('modle') names no model or seed of the project"),
    BadInput(
      "models/x.sql", "\n\n  {{ source('raw', 'order') }}",
      "models/x.sql:3:6: WEIR-E0111 the source 'raw' has no table 'order'"),
    BadInput(
      "models/x.sql", "{{ source('rwa', 'orders') }}",
      "models/x.sql:1:4: WEIR-E0111 source('rwa', 'orders') names no source of the project"),
    BadInput(
      "models/x.sql", "{{ ref('other', 'model') }}",
      "models/x.sql:1:4: WEIR-E0111 there is no package 'other' with a model or seed 'model'"),
    BadInput(
      "models/x.sql", "{{ ref('model', v=2) }}",
      "models/x.sql:1:4: WEIR-E0111 ref('model', v=2) asks for a version, and 'model' has none"),
    BadInput(
      "models/x.sql", "{{ ref('off') }}",
      "models/x.sql:1:4: WEIR-E0112 ref('off') names a model that is disabled"),
    BadInput(
      "models/x.sql", "{{ env_var('NOT_SET') }}",
      "models/x.sql:1:4: WEIR-E0118 the environment variable 'NOT_SET' is not set"),
    BadInput(
      "models/x.sql", "{{ env_var('DBT_ENV_SECRET_X') }}",
      "models/x.sql:1:4: WEIR-E0118 the secret environment variable 'DBT_ENV_SECRET_X' can be read in profiles.yml only"
    ),
    BadInput(
      "models/x.sql", "{{ exceptions.raise_compiler_error('no ' ~ 'way') }}",
      "models/x.sql:1:14: WEIR-E0119 no way"),
    BadInput("models/x.sql", "  \n", "models/x.sql: WEIR-E0107 models/x.sql is empty; it is left out"),
    BadInput(
      "models/x.py", "def model(): pass",
      "models/x.py:1:5: WEIR-E0140 'model' takes two parameters, dbt and session, and this one 0",
      "models/x.py:1:14: WEIR-E0140 the last statement of 'model' is no return"),
    BadInput(
      "analyses/x.sql", "{{ config(materialized='tabel') }} select 1",
      "analyses/x.sql:1:4: WEIR-E0106 analysis 'x' has the unknown materialization 'tabel'"),
    BadInput(
      "models/deep/model.sql", "select 1",
      "models/model.sql:1:1: WEIR-E0109 two models are called 'model'"),
    BadInput(
      "seeds/model.csv", "a\n1\n",
      "models/model.sql:1:1: WEIR-E0109 a model and a seed are both called 'model'"),
    BadInput(
      "models/x.sql", "{{ config(alias='Model') }} select 1",
      "models/x.sql:1:1: WEIR-E0110 'x' and 'model' would both be stored as p.main.Model"),
    BadInput(
      "models/x.sql", "{{ config(materialized='tabel') }} select 1",
      "models/x.sql:1:4: WEIR-E0106 model 'x' has the unknown materialization 'tabel'"),
    BadInput(
      "macros/m.sql", "{% macro a() %}{% endmacro %}\n{% macro a() %}{% endmacro %}",
      "macros/m.sql:2:1: WEIR-E0109 two macros are called 'a'"),
    BadInput(
      "macros/m.sql", "{% materialization seed, adapter='duckdb' %}{% endmaterialization %}",
      "macros/m.sql:1:1: WEIR-E0113 the materialization 'seed' cannot be replaced; this one is left out"),
    BadInput(
      "macros/m.sql", "{% materialization table, default %}{% endmaterialization %}",
      "macros/m.sql:1:1: WEIR-E0113 the materialization 'table' is not used: duckdb's own is more specific"),
    BadInput(
      "macros/m.sql", "{% macro duckdb__load_csv_rows() %}{% endmacro %}",
      "macros/m.sql:1:1: WEIR-E0113 the macro 'duckdb__load_csv_rows' replaces one of dbt's that is not called here"
    ),
    BadInput(
      "models/x.sql", "{{ config(post_hook='{{ ref(\"gone\") }}') }} select 1",
      "models/x.sql:1:4: WEIR-E0111 ref('gone') names no model or seed of the project"),
    BadInput(
      "models/x.sql", "{{ config(post_hook='{{ 1 / 0 }}') }} select 1",
      "models/x.sql:1:4: WEIR-E0202 division by zero"),
    BadInput(
      "models/x.yml", "models: [{name: model, data_tests: [{unique: {column_name: \"{{ 1 / 0 }}\"}}]}]",
      "models/x.yml:1:37: WEIR-E0202 division by zero"),
    BadInput(
      "models/x.yml", "models: [{name: gone}]",
      "models/x.yml:1:10: WEIR-E0114 'models' describes 'gone', which does not exist"),
    BadInput(
      "models/x.yml", "models: [{name: model}, {name: model}]",
      "models/x.yml:1:25: WEIR-E0109 'model' is described twice under 'models'"),
    BadInput(
      "models/x.yml", "models: [{name: model, descripton: x}]",
      "models/x.yml:1:24: WEIR-E0105 model 'model' has no key 'descripton'; it is ignored"),
    BadInput(
      "models/x.yml", "models: {a: 1}", "models/x.yml:1:9: WEIR-E0106 'models' must be a list, not a mapping"),
    BadInput(
      "models/x.yml", "models: [3]",
      "models/x.yml:1:10: WEIR-E0106 an entry of 'models' must be a mapping, not a number"),
    BadInput(
      "models/x.yml", "models: [{a: 3}]", "models/x.yml:1:10: WEIR-E0107 an entry of 'models' has no name"),
    BadInput(
      "models/x.yml", "models: [{name: off}]",
      "models/x.yml:1:17: WEIR-E0106 the name of an entry of 'models' must be text, not a boolean"),
    BadInput(
      "models/x.yml", "- a", "models/x.yml:1:1: WEIR-E0106 a property file must be a mapping, not a list"),
    BadInput(
      "models/x.yml", "version: 3",
      "models/x.yml:1:10: WEIR-E0106 'version' of a property file must be 2; it is read as if it were"),
    BadInput(
      "models/x.yml", "models: [{name: model, description: 5}]",
      "models/x.yml:1:37: WEIR-E0106 the description of model 'model' must be text, not a number"),
    BadInput(
      "models/x.yml", "models: [{name: model, config: {tags: [a, 5], docs: {show: maybe}, grants: [x]}}]",
      "models/x.yml:1:76: WEIR-E0106 'grants' of model 'model' must be a mapping, not a list",
      "models/x.yml:1:39: WEIR-E0106 'tags' of model 'model' must be text or a list of it, not an integer",
      "models/x.yml:1:53: WEIR-E0106 'show' under 'docs' of model 'model' must be true or false, not text"),
    BadInput(
      "models/x.yml", "models: [{name: model, columns: [{name: id, quote: maybe}]}]",
      "models/x.yml:1:52: WEIR-E0106 'quote' of column 'id' of model 'model' must be true or false, not text"),
    BadInput(
      "models/x.yml", "models: [{name: model, config: {freshness: {build_after: {count: 1}}}}]",
      "models/x.yml:1:44: WEIR-E0107 'build_after' under 'freshness' of model 'model' has no period"),
    BadInput(
      "models/x.yml",
      "sources: [{name: s, tables: [{name: t, loaded_at_field: x, config: {loaded_at_query: select 1}}]}]",
      "models/x.yml:1:86: WEIR-E0106 source 's.t' has both 'loaded_at_field' and 'loaded_at_query'"),
    BadInput(
      "models/x.yml", "exposures: [{name: e f, type: ml, maturity: ripe}]",
      "models/x.yml:1:13: WEIR-E0107 exposure 'e f' has no owner",
      "models/x.yml:1:45: WEIR-E0106 exposure 'e f' has the unknown maturity 'ripe'",
      "models/x.yml:1:13: WEIR-E0129 the name of exposure 'e f' should have letters, digits and underscores only"
    ),
    BadInput(
      "models/x.yml", "unit_tests: [{name: u, model: model, expect: {rows: [{id: 1}]}}]",
      "models/x.yml:1:14: WEIR-E0128 unit test 'u' does not say what is given"),
    BadInput(
      "models/x.yml", "models:\n- name: model\n  description: |\n    a\n    b\n  description: 'c'\n",
      "models/x.yml:6:3: WEIR-E0102 the key 'description' stands twice in one mapping"),
    BadInput(
      "models/a b.sql", "select 1",
      "models/a b.sql:1:1: WEIR-E0106 the name of model 'a b' has a space"),
    BadInput(
      "models/x.sql", "{{ config(pre_hook='a', **{'pre-hook': 'b'}) }} select 1",
      "models/x.sql:1:4: WEIR-E0202 config() has both 'pre_hook' and 'pre-hook', which mean the same"),
    BadInput(
      "macros/x.sql", "{% macro m() %}{% endmacro %}\n{% endmacro %}\n{# {% a %} #}{% set x = 1 %}",
      "macros/x.sql:2:1: WEIR-E0201 unexpected 'endmacro' block tag: it stands in no macro, and is not read",
      "macros/x.sql:3:14: WEIR-E0201 unexpected 'set' block tag: it stands in no macro, and is not read"),
    BadInput(
      "dbt_project.yml", "name: p\nmodel-paths: models\nsource-paths: [models]\nquoting: {databse: true}",
      "dbt_project.yml:2:14: WEIR-E0106 'model-paths' must be a list of folders, not text",
      "dbt_project.yml:4:11: WEIR-E0105 'quoting' has no 'databse'"),
    BadInput(
      "dbt_project.yml", "name: p\nsource-paths: [models]\nrequire-dbt-version: abc",
      "dbt_project.yml:2:15: WEIR-E0129 'source-paths' is called 'model-paths' now",
      "dbt_project.yml:3:22: WEIR-E0106 'abc' under 'require-dbt-version' is not a version"),
    BadInput(
      "models/x.yml", "snapshots: [{name: x}]",
      "models/x.yml:1:13: WEIR-E0114 'snapshots' describes 'x', which does not exist"),
    BadInput(
      "models/x.yml", "unit_tests: [{name: x}]",
      "models/x.yml:1:14: WEIR-E0128 unit test 'x' does not say which model it tests"),
    BadInput(
      "models/x.yml", "models: [{name: model, data_tests: [uniqe]}]",
      "models/x.yml:1:37: WEIR-E0117 there is no check 'uniqe'"),
    BadInput(
      "models/x.yml", "models: [{name: model, data_tests: [dbt_utils.thing]}]",
      "models/x.yml:1:37: WEIR-E0122 the check 'dbt_utils.thing' needs the package 'dbt_utils'"),
    BadInput(
      "models/x.yml", "models: [{name: model, tests: [], data_tests: []}]",
      "models/x.yml:1:31: WEIR-E0117 model 'model' has both 'data_tests' and 'tests', which mean the same"),
    BadInput(
      "models/x.yml", "models: [{name: model, columns: [{name: a, checks: [unique, unique]}]}]",
      "models/x.yml:1:61: WEIR-E0109 two checks are called 'unique_model_a.dababf9de8'"),
    BadInput(
      "models/x.yml", "models: [{name: model, description: \"{{ doc('gone') }}\"}]",
      "models/x.yml:1:37: WEIR-E0111 there is no docs block 'gone'"),
    BadInput(
      "models/x.yml", "models: [{name: model, versions: [{v: 1}, {v: 1}]}]",
      "models/x.yml:1:47: WEIR-E0109 model 'model' has the version '1' twice"),
    BadInput(
      "models/x.yml", "exposures: [{name: e, type: dashbord, owner: {name: a}, depends_on: [ref('gone')]}]",
      "models/x.yml:1:29: WEIR-E0106 exposure 'e' has the unknown type 'dashbord'",
      "models/x.yml:1:70: WEIR-E0111 ref('gone') names no model or seed of the project"),
    BadInput(
      "models/x.md", "{% docs a %} never closed",
      "models/x.md:1:1: WEIR-E0201 the docs block 'a' is not closed"),
    BadInput(
      "tests/t.sql", "{{ ref('gone') }}",
      "tests/t.sql:1:4: WEIR-E0111 ref('gone') names no model or seed of the project"),
    BadInput(
      "weir.yml", "name: p\nmodels: {}\nlods: {}",
      "weir.yml:1:1: WEIR-E0105 'name' belongs in dbt_project.yml, which this project has",
      "weir.yml:2:1: WEIR-E0105 'models' belongs in dbt_project.yml, which this project has",
      "weir.yml:3:1: WEIR-E0105 weir.yml has no key 'lods'"),
    BadInput(
      "dbt_project.yml", "version: 1",
      "dbt_project.yml:1: WEIR-E0107 dbt_project.yml does not say the project's name"),
    BadInput(
      "dbt_project.yml", "name: 1a", "dbt_project.yml:1:7: WEIR-E0106 the project's name '1a' is not a name"),
    BadInput("dbt_project.yml", "", "dbt_project.yml: WEIR-E0107 dbt_project.yml is empty"),
    BadInput(
      "dbt_project.yml", "name: p\nmodel-paths: [../other]",
      "dbt_project.yml:2:14: WEIR-E0116 '../other' under 'model-paths' leads out of the project"),
    BadInput(
      "dbt_project.yml", "name: p\nmodel-path: [x]",
      "dbt_project.yml:2:1: WEIR-E0105 dbt_project.yml has no key 'model-path'"),
    BadInput(
      "dbt_project.yml", "name: p\nrequire-dbt-version: '>=2.0.0'",
      "dbt_project.yml:2:22: WEIR-E0120 the project asks for dbt >=2.0.0; what runs it behaves as 1.11.0"),
    BadInput(
      "dbt_project.yml", "name: p\nmodels: {p: {nowhere: {+tags: a}}}",
      "dbt_project.yml:2:14: WEIR-E0115 the configuration path 'models.p.nowhere' matches nothing"),
    BadInput(
      "dbt_project.yml", "name: p\nquery-comment: {coment: by weir, append: 1}",
      "dbt_project.yml:2:17: WEIR-E0105 'query-comment' has no 'coment'",
      "dbt_project.yml:2:42: WEIR-E0106 'append' must be true or false, not a number"),
    BadInput(
      "models/x.sql", "{{ config(indexes=[{'column': 'id'}]) }} select 1 as id",
      "models/x.sql:1:4: WEIR-E0106 'indexes' of model 'x': an index has no 'column'"),
    BadInput(
      "models/x.sql", "{{ config(indexes=[{'columns': []}], sql_header=5) }} select 1 as id",
      "models/x.sql:1:4: WEIR-E0106 'indexes' of model 'x': 'columns' of an index must be a list of names",
      "models/x.sql:1:4: WEIR-E0106 'sql_header' of model 'x' must be SQL text, not an integer"),
    BadInput(
      "snapshots/x.yml",
      "snapshots:\n  - name: x\n    relation: ref('nope')\n    config: {unique_key: id, strategy: check, check_cols: all}",
      "snapshots/x.yml:3:15: WEIR-E0111 ref('nope') names no model or seed of the project"),
    BadInput(
      "dbt_project.yml", "name: p\nflags: 5",
      "dbt_project.yml:2:8: WEIR-E0106 'flags' must be a mapping, not a number"),
    BadInput(
      "dbt_project.yml", "name: p\nrequire-dbt-version: {a: b}",
      "dbt_project.yml:2:22: WEIR-E0106 'require-dbt-version' must be a version or a list of them, not a mapping"
    ),
    BadInput(
      "dbt_project.yml", "name: p\nconfig-version: x",
      "dbt_project.yml:2:17: WEIR-E0106 'config-version' must be 2"),
    BadInput(
      "dbt_project.yml", "name: p\ndispatch: 5",
      "dbt_project.yml:2:11: WEIR-E0106 'dispatch' must be a list of mappings, not a number"),
    BadInput(
      "dbt_project.yml", "name: p\ndispatch: [{search_order: p}]",
      "dbt_project.yml:2:12: WEIR-E0107 an entry of 'dispatch' has no 'macro_namespace'",
      "dbt_project.yml:2:27: WEIR-E0106 an entry of 'dispatch' needs a 'search_order', a list of packages"),
    BadInput(
      "packages.yml", "packages: [{package: a/b, version: 1.0.0}]",
      "packages.yml: WEIR-E0122 packages.yml asks for more packages (1) than are installed in dbt_packages (0)"
    ),
    BadInput(
      "packages.yml", "packages: 5", "packages.yml:1:11: WEIR-E0123 'packages' must be a list, not a number"
    ),
    BadInput("packages.yml", "[]", "packages.yml:1:1: WEIR-E0123 packages.yml must be a mapping, not a list"),
    BadInput(
      "packages.yml", "packages: [{package: a/b}]",
      "packages.yml:1:12: WEIR-E0123 the package 'a/b' does not say its version"),
    BadInput(
      "packages.yml", "packages: [{git: a, local: b}]",
      "packages.yml:1:12: WEIR-E0123 a package must say one of: package, git, local, tarball"),
    BadInput(
      "packages.yml", "packages: [{local: ../x, revison: 1}]",
      "packages.yml:1:26: WEIR-E0123 a package of this kind has no key 'revison'"),
    BadInput(
      "packages.yml", "packages: [{tarball: https://a.b/c.tgz}]",
      "packages.yml:1:12: WEIR-E0123 'name' of a package must be text"),
    BadInput(
      "dbt_project.yml", "name: p\nmodels:\n  p:\n    +materialized: foo",
      "dbt_project.yml:4:20: WEIR-E0106 model 'model' has the unknown materialization 'foo'"),
    BadInput(
      "dbt_project.yml", "name: p\nmodels:\n  p:\n    +tags: [a, {b: c}]\n    model: {tags: d}",
      "dbt_project.yml:4:12: WEIR-E0106 'tags' of model 'model' must be text or a list of it, not a mapping"),
    BadInput(
      "dbt_project.yml", "name: p\nmodels:\n  +pre_hook: 5\n  p: {+enabled: 7, +meta: 3}",
      "dbt_project.yml:4:27: WEIR-E0106 'meta' of model 'model' must be a mapping, not an integer",
      "dbt_project.yml:4:17: WEIR-E0106 'enabled' of model 'model' must be true or false, not an integer",
      "dbt_project.yml:3:14: WEIR-E0106 'pre-hook' of model 'model' must be SQL text or a list of it"),
    BadInput(
      "dbt_project.yml", "name: p\nsources: {+tags: {a: b}}\ndata_tests: {+severity: x}",
      "dbt_project.yml:2:18: WEIR-E0106 'tags' of source 'raw.orders' must be text or a list of it, not a mapping"
    ),
    BadInput(
      "models/x.yml",
      "models:\n- name: model\n  tags: {a: b}\n  config:\n    materialized: foo\n  columns:\n  - name: a\n"
        + "    tags: {a: b}\n    data_tests: [{unique: {severity: x, config: {enabled: y}}}]",
      "models/x.yml:8:11: WEIR-E0106 'tags' of column 'a' of model 'model' must be text or a list of it",
      "models/x.yml:5:19: WEIR-E0106 model 'model' has the unknown materialization 'foo'",
      "models/x.yml:3:9: WEIR-E0106 'tags' of model 'model' must be text or a list of it, not a mapping",
      "models/x.yml:9:59: WEIR-E0106 'enabled' of check 'unique_model_a' must be true or false, not text",
      "models/x.yml:9:38: WEIR-E0106 'severity' of check 'unique_model_a' cannot be 'x'"),
    BadInput(
      "models/x.yml",
      "exposures:\n- {name: e, type: ml, owner: {name: a}, tags: {a: b}, config: {enabled: x}}",
      "models/x.yml:2:73: WEIR-E0106 'enabled' of exposure 'e' must be true or false, not text",
      "models/x.yml:2:47: WEIR-E0106 'tags' of exposure 'e' must be text or a list of it, not a mapping"),
    BadInput(
      "dbt_project.yml", "name: p\nmodels: 3",
      "dbt_project.yml:2:9: WEIR-E0106 'models' must be a mapping, not a number"),
  ]

  private static let base = [
    "dbt_project.yml": "name: p\n", "models/model.sql": "select {{ 1 }} as a",
    "models/off.sql": "{{ config(enabled=false) }} select 1",
    "models/sources.yml": "sources: [{name: raw, tables: [{name: orders}]}]",
  ]

  @Test("Whatever is wrong is said with its place", arguments: cases)
  func said(input: BadInput) async throws {
    var files = Self.base
    files[input.file] = input.text
    let complaints = try await TemporaryProject(files).complaints()
    #expect(complaints == input.complaints)
  }

  @Test("Every problem is said at once")
  func together() async throws {
    var files = Self.base
    files["models/a.sql"] = "{{ ref('gone') }}"
    files["models/b.sql"] = "{{ 1 + }}"
    files["models/c.yml"] = "models: [{name: model, data_tests: [nope]}]"
    files["profiles.yml"] = "p: {outputs: {dev: {path: x}}}"
    let codes = try await TemporaryProject(files).problems().map(\.code.rawValue)
    #expect(Set(codes).isSuperset(of: ["WEIR-E0108", "WEIR-E0111", "WEIR-E0117", "WEIR-E0201"]))
  }

  @Test("A wrong value of the project file is said once, with a node that it applies to")
  func once() async throws {
    var files = Self.base
    files["dbt_project.yml"] = "name: p\nmodels: {p: {+materialized: tabel}}"
    for name in ["a", "b", "c"] { files["models/\(name).sql"] = "select {{ 1 }}" }
    let problems = try await TemporaryProject(files).problems()
    #expect(problems.map(\.message) == ["model 'a' has the unknown materialization 'tabel'"])
    #expect(problems.map(\.notes) == [["it applies to 4 more nodes"]])
    #expect(problems.map(\.hint) == ["did you mean 'table'?"])
  }

  @Test("Text that is not UTF-8 is said with its place")
  func encoding() async throws {
    let folder = try TemporaryProject(Self.base)
    try folder.write("models/x.sql", Data([0x61, 0x0A, 0x62, 0xFF, 0x63]))
    #expect(await folder.complaints() == ["models/x.sql:2:2: WEIR-E0103 models/x.sql is not UTF-8 text"])
  }

  @Test("A folder without a project file is said")
  func nothing() async throws {
    let folder = try TemporaryProject([:])
    #expect(await folder.problems().map(\.code) == [.noProject])
  }

  @Test("A hint says what may have been meant")
  func hints() async throws {
    var files = Self.base
    files["models/x.sql"] = "{{ ref('modle') }}"
    #expect(try await TemporaryProject(files).problems().map(\.hint) == ["did you mean 'model'?"])
  }

  @Test("Names with quotes, spaces and Unicode in them are taken as they are")
  func strangeNames() async throws {
    let folder = try TemporaryProject([
      "weir.yml": "name: p\n", "models/größe \"1\".sql": "select {{ 1 }}",
      "models/b.sql": "select * from {{ ref('größe \"1\"') }}",
    ])
    let project = try await folder.load().project
    let node = try #require(project.named("b"))
    #expect(
      try project.compiler(options: folder.options()).compile(node).sql
        == "select * from \"p\".\"main\".\"größe \"\"1\"\"\"")
  }

  @Test("A macro that never ends is stopped")
  func endless() async throws {
    var files = Self.base
    files["macros/m.sql"] = "{% macro a() %}{{ a() }}{% endmacro %}"
    files["models/x.sql"] = "{{ a() }}"
    #expect(try await TemporaryProject(files).problems().map(\.code) == [.templateLimit])
  }
}
