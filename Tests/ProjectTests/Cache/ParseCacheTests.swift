import Diagnostics
import EngineCore
import Foundation
import Jinja
import RandomTesting
import Testing

@testable import Project

@Suite("Projects that are kept as they were read")
struct ParseCacheTests {
  /// A project and a folder that keeps it.
  private struct Kept {
    let files: TemporaryProject
    var change: (inout LoadOptions) -> Void = { _ in }

    init(_ files: [String: String] = ParseCacheTests.files) throws {
      self.files = try TemporaryProject(files)
      try FileManager.default.createDirectory(
        atPath: self.files.root + "/.weir/parse", withIntermediateDirectories: true)
    }

    private func loader(keeping: Bool) -> ProjectLoader {
      let options = files.options { options in
        if keeping { options.cacheFolder = files.root + "/.weir/parse" }
        change(&options)
      }
      return ProjectLoader(
        options: options,
        parser: {
          $0.map { text in
            .success(
              text.contains("plain")
                ? [TableReference(catalog: nil, schema: nil, name: "other", alias: nil, offset: nil)] : [])
          }
        })
    }

    /// Reads and keeps; whether it was kept before.
    func read() async -> (facts: Facts, wasKept: Bool) {
      var reading = await loader(keeping: true).read()
      let wasKept = reading.kept != nil
      await reading.keep()
      return (await Facts(reading), wasKept)
    }

    /// What reading gives once it is kept.
    func reading() async -> ProjectReading {
      var reading = await loader(keeping: true).read()
      await reading.keep()
      return reading
    }

    /// What reading without anything kept gives.
    func fresh() async -> Facts { await Facts(await loader(keeping: false).read()) }

    func standing() async -> StandingProject? { await loader(keeping: true).standing() }
  }

  /// All that is known of a project.
  private struct Facts: Equatable {
    var parts: [[UInt8]]
    var problems: [Diagnostic]
    var texts: [String]

    init(_ reading: ProjectReading) async {
      problems = reading.problems
      (parts, texts) = ([], [])
      guard let project = reading.project else { return }
      texts =
        project.macros.map(\.code) + [
          project.vars.json(), "\(project.selectors.map(\.name))", project.settings.values.json(),
          "\(project.packageVars.sorted { $0.key < $1.key })",
          "\(project.packageVersions.sorted { $0.key < $1.key })",
        ]
      do {
        parts = try await KeptProject.encoded(project, macroFiles: []).map { Array($0.bytes) }
      } catch {
        Issue.record("a project that cannot be kept: \(error)")
      }
    }
  }

  private static let files = [
    "dbt_project.yml": """
    name: p
    models: {p: {+materialized: "{{ env_var('HOW', 'view') }}"}}
    vars: {since: 2020}
    """,
    "models/orders.sql": "{{ config(tags=['a']) }}\nselect {{ cents('x') }} from {{ ref('base') }}",
    "models/base.sql": "select 1 as x, '{{ env_var('KIND', 'none') }}' as kind",
    "models/plain.sql": "select * from plain",
    "models/old.sql": "select {{ 1 }}",
    "models/models.yml": """
    models:
      - name: orders
        description: "{{ doc('orders') }}"
        columns: [{name: x, data_tests: [not_null, unique]}]
      - name: old
        deprecation_date: 2001-01-01
      - name: tested
    unit_tests:
      - name: doubles
        model: tested
        given: [{input: ref('base'), rows: [{x: 1}]}]
        expect: {rows: [{x: 2}]}
    exposures: [{name: board, type: dashboard, owner: {name: ann}, depends_on: [ref('orders')]}]
    """,
    "models/tested.sql": "select x * 2 as x from {{ ref('base') }}",
    "models/sources.yml": "sources: [{name: till, tables: [{name: sales, columns: [{name: id}]}]}]",
    "models/docs.md": "{% docs orders %}All orders.{% enddocs %}",
    "macros/m.sql": "{% macro cents(c) %}{{ c }} / 100{% endmacro %}",
    "tests/none.sql": "select * from {{ ref('orders') }} where x is null",
    "analyses/a.sql": "select count(*) from {{ ref('orders') }}",
    "functions/f.sql": "x * (select count(*) from {{ ref('base') }})",
    "functions/f.yml": """
    functions:
      - name: f
        arguments: [{name: x, data_type: integer, description: One., default_value: 2}]
        returns: {data_type: integer, description: Two.}
    """,
    "analyses/calls.sql": "select {{ function('f') }}()",
    "seeds/s.csv": "id\n1\n",
    "snapshots/h.sql": """
    {% snapshot h %}
    {{ config(unique_key='x', strategy='check', check_cols='all') }}
    select * from {{ ref('base') }}
    {% endsnapshot %}
    """,
  ]

  @Test("What is kept is what was read")
  func unchanged() async throws {
    let project = try Kept()
    let first = await project.read()
    #expect(!first.wasKept && first.facts.problems.count == 1)
    let second = await project.read()
    #expect(second.wasKept)
    #expect(second.facts == first.facts)
    let standing = try #require(await project.standing())
    #expect(
      standing.counts[.model] == 5 && standing.counts[.check] == 3 && standing.counts[.function] == 1
        && standing.edits.isEmpty)
    #expect(standing.warnings == first.facts.problems)
  }

  /// Whoever gives a project a new property has to think of projects that are kept: `ProjectLoader.assembled` sets it, or
  /// `KeptProject` keeps it, and `Facts` compares it.
  @Test("Every property of a project is one that a kept project has too")
  func properties() async throws {
    let project = try await TemporaryProject(Self.files).load().project
    let known: Set<String> = [
      "settings", "target", "nodes", "sources", "exposures", "macros", "operations", "semantics",
      "disabledSemantics", "groups", "selectors", "docs", "disabled", "connections", "vars", "packageVars",
      "packageVersions", "nodeIndex", "sourceIndex", "references", "plainNames", "macroTable",
    ]
    #expect(Set(Mirror(reflecting: project).children.compactMap(\.label)) == known)
  }

  @Test("Files that the system says are the same are not read again, and touched ones are compared")
  func settled() async throws {
    let project = try Kept()
    let first = await project.read()
    // The marks of files that were written just before are not trusted: the second reading makes them so.
    try await Task.sleep(for: .milliseconds(2_100))
    _ = await project.read()
    let third = await project.read()
    #expect(third.wasKept && third.facts == first.facts)
    try FileManager.default.setAttributes(
      [.modificationDate: Date.now], ofItemAtPath: project.files.root + "/models/base.sql")
    let touched = await project.read()
    #expect(touched.wasKept && touched.facts == first.facts)
    try project.files.write("models/base.sql", "select 2 as x, 'y' as kind, {{ 3 }}")
    #expect(await project.read().facts == project.fresh())
  }

  @Test(
    "An edit of a text alone is taken into what is kept",
    arguments: [
      ("models/orders.sql", "{{ config(tags=['a']) }}\nselect {{ cents('x') }} + 1 from {{ ref('base') }}\n"),
      ("models/base.sql", "select 2 as x, '{{ env_var('KIND', 'none') }}' as kind, {{ 1 + 1 }} as y"),
      ("tests/none.sql", "select x from {{ ref('orders') }} where x is null"),
      ("analyses/a.sql", "select max(x) from {{ ref('orders') }}"),
      ("models/old.sql", "select {{ 2 }}"),
    ])
  func textEdits(path: String, text: String) async throws {
    let project = try Kept()
    _ = await project.read()
    try project.files.write(path, text)
    let edited = await project.standing()
    // A warning about the file may be another now: then it is read anew.
    #expect(edited?.edits.map(\.code) == (path == "models/old.sql" ? nil : [text]))
    let second = await project.read()
    #expect(second.wasKept == (path != "models/old.sql"))
    #expect(await second.facts == project.fresh())
    #expect(await project.read().facts == project.fresh())
  }

  @Test(
    "What an edited text asks for counts from then on", arguments: ["env_var('LATER', '0')", "flags.WHICH"])
  func askingEdits(question: String) async throws {
    var project = try Kept()
    _ = await project.read()
    try project.files.write(
      "tests/none.sql",
      "select * from {{ ref('orders') }}{% if \(question) == 'run' %}, {{ ref('old') }}{% endif %}")
    #expect(await project.read().wasKept)
    #expect(await project.read().wasKept)
    project.change = {
      $0.environment = ["LATER": "run"]
      $0.command = "run"
    }
    let other = await project.read()
    #expect(!other.wasKept)
    #expect(await other.facts == project.fresh())
  }

  @Test("A file that changes while an edit of another is taken over is seen the next time")
  func meanwhile() async throws {
    let files = try TemporaryProject(["a.sql": "1", "b.sql": "1"])
    let (a, b) = (files.root + "/a.sql", files.root + "/b.sql")
    func readBoth() -> ReadLog {
      let log = ReadLog()
      ReadLog.$current.withValue(log) {
        for path in [a, b] { #expect(throws: Never.self) { try FileSystem.text(of: path, shownAs: path) } }
      }
      return log
    }
    var marks = ReadMarks(readBoth(), files.options())
    for path in ["a.sql", "b.sql"] { try files.write(path, "2") }
    marks.take([a], readBy: readBoth(), files.options())
    guard case .files(let changed) = await marks.compared(files.options()).change else {
      Issue.record("nothing seems to have changed")
      return
    }
    #expect(changed == [b])
  }

  @Test(
    "What changes more than a text is read anew",
    arguments: [
      ("models/orders.sql", "{{ config(tags=['b']) }}\nselect {{ cents('x') }} from {{ ref('base') }}"),
      ("models/orders.sql", "{{ config(tags=['a']) }}\nselect {{ cents('x') }} from {{ ref('old') }}"),
      ("models/orders.sql", "{{ config(tags=['a']) }}\nselect x from {{ ref('base') }}"),
      ("models/orders.sql", "{{ config(tags=['a']) }}\nselect {{ cents('x') }} from {{ ref('nobody') }}"),
      ("models/orders.sql", "{{ config(tags=['a']) }"), ("models/orders.sql", ""),
      ("models/orders.sql", "select 1 as x"), ("models/plain.sql", "select * from plain as p"),
      ("models/plain.sql", "select {{ 1 }}"),
      ("models/tested.sql", "select x * 3 as x from {{ ref('base') }}"),
      ("macros/m.sql", "{% macro cents(c) %}{{ c }} / 1000{% endmacro %}"),
      ("models/docs.md", "{% docs orders %}Each order.{% enddocs %}"),
      ("models/models.yml", "models: [{name: orders, description: Other}]"),
      ("models/sources.yml", "sources: []"), ("seeds/s.csv", "id\n2\n"), ("models/new.sql", "select 1"),
      ("tests/generic/t.sql", "{% test t(model) %}select 1{% endtest %}"),
      ("snapshots/i.sql", "{% snapshot i %}{{ config(unique_key='x') }}select 1{% endsnapshot %}"),
      ("selectors.yml", "selectors: [{name: some, definition: orders}]"),
      ("dbt_project.yml", "name: p\nvars: {since: 2021}\n"), ("packages.yml", "packages: [{local: nowhere}]"),
    ])
  func deeperEdits(path: String, text: String) async throws {
    let project = try Kept()
    _ = await project.read()
    try project.files.write(path, text)
    #expect(await project.standing() == nil)
    let second = await project.read()
    #expect(!second.wasKept)
    #expect(await second.facts == project.fresh())
  }

  @Test("Files that go are missed, and what stands in no folder that is read is not")
  func others() async throws {
    let project = try Kept()
    let first = await project.read()
    try project.files.write("README.md", "changed")
    try project.files.write("target/manifest.json", "{}")
    #expect(await project.read().wasKept)
    try FileManager.default.removeItem(atPath: project.files.root + "/tests/none.sql")
    let second = await project.read()
    #expect(!second.wasKept && second.facts != first.facts)
    #expect(await second.facts == project.fresh())
  }

  @Test("Variables of the environment count where they were read, and so do the command's own")
  func surroundings() async throws {
    var project = try Kept()
    _ = await project.read()
    project.change = { $0.environment = ["UNUSED": "1"] }
    #expect(await project.read().wasKept)
    for change: (inout LoadOptions) -> Void in [
      { $0.environment = ["KIND": "some"] }, { $0.environment = ["HOW": "table"] },
      { $0.vars = .dict([("since", .int(3))]) }, { $0.isFullRefresh = true }, { $0.storesFailures = true },
    ] {
      project.change = change
      let first = await project.read()
      #expect(!first.wasKept)
      #expect(await first.facts == project.fresh())
      #expect(await project.read().wasKept)
    }
    project.change = { $0.isPartial = false }
    #expect(await !project.read().wasKept)
  }

  @Test("The ways of reading that were used last are kept, and what killed processes left goes")
  func capacity() async throws {
    var project = try Kept()
    let folder = project.files.root + "/.weir/parse/"
    try project.files.write(".weir/parse/old.marks.1.tmp", "half")
    try project.files.write(".weir/parse/new.marks.1.tmp", "half")
    for (name, age) in [("old", -3_600.0), ("new", 3_600)] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: age)], ofItemAtPath: folder + "\(name).marks.1.tmp")
    }
    for number in 0..<6 {
      project.change = { $0.vars = .dict([("number", .int(number))]) }
      #expect(await !project.read().wasKept)
    }
    #expect(await project.read().wasKept)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count { $0.hasSuffix(".marks") } == 4 && names.count { $0.hasSuffix(".project") } == 4)
    #expect(names.filter { $0.hasSuffix(".tmp") } == ["new.marks.1.tmp"])
  }

  @Test("Which command runs counts where a template asks for it")
  func command() async throws {
    let text = "{% if flags.WHICH == 'run' %}{{ ref('base') }}{% endif %}select 1"
    var project = try Kept(Self.files.merging(["models/asking.sql": text]) { $1 })
    _ = await project.read()
    #expect(await project.read().wasKept)
    project.change = { $0.command = "run" }
    let other = await project.read()
    #expect(!other.wasKept)
    #expect(await other.facts == project.fresh())
  }

  @Test("What is damaged is as if it were not there")
  func damage() async throws {
    let project = try Kept()
    let first = await project.read().facts
    let folder = project.files.root + "/.weir/parse/"
    var random = SeededRandom(seed: 11)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count == 2)
    for name in names {
      let whole = try Data(contentsOf: URL(filePath: folder + name))
      for round in 0..<60 {
        var spoilt = whole
        if round % 4 == 0 {
          spoilt = spoilt.prefix(random.below(spoilt.count))
        } else {
          spoilt[random.below(spoilt.count)] ^= UInt8(1 + random.below(255))
        }
        try spoilt.write(to: URL(filePath: folder + name))
        #expect(await project.read().facts == first)
      }
      try whole.write(to: URL(filePath: folder + name))
    }
  }

  @Test("However files change, reading what is kept gives what reading everything gives")
  func randomEdits() async throws {
    var random = SeededRandom(seed: 3)
    let project = try Kept()
    let texts = [
      "select 1 as x", "select {{ 1 }} as x", "select * from {{ ref('base') }}", "select {{ cents('a') }}",
      "{{ config(materialized='table') }} select 1", "{{ config(materialized='table') }} select {{ 2 }}",
      "{{ config(enabled=false) }} select 1", "select '{{ var('since') }}'", "{% if %}", "",
    ]
    let properties = [
      "models: []", "models: [{name: m1, description: One}]",
      "models: [{name: m1, columns: [{name: x, data_tests: [not_null]}]}, {name: m2, config: {tags: [t]}}]",
      "models: [{name: m2, config: {contract: {enforced: true}}, columns: [{name: x, data_type: int}]}]",
    ]
    var keptOnes = 0
    for _ in 0..<120 {
      let name = "models/m\(1 + random.below(3)).sql"
      switch random.below(5) {
      case 0: try project.files.write("models/more.yml", properties[random.below(properties.count)])
      case 1:
        // It may be gone already.
        _ = try? FileManager.default.removeItem(atPath: project.files.root + "/" + name)
      default: try project.files.write(name, texts[random.below(texts.count)])
      }
      let read = await project.read()
      if read.wasKept { keptOnes += 1 }
      #expect(await read.facts == project.fresh())
    }
    #expect(keptOnes > 5)
  }

  @Test("what was made of a project is kept beside it until the project is another, or the file is damaged")
  func values() async throws {
    let project = try Kept()
    var reading = await project.reading()
    let first = try #require(reading.kept)
    #expect(first.value([String].self, at: .results) == nil)
    let identity = try #require(first.keep(["a", "ü"], as: .results))
    let found = try #require(first.value([String].self, at: .results))
    #expect(found.value == ["a", "ü"] && found.identity == identity)
    #expect(first.value([String].self, at: .run) == nil)
    #expect(first.value([Int].self, at: .results) == nil)
    #expect(await project.standing()?.kept.value([String].self, at: .results)?.identity == identity)

    let names = try FileManager.default.contentsOfDirectory(atPath: project.files.root + "/.weir/parse")
    let path = project.files.root + "/.weir/parse/" + (try #require(names.first { $0.hasSuffix(".results") }))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x21
      try damaged.write(to: URL(fileURLWithPath: path))
      // A bit that says nothing may be another; what is said may not.
      let value = first.value([String].self, at: .results)?.value
      #expect(value == nil || value == ["a", "ü"], "byte \(index)")
    }
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(first.value([String].self, at: .results) != nil)

    try project.files.write("models/five.sql", "select 5 as five")
    reading = await project.reading()
    #expect(reading.kept?.value([String].self, at: .results) == nil)
  }
}
