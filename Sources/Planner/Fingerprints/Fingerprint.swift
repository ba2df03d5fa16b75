import Diagnostics
import Jinja
import Project

/// The identity of a node's version: equal as long as building it again would do the same. It is made of parts, so that what
/// changed can be told.
public struct Fingerprint: Sendable, Hashable, Codable {
  /// What a fingerprint is made of, in the order of its text.
  public enum Part: Int, Sendable, CaseIterable {
    case code, configuration, macros, surroundings, upstream

    /// In words that fit "… changed".
    public var title: String {
      switch self {
      case .code: "its code"
      case .configuration: "its configuration"
      case .macros: "a macro that it calls"
      case .surroundings: "the target, or a macro that replaces what is built in"
      case .upstream: "the definition of something upstream"
      }
    }
  }

  /// A hash a part, in hex, with spaces between them.
  public let rawValue: String

  /// Takes a stored fingerprint.
  public init(_ rawValue: String) { self.rawValue = rawValue }

  init(_ parts: [Part: String]) {
    rawValue = Part.allCases.map { parts[$0] ?? "" }.joined(separator: " ")
  }

  /// Reads the value from its text.
  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  /// Writes the value as plain data.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  /// The parts that differ.
  public func changes(since earlier: Fingerprint) -> [Part] {
    let now = rawValue.split(separator: " ", omittingEmptySubsequences: false)
    let before = earlier.rawValue.split(separator: " ", omittingEmptySubsequences: false)
    guard now.count == Part.allCases.count, before.count == now.count else { return Part.allCases }
    return Part.allCases.filter { now[$0.rawValue] != before[$0.rawValue] }
  }
}

extension Graph {
  /// The fingerprints of all nodes and sources: of their text, configuration, relation and macros, the target, and the
  /// fingerprints of what they read. What rendering alone can tell, such as variables, is not in them. Costs a hash of the
  /// whole project.
  public func fingerprints(of project: Project) -> [NodeID: Fingerprint] {
    var hashing = FingerprintHashing(project)
    let own = FingerprintHashing.ownParts(of: project.nodes)
    var result = [NodeID: Fingerprint](minimumCapacity: order.count)
    for id in order {
      let upstream = parents(of: id).compactMap { result[$0]?.rawValue }
      if let place = project.nodeIndex[id] {
        result[id] = hashing.fingerprint(of: project.nodes[place], own[place], upstream: upstream)
      } else if let source = project.source(id) {
        result[id] = hashing.fingerprint(of: source)
      }
    }
    return result
  }
}

/// Hashes nodes of one project. Each part is written as a JSON string, so that no two lists of parts are alike.
private struct FingerprintHashing {
  /// Another one where the same project has to be built anew, as Weir makes something else of it.
  private static let format = "2"

  private var surroundings: String
  private let macros: [NodeID: MacroDefinition]
  /// The text of a macro and of all that it calls, by its name.
  private var macroTexts: [NodeID: String] = [:]
  /// What nodes share.
  private var lists: [[NodeID]: String] = [:]

  init(_ project: Project) {
    let target = project.target
    macros = Dictionary(project.macros.map { ($0.id, $0) }) { first, _ in first }
    surroundings = ""
    var texts = Self.parts(of: target)
    for macro in project.replacingMacros { texts.append(text(of: macro.id)) }
    surroundings = Self.hash(texts)
  }

  /// What of a target says where it lies; how many threads it has does not matter.
  private static func parts(of target: Target) -> [String] {
    var kept = target.visibleValues.dictValue ?? DataMap()
    kept["threads"] = nil
    return [
      format, target.type, target.name, target.database, target.schema,
      DataValue.dict(kept).json(sortKeys: true),
    ]
  }

  /// What a node says itself.
  struct OwnParts: Sendable {
    var code: String
    var configuration: String
  }

  /// What each node says itself, hashed side by side.
  static func ownParts(of nodes: [Node]) -> [OwnParts] {
    Parallel.chunks(of: nodes.count, size: 256) { range in
      nodes[range].map { OwnParts(code: code(of: $0), configuration: configuration(of: $0)) }
    }
  }

  mutating func fingerprint(of node: Node, _ own: OwnParts, upstream: [String]) -> Fingerprint {
    Fingerprint([
      .code: own.code, .configuration: own.configuration, .macros: texts(of: node.macros),
      .surroundings: surroundings, .upstream: upstream.isEmpty ? "" : Self.hash(upstream),
    ])
  }

  private static func code(of node: Node) -> String {
    var parts = [node.id.rawValue, node.checksum.isEmpty ? node.code : node.checksum]
    if case .generic(let check)? = node.check {
      parts += [check.name, check.column ?? "", check.arguments.json(sortKeys: true)]
    }
    if let function = node.function {
      parts.append(function.kind.rawValue)
      for argument in function.arguments {
        parts += [argument.name, argument.dataType, argument.defaultValue?.json() ?? ""]
      }
      parts.append(function.returns?.dataType ?? "")
    }
    if let test = node.unitTest { parts.append(test.checksum) }
    return hash(parts)
  }

  private static func configuration(of node: Node) -> String {
    var parts = [node.config.values.json(sortKeys: true)] + (node.relation?.path ?? [])
    if node.config.contract.isEnforced || DocumentationSQL.isWanted(by: node) {
      parts += [node.description, node.contractChecksum ?? ""]
      for column in node.columns { parts += [column.name, column.dataType ?? "", column.description] }
    }
    return hash(parts)
  }

  private mutating func texts(of ids: [NodeID]) -> String {
    if ids.isEmpty { return "" }
    if let known = lists[ids] { return known }
    let hash = Self.hash(ids.map { text(of: $0) })
    lists[ids] = hash
    return hash
  }

  func fingerprint(of source: SourceTable) -> Fingerprint {
    let place = source.relation.path + [source.relation.expression ?? ""]
    return Fingerprint([.code: Self.hash(["source"] + place), .surroundings: surroundings])
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
    let hash = Self.hash(seen.sorted().flatMap { [$0.rawValue, macros[$0]?.code ?? ""] })
    macroTexts[id] = hash
    return hash
  }

  private static func hash(_ parts: [String]) -> String {
    var writer = JSONWriter()
    writer.array { for part in parts { $0.string(part) } }
    return Digest.sha256(writer.bytes)
  }
}
