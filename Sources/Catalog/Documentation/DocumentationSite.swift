import Diagnostics
import Planner
import Project

/// The documentation of a project as one page of HTML that holds its data, styles and scripts: it opens from disk, without
/// a server and without a network.
public struct DocumentationSite: Sendable {
  private let data: SiteData

  /// Makes a site. `compiled` is the SQL of what was compiled; `outcomes` is what was last said of nodes.
  public init(
    project: Project, graph: Graph, compiled: [NodeID: String], catalog: CatalogArtifact,
    outcomes: SiteOutcomes = SiteOutcomes(), generatedAt: Double
  ) {
    data = SiteData(
      project: project, graph: graph, compiled: compiled, catalog: catalog, outcomes: outcomes,
      generatedAt: generatedAt)
  }

  /// The page's bytes.
  public func encoded(redactor: Redactor = .none) -> [UInt8] {
    let script = Self.script
    let values: [String: [UInt8]] = [
      "title": Array(Self.escaped("\(data.project.settings.name): documentation").utf8),
      "style": Array(PageSources.style.utf8),
      "script": Array(script.utf8),
      "script-hash": Array("sha256-\(Self.base64(hex: Digest.sha256(script)))".utf8),
      "data": Self.inlined(data.encoded(redactor: redactor)),
    ]
    return Self.filled(PageSources.page, values)
  }

  /// All scripts, so that nothing of them is seen from outside.
  static var script: String {
    "\"use strict\";\n(() => {\n" + PageSources.scripts.joined(separator: "\n") + "})();\n"
  }

  /// JSON that may stand in a page: no text in it can end the element that holds it, or begin a comment.
  static func inlined(_ json: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(json.count + json.count / 64)
    let replacement = Array("\\u003c".utf8)
    var start = 0
    for (place, byte) in json.enumerated() where byte == UInt8(ascii: "<") {
      output += json[start..<place]
      output += replacement
      start = place + 1
    }
    output += json[start...]
    return output
  }

  /// Text as it stands in HTML.
  static func escaped(_ text: String) -> String {
    var output = ""
    for character in text {
      switch character {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "\"": output += "&quot;"
      default: output.append(character)
      }
    }
    return output
  }

  /// The template with each `{{name}}` replaced; what is put in is not looked at again.
  static func filled(_ template: String, _ values: [String: [UInt8]]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(values.reduce(template.utf8.count) { $0 + $1.value.count })
    var rest = Substring(template)
    while let opening = rest.firstRange(of: "{{"),
      let closing = rest[opening.upperBound...].firstRange(of: "}}")
    {
      output += rest[..<opening.lowerBound].utf8
      output += values[String(rest[opening.upperBound..<closing.lowerBound])] ?? []
      rest = rest[closing.upperBound...]
    }
    output += rest.utf8
    return output
  }

  /// The bytes that hexadecimal digits stand for, in base 64.
  static func base64(hex: String) -> String {
    let digits = hex.utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var four: [UInt8] = []
      for _ in 0..<4 {
        four.append(alphabet[bits & 63])
        bits >>= 6
      }
      output += four.reversed().prefix(group.count + 1)
      output += Array(repeating: UInt8(ascii: "="), count: 3 - group.count)
    }
    return String(decoding: output, as: UTF8.self)
  }
}
