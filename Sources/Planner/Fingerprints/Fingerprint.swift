import Diagnostics
import Jinja
import Project

/// The identity of a node's version: equal as long as building it again would do the same.
public struct Fingerprint: Sendable, Hashable, Codable {
  /// SHA-256 in hex.
  public let rawValue: String

  /// Takes a stored fingerprint.
  public init(_ rawValue: String) { self.rawValue = rawValue }

  /// Reads the value from its text.
  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  /// Writes the value as plain data.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

extension Graph {
  /// The fingerprints of all nodes and sources: of their text, configuration, relation and macros, the variables,
  /// the target, and the fingerprints of what they read. Costs a hash of the whole project.
  public func fingerprints(of project: Project) -> [NodeID: Fingerprint] {
    var hashing = FingerprintHashing(project)
    var result = [NodeID: Fingerprint](minimumCapacity: order.count)
    for id in order {
      let upstream = (parents[id] ?? []).compactMap { result[$0]?.rawValue }
      if let node = project.node(id) {
        result[id] = hashing.fingerprint(of: node, upstream: upstream)
      } else if let source = project.source(id) {
        result[id] = hashing.fingerprint(of: source)
      }
    }
    return result
  }
}

/// Hashes nodes of one project. Each part is written as a JSON string, so that no two lists of parts are alike.
private struct FingerprintHashing {
  private let environment: [String]
  private let macros: [NodeID: MacroDefinition]
  /// The text of a macro and of all that it calls, by its name.
  private var macroTexts: [NodeID: String] = [:]

  init(_ project: Project) {
    let target = project.target
    environment = [
      target.type, target.name, target.database, target.schema, project.vars.json(sortKeys: true),
    ]
    macros = Dictionary(project.macros.map { ($0.id, $0) }) { first, _ in first }
  }

  mutating func fingerprint(of node: Node, upstream: [String]) -> Fingerprint {
    var parts = environment + ["node", node.id.rawValue, node.checksum.isEmpty ? node.code : node.checksum]
    parts.append(node.config.values.json(sortKeys: true))
    parts.append(contentsOf: node.relation?.path ?? [])
    if case .generic(let check)? = node.check {
      parts.append(contentsOf: [check.name, check.column ?? "", check.arguments.json(sortKeys: true)])
    }
    parts.append("macros")
    parts.append(contentsOf: node.macros.map { text(of: $0) })
    parts.append("upstream")
    return Self.hash(parts + upstream)
  }

  func fingerprint(of source: SourceTable) -> Fingerprint {
    Self.hash(environment + ["source"] + source.relation.path + [source.relation.expression ?? ""])
  }

  /// The hash of a macro's text and of those that it calls, however they call each other.
  private mutating func text(of id: NodeID) -> String {
    if let known = macroTexts[id] { return known }
    var seen: Set<NodeID> = []
    var stack = [id]
    while let next = stack.popLast() {
      guard seen.insert(next).inserted, let macro = macros[next] else { continue }
      stack.append(contentsOf: macro.dependencies)
    }
    let hash = Self.hash(seen.sorted().flatMap { [$0.rawValue, macros[$0]?.code ?? ""] }).rawValue
    macroTexts[id] = hash
    return hash
  }

  private static func hash(_ parts: [String]) -> Fingerprint {
    var writer = JSONWriter()
    writer.array { for part in parts { $0.string(part) } }
    return Fingerprint(Digest.sha256(writer.bytes))
  }
}
