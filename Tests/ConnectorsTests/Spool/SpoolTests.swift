import Diagnostics
import Foundation
import Testing

@testable import Connectors

@Suite("Rows on their way")
struct SpoolTests {
  @Test("files end when they are long enough, and hold all rows in order")
  func rolling() async throws {
    try await TestFolder.with { path in
      let writer = SpoolWriter(in: try SpoolFolder(at: path + "/a/b"), fileSize: 1000)
      let rows = (0..<100).map { #"{"n": \#($0), "text": "\#(String(repeating: "x", count: $0))"}"# }
      for row in rows { try writer.append(Array(row.utf8)) }
      try writer.finish()
      #expect(writer.files.first == path + "/a/b/rows-000001.ndjson")
      #expect(writer.files.count > 5)
      let texts = try writer.files.map { try String(contentsOfFile: $0, encoding: .utf8) }
      #expect(texts.allSatisfy { $0.utf8.count < 1200 && $0.hasSuffix("\n") })
      #expect(texts.joined() == rows.map { $0 + "\n" }.joined())
      #expect(writer.rows == 100)
      #expect(writer.bytes == texts.joined().utf8.count)
      #expect(writer.longestRow == rows[99].utf8.count + 1)
      var reader = LineReader(writer.files)
      var lines: [String] = []
      while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
      #expect(lines == rows)
    }
  }

  @Test("long texts are cut for a look at the types, and nothing else; a long name is not")
  func shortened() async throws {
    try await TestFolder.with { path in
      let long = String(repeating: #"\"é\\"#, count: 1000)
      let rows = #"{"a":"\"b\\","c":[1,"\#(long)" , "d"],"é":"\#(long)"}"# + "\n"
      let folder = try SpoolFolder(at: path)
      let files = [try folder.write("1", rows), try folder.write("2", #"{"a":"cut"#)]
      try #expect(ShortenedRows.write(files, to: path + "/short"))
      #expect(
        try String(contentsOfFile: path + "/short", encoding: .utf8)
          == #"{"a":"\"b\\","c":[1,"x" , "d"],"é":"x"}"# + "\n" + #"{"a":"cut"#)
      let named = try folder.write("3", #"{"\#(long)" :1}"#)
      try #expect(!ShortenedRows.write([named], to: path + "/short"))
    }
  }

  @Test("a row that is laid out over lines becomes one line")
  func lines() async throws {
    try await TestFolder.with { path in
      let writer = SpoolWriter(in: try SpoolFolder(at: path))
      try writer.append(Array("{\n  \"a\": [\r\n 1\n]}".utf8))
      try writer.finish()
      #expect(try String(contentsOfFile: writer.files[0], encoding: .utf8) == "{  \"a\": [ 1]}\n")
    }
  }

  @Test("a folder that cannot be made and a file that cannot be read are told")
  func failures() async throws {
    #expect(throws: Diagnostic.self) { try SpoolFolder(at: "/dev/null/x") }
    var reader = LineReader(["/nowhere/x"])
    do {
      _ = try reader.next()
      Issue.record("a file that is not there was read")
    } catch {
      #expect(error.message == "cannot read /nowhere/x")
      #expect(error.cause == "No such file or directory")
    }
  }

  @Test("safe names are names of files, and no two texts share one")
  func names() {
    let long = String(repeating: "a", count: 200)
    let texts = ["orders", "a b", "a/b", "a%2Fb", ".", "..", "", "é", "a.b", long, long + "b"]
    let names = texts.map(SpoolFolder.safeName)
    #expect(Set(names).count == texts.count)
    #expect(names[0] == "orders")
    for name in names {
      #expect(
        !name.isEmpty && !name.contains("/") && !name.hasPrefix(".") && name.utf8.count <= 140, "\(name)")
    }
  }
}
