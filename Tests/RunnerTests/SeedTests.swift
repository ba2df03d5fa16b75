import Diagnostics
import EngineCore
import Foundation
import Project
import RandomTesting
import Testing

@testable import Runner

@Suite("Seeds")
struct SeedTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @Test("types are those that dbt infers, and the engine reads the cells as such")
  func types() async throws {
    let cases: [(cells: [String], type: String)] = [
      (["1", "-2", "+3"], "INTEGER"), (["1.0", "2.00"], "INTEGER"), (["1e3", "5e0"], "INTEGER"),
      (["007"], "INTEGER"),
      (["1", ""], "INTEGER"), (["", ""], "INTEGER"), (["2147483648"], "BIGINT"),
      (["-2147483649", "1"], "BIGINT"),
      (["9223372036854775808"], "HUGEINT"), (["1.5", "2"], "DOUBLE"), ([".5"], "DOUBLE"),
      (["5e-1"], "DOUBLE"),
      (["1.5", "NaN", "-inf"], "DOUBLE"), (["1_000"], "INTEGER"), (["1,000"], "VARCHAR"), (["$5"], "VARCHAR"),
      (["50%"], "VARCHAR"), (["0x10"], "VARCHAR"), (["--5"], "VARCHAR"), (["1 2"], "VARCHAR"),
      (["e5"], "VARCHAR"),
      (["2024-01-31", "2024-2-1"], "DATE"), (["2024-02-30"], "VARCHAR"), (["2024-01-31", ""], "DATE"),
      (["20240131"], "INTEGER"), (["2024-01-31 10:00:00"], "TIMESTAMP"),
      (["2024-01-31 10:00:00.5"], "VARCHAR"),
      (["2024-01-31T10:00:00"], "TIMESTAMP"), (["2024-01-31T10:00:00.25Z"], "TIMESTAMP"),
      (["2024-01-31T10:00:00+02:00", "2024-01-31T10:00"], "TIMESTAMP"), (["2024-01-31T10:00Z"], "VARCHAR"),
      (["2024-01-31", "2024-01-31 10:00:00"], "VARCHAR"),
      (["true", "FALSE"], "BOOLEAN"), (["true", "1"], "VARCHAR"), (["yes"], "VARCHAR"), (["t"], "VARCHAR"),
      (["a", "1"], "VARCHAR"), (["null", "1"], "INTEGER"), (["NULL", "  ", "1"], "INTEGER"),
      (["null"], "INTEGER"),
      (["null", "a"], "VARCHAR"), ([" true", "null"], "BOOLEAN"), ([" 5 "], "INTEGER"), (["nan"], "DOUBLE"),
    ]
    for (index, example) in cases.enumerated() {
      try fixture.seed("s\(index)", "x,y\n" + example.cells.map { "\"\($0)\",1\n" }.joined())
    }
    let result = try await fixture.run(threads: 2)
    #expect(result.nodes.flatMap(\.diagnostics) == [])
    for (index, example) in cases.enumerated() {
      #expect(
        try await fixture.columns("s\(index)") == ["x \(example.type)", "y INTEGER"], "\(example.cells)")
    }
  }

  @Test("values are as dbt loads them: empty cells are NULL, `null` is NULL but in text")
  func values() async throws {
    try fixture.seed(
      "s",
      #"""
      id,name,flag,day,"odd ""name"""
      1,null, true,2024-01-31,"a
      b"
      null,"",,null,"q""q, "
       ,x y ,false,,é日本
      """# + "\n")
    let result = try await fixture.run()
    #expect(result.nodes.map(\.rows) == [3])
    #expect(
      try await fixture.columns("s") == [
        "id INTEGER", "name VARCHAR", "flag BOOLEAN", "day DATE", "odd \"name\" VARCHAR",
      ])
    #expect(
      try await fixture.rows("SELECT id, name, flag, day, \"odd \"\"name\"\"\" AS odd FROM s") == [
        ["1", "null", "true", "2024-01-31", "a\nb"], ["NULL", "NULL", "NULL", "NULL", "q\"q, "],
        ["NULL", "x y ", "false", "NULL", "é日本"],
      ])
  }

  @Test(
    "line ends, a byte order mark and blank lines make no difference",
    arguments: [
      "a,b\n1,x\n2,y\n", "a,b\r\n1,x\r\n2,y\r\n", "a,b\r1,x\r2,y\r", "a,b\n1,x\n2,y",
      "\u{FEFF}a,b\n1,x\n2,y\n",
      "a,b\n1,x\r\n2,y\n", "a,b\n\n1,x\n\n2,y\n\n", "\n\na,b\n1,x\n2,y\n", "\u{FEFF}\"a\",b\n1,x\n2,y\n",
    ])
  func lineEnds(text: String) async throws {
    try fixture.seed("s", text)
    let result = try await fixture.run()
    #expect(result.nodes.flatMap(\.diagnostics) == [])
    #expect(try await fixture.columns("s") == ["a INTEGER", "b VARCHAR"])
    #expect(try await fixture.rows("SELECT a, b FROM s ORDER BY a") == [["1", "x"], ["2", "y"]])
  }

  @Test("declared types, delimiters and headers without rows are honoured")
  func configuration() async throws {
    try fixture.seed("s", "id;zip;price\n1;007;1.50\n") {
      $0.delimiter = ";"
      $0.columnTypes = [
        ColumnType(column: "zip", type: "varchar(5)"), ColumnType(column: "price", type: "decimal(10, 2)"),
      ]
    }
    try fixture.seed("empty", "a,b\n")
    #expect(try await fixture.run().status == .succeeded)
    #expect(try await fixture.columns("s") == ["id INTEGER", "zip VARCHAR", "price DECIMAL(10,2)"])
    #expect(try await fixture.rows("SELECT zip, price FROM s") == [["007", "1.50"]])
    #expect(try await fixture.rows("SELECT count(*) FROM empty") == [["0"]])
  }

  @Test("columns without a name get a letter, and those that come again a number, with a warning each")
  func oddHeaders() async throws {
    try fixture.seed("s", "id,,id,x\n1,2,3,4\n")
    let result = try await fixture.run()
    #expect(result.status == .succeeded)
    #expect(try await fixture.columns("s").map { $0.split(separator: " ")[0] } == ["id", "b", "id_2", "x"])
    #expect(
      result.nodes[0].diagnostics.map(\.message) == [
        "column 2 has no name: the column is called 'b'",
        "the name 'id' comes twice: the column is called 'id_2'",
      ])
    #expect(result.nodes[0].diagnostics.map(\.severity) == [.warning, .warning])
  }

  @Test(
    "what is no CSV is refused, with its line",
    arguments: [
      ("a,b\n1,2\n1\n3,4\n1,2,3\n", [3, 5]), ("a,b\n1,\"x\n", [2]), ("a,b\n1,\"x\"y\n", [2]), ("", [0]),
      ("a,b\n\"1\n2\",x\n3\n", [4]), ("a,A\n1,2\n", [1]),
    ])
  func malformed(text: String, lines: [Int]) async throws {
    try fixture.seed("s", text)
    let result = try await fixture.run()
    #expect(result.nodes.map(\.status) == [.error])
    #expect(result.nodes[0].diagnostics.map { $0.span?.line } == lines)
    #expect(Set(result.nodes[0].diagnostics.map(\.code)) == [.seedMalformed])
    #expect(Set(result.nodes[0].diagnostics.map { $0.span?.file }) == ["seeds/s.csv"])
  }

  @Test("bytes that are no UTF-8 are refused, with their line")
  func notUTF8() async throws {
    try fixture.seed("s", Array("a\nx\n".utf8) + [0xFF, 0xFE, 10])
    let diagnostics = try await fixture.run().nodes[0].diagnostics
    #expect(diagnostics.map(\.message) == ["the text is not UTF-8"])
    #expect(diagnostics.map { $0.span?.line } == [3])
  }

  @Test("a missing file is told of with its name")
  func missingFile() async throws {
    try fixture.seed("s", "a\n1\n")
    try FileManager.default.removeItem(atPath: fixture.root + "/seeds/s.csv")
    let diagnostics = try await fixture.run().nodes[0].diagnostics
    #expect(diagnostics.map(\.code) == [.seedUnreadable])
    #expect(diagnostics.map(\.message) == ["cannot read the seed's file: No such file or directory"])
  }

  @Test("a seed that fails, or whose check fails, leaves the old rows")
  func keepsOldRows() async throws {
    try fixture.seed("s", "a\n1\n")
    try await fixture.run()
    try fixture.seed("s", "a\n2\n3,4\n")
    #expect(try await fixture.run().nodes.map(\.status) == [.error])
    fixture.check("a", "SELECT * FROM shop.main.s WHERE a = 2")
    try fixture.seed("s", "a\n2\n")
    fixture.steps[0].audits = [NodeID(.check, "shop", "a")]
    #expect(try await fixture.run().nodes.map(\.status) == [.error])
    #expect(try await fixture.rows("SELECT * FROM s") == [["1"]])
  }

  @Test("a seed does not replace a view")
  func viewInTheWay() async throws {
    try await fixture.execute("CREATE VIEW s AS SELECT 1 AS a")
    try fixture.seed("s", "a\n1\n")
    let diagnostics = try await fixture.run().nodes[0].diagnostics
    #expect(diagnostics.map(\.code) == [.relationInTheWay])
    #expect(diagnostics.map(\.message) == ["the seed 's' cannot replace \"shop\".\"main\".\"s\", a view"])
  }

  @Test("a delimiter must be one character", arguments: ["", ";;", "\"", "\n", "é"])
  func badDelimiter(text: String) async throws {
    try fixture.seed("s", "a\n1\n") { $0.delimiter = text }
    #expect(try await fixture.run().nodes[0].diagnostics.map(\.code) == [.seedMalformed])
  }

  @Test("records are the same however the bytes are cut", arguments: 1...60)
  func anyCut(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let alphabet = Array("a1,\"\n\r ".utf8)
    let bytes = (0..<Int(random.next() % 60)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))]
    }
    func records(cuts: [Int]) -> [String] {
      var reader = CSVRecordReader(delimiter: UInt8(ascii: ","))
      var found: [String] = []
      func add(_ record: CSVRecordReader.Record) {
        found.append("\(record.line) \(record.ends) \(Array(record.bytes))")
      }
      do {
        for (start, end) in zip([0] + cuts, cuts + [bytes.count]) {
          try bytes[start..<end].withUnsafeBufferPointer { try reader.read($0, add) }
        }
        try reader.finish(add)
      } catch {
        found.append("\(error)")
      }
      return found
    }
    let cuts = (0..<4).map { _ in Int(random.next() % UInt64(bytes.count + 1)) }.sorted()
    #expect(records(cuts: cuts) == records(cuts: []), "seed \(seed)")
  }
}
