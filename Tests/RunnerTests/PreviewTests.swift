import Diagnostics
import EngineCore
import Foundation
import Project
import Synchronization
import Tabular
import Testing

@testable import Runner

@Suite("Previews")
struct PreviewTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  private func preview() -> Preview {
    Preview(project: fixture.project, invocation: fixture.invocation(), engine: fixture.engine, log: { _ in })
  }

  private func numbers(_ table: Table) -> [Int?] { table.rows.map { $0[0].wholeNumber } }

  @Test("a model's SELECT is run without building it, up to the limit")
  func model() async throws {
    let node = fixture.model("orders", "SELECT * FROM range(10) ORDER BY range DESC")
    #expect(numbers(try await preview().table(.node(node), limit: 3)) == [9, 8, 7])
    #expect(try await preview().table(.node(node), limit: nil).rowCount == 10)
    #expect(try await fixture.kind("orders") == nil)
  }

  @Test("SQL that stands in no file may hold Jinja")
  func inline() async throws {
    let table = try await preview().table(.inline("SELECT {{ 40 + 2 }} AS n"), limit: 5)
    #expect(table.schema.fields.map(\.name) == ["n"])
    #expect(numbers(table) == [42])
  }

  @Test("a seed is shown from its file, with its types")
  func seed() async throws {
    try fixture.seed("s", "id,day\n1,2024-01-31\nnull,\n")
    let node = try #require(fixture.nodes.first)
    let table = try await preview().table(.node(node), limit: 5)
    #expect(table.schema.fields == [Field("id", .int32), Field("day", .date)])
    #expect(table.rows == [[.integer(1), .date(days: 19753)], [.null, .null]])
  }

  @Test("rows stream in batches")
  func streams() async throws {
    let node = fixture.model("orders", "SELECT * FROM range(5000)")
    let count = Mutex(0)
    try await preview().stream(.node(node), limit: 4000) { batch in count.withLock { $0 += batch.rowCount } }
    #expect(count.withLock { $0 } == 4000)
  }

  @Test("the engine writes files by itself", arguments: Preview.Format.allCases)
  func exports(format: Preview.Format) async throws {
    let node = fixture.model("orders", "SELECT range AS id FROM range(3)")
    let path = "\(fixture.root)/it's.\(format.rawValue)"
    #expect(try await preview().export(.node(node), limit: 2, to: path, as: format) == 2)
    let name = path.replacingOccurrences(of: "'", with: "''")
    #expect(try await fixture.rows("SELECT id FROM read_\(format.rawValue)('\(name)')") == [["0"], ["1"]])
  }

  @Test("an error is shown where the SQL was written")
  func errors() async throws {
    let node = fixture.model("orders", "SELECT 1 AS id,\n  nope")
    let inFile = await #expect(throws: Diagnostic.self) {
      try await self.preview().table(.node(node), limit: 5)
    }
    #expect(inFile?.span == SourceSpan(file: "models/orders.sql", line: 2, column: 3))
    let inline = await #expect(throws: Diagnostic.self) {
      try await self.preview().table(.inline("SELECT 1 AS id,\n  nope"), limit: 5)
    }
    #expect(inline?.span == SourceSpan(file: "inline", line: 2, column: 3))
  }

  @Test("several statements are shown to none, with a limit or without", arguments: [5, nil])
  func severalStatements(limit: Int?) async throws {
    try await fixture.execute("CREATE TABLE kept AS SELECT 1 AS id")
    let error = await #expect(throws: Diagnostic.self) {
      try await self.preview().table(.inline("SELECT 1 AS id;\nDROP TABLE kept"), limit: limit)
    }
    #expect(error?.code == .severalStatements)
    #expect(error?.span == SourceSpan(file: "inline", line: 2, column: 1))
    #expect(try await fixture.rows("SELECT * FROM kept") == [["1"]])
  }
}
