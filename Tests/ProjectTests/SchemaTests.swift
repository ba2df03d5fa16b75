import Foundation
import Jinja
import Testing

@testable import Project

@Suite("JSON Schemas of loads and connections")
struct SchemaTests {
  private static let schemas: [(name: String, text: String)] = [
    ("loads", LoadShapes.file.schema(title: "Loads of a Weir project").json(pretty: true)),
    ("connections", ConnectionShapes.file.schema(title: "Connections of a Weir project").json(pretty: true)),
  ]

  /// Set `WEIR_RECORD=1` to write the files anew after a shape changed.
  @Test("docs/reference holds the schemas that the shapes give", arguments: ["loads", "connections"])
  func recorded(_ name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/reference/\(name).schema.json").standardizedFileURL
    let expected = try #require(Self.schemas.first { $0.name == name }).text + "\n"
    if ProcessInfo.processInfo.environment["WEIR_RECORD"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(expected.utf8).write(to: file)
    }
    let actual = try String(contentsOf: file, encoding: .utf8)
    #expect(actual == expected, "the schema is not what the shapes say; WEIR_RECORD=1 writes it")
  }

  @Test("a shape becomes a schema: keys, kinds, Jinja, secrets, and keys that depend on one")
  func shapes() {
    let shape = Shape.tagged(
      key: "type",
      cases: [
        .init(
          "a",
          [
            Field("port", .integer(1...9), "the port", isRequired: true),
            Field("password", .text, "the password", isSecret: true),
          ])
      ])
    #expect(
      shape.schema(title: "t").json() == #"""
        {"$schema":"https://json-schema.org/draft/2020-12/schema","title":"t","type":"object",\#
        "required":["type"],"properties":{"type":{"enum":["a"]}},"allOf":[{"if":{"properties":{"type":\#
        {"const":"a"}},"required":["type"]},"then":{"type":"object","additionalProperties":false,\#
        "properties":{"type":{"description":"what it is","anyOf":[{"enum":["a"]},{"type":"string",\#
        "pattern":"\\{[{%]"}]},"port":{"description":"the port","anyOf":[{"type":"integer","minimum":1,\#
        "maximum":9},{"type":"string","pattern":"\\{[{%]"}]},"password":{"description":"the password; from \#
        env_var() or secret(), never as plain text","type":"string","pattern":"\\{[{%]"}},\#
        "required":["port"]}}]}
        """#)
  }

  @Test("the pages of docs/loads name every key of loads and of connections")
  func documented() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/loads")
      .standardizedFileURL
    let pages = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "md" }.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    let fields =
      LoadShapes.anyLoad + LoadShapes.anyTable + ConnectionType.allCases.flatMap(ConnectionShapes.fields)
    let missing = Set(fields.map(\.key)).filter { !pages.contains("`\($0)`") }
    #expect(missing.sorted() == [])
  }
}
