import Diagnostics
import EngineCore
import Jinja

/// What a project's own files define, as it is kept: all but the settings and the target, which are read each time. Its
/// nodes stand in parts in the order of their names, and a part is read when somebody asks for it.
struct KeptProject {
  var base: Base
  private let source: CacheParts
  /// The parts that are not as the source has them, and of these the ones that nobody asked for yet.
  private var changed: [Int: [NodeFields]] = [:]
  private var pending: [Int: CachePart] = [:]

  static let kind = "weir project 1"
  static let editsKind = "weir edits 1"
  /// How many parts may be others before the whole is written again.
  private static let maximumEdits = 8
  /// How many nodes a part has: parts are read side by side.
  private static let partSize = 512

  /// Reads what every use needs. Throws if it is damaged.
  init(_ source: CacheParts, _ edits: CacheParts? = nil) throws {
    self.source = source
    base = try source.decode(0)
    guard base.firsts.count == source.count - 1 else { throw ByteReader.Damage() }
    guard let edits else { return }
    let indices: [Int] = try edits.decode(0)
    guard indices.count == edits.count - 1, indices.allSatisfy({ $0 >= 1 && $0 < source.count }) else {
      throw ByteReader.Damage()
    }
    for (place, index) in indices.enumerated() { pending[index] = try edits.part(place + 1) }
  }

  /// The bytes of a project, the base first.
  static func encoded(_ project: Project, macroFiles: [MacroFile]) async throws -> [CachePart] {
    let starts = Array(stride(from: 0, to: project.nodes.count, by: partSize))
    let base = Base(project, macroFiles: macroFiles, firsts: starts.map { project.nodes[$0].id })
    let nodes = project.nodes
    let parts = await Parallel.chunks(of: starts, atLeast: 1) { starts in
      starts.map { start in
        Result {
          let part = nodes[start..<min(start + partSize, nodes.count)].map(\.fields)
          return CachePart(try PositionalEncoder.bytes(of: part))
        }
      }
    }
    return [CachePart(try PositionalEncoder.bytes(of: base))] + (try parts.map { try $0.get() })
  }

  /// The bytes, with what was changed in them.
  func encoded() throws -> [CachePart] {
    try (0..<source.count).map { try encoded($0) }
  }

  /// The bytes of the parts that are others than the source's, the list of them first; nil if they are too many.
  func encodedEdits() throws -> [CachePart]? {
    let indices = Set(changed.keys).union(pending.keys).sorted()
    guard indices.count <= Self.maximumEdits else { return nil }
    return [CachePart(try PositionalEncoder.bytes(of: indices))] + (try indices.map { try encoded($0) })
  }

  private func encoded(_ index: Int) throws -> CachePart {
    if let nodes = changed[index] { return CachePart(try PositionalEncoder.bytes(of: nodes)) }
    return try pending[index] ?? source.part(index)
  }
}

extension KeptProject {
  /// Everything but the nodes.
  struct Base: Codable {
    /// The first name of each part.
    var firsts: [NodeID]
    var disabled: [NodeFields]
    var operations: [NodeFields]
    var sources: [SourceTable]
    var exposures: [Exposure]
    var groups: [GroupDefinition]
    var semantics: [SemanticResource]
    var disabledSemantics: [SemanticResource]
    var docs: [DocsBlock]
    /// The models that unit tests look at.
    var testedModels: [NodeID]
    var macros: [KeptMacro]
    var macroFiles: [MacroFile]

    init(_ project: Project, macroFiles: [MacroFile], firsts: [NodeID]) {
      self.firsts = firsts
      disabled = project.disabled.map(\.fields)
      operations = project.operations.map(\.fields)
      (sources, exposures) = (project.sources, project.exposures)
      (groups, docs) = (project.groups, project.docs)
      (semantics, disabledSemantics) = (project.semantics, project.disabledSemantics)
      testedModels = (project.nodes + project.disabled).compactMap { $0.unitTest?.modelNode }
      macros = project.macros.map(KeptMacro.init)
      self.macroFiles = macroFiles
    }
  }

  /// A macro without its text, which is read again.
  struct KeptMacro: Codable {
    var id: NodeID
    var description: String
    var dependencies: [NodeID]
    var propertiesPath: String?
    var properties: DataValue

    init(_ macro: MacroDefinition) {
      id = macro.id
      description = macro.description
      dependencies = macro.dependencies
      propertiesPath = macro.propertiesPath
      properties = macro.properties
    }
  }

  /// A file that defines macros, and its package.
  struct MacroFile: Codable {
    var place: FilePlace
    var package: String
  }
}

// MARK: - Nodes and macros

extension KeptProject {
  /// All nodes, in the order of their names.
  func nodes() async throws -> [Node] {
    let found = await Parallel.chunks(of: Array(1..<max(source.count, 1)), atLeast: 1) { indices in
      indices.map { index in Result { try part(index).map(Node.init) } }
    }
    return try found.flatMap { try $0.get() }
  }

  private func part(_ index: Int) throws -> [NodeFields] {
    if let nodes = changed[index] { return nodes }
    guard let part = pending[index] else { return try source.decode(index) }
    return try PositionalDecoder.value(of: ByteReader(part.bytes))
  }

  /// A node, and where it stands.
  func node(_ id: NodeID) throws -> (fields: NodeFields, place: (part: Int, index: Int))? {
    guard let part = base.firsts.lastIndex(where: { $0 <= id }).map({ $0 + 1 }) else { return nil }
    let nodes = try self.part(part)
    guard let index = nodes.firstIndex(where: { $0.id == id }) else { return nil }
    return (nodes[index], (part, index))
  }

  mutating func replace(_ place: (part: Int, index: Int), by fields: NodeFields) throws {
    var nodes = try part(place.part)
    nodes[place.index] = fields
    changed[place.part] = nodes
  }

  /// The macros with their texts. Throws if a file no longer defines what it did.
  func macros(root: String) async throws -> [MacroDefinition] {
    let found = await Parallel.chunks(of: base.macroFiles, atLeast: 4) { files in
      files.map { file in
        Result {
          let text = try FileSystem.text(of: Path.joined(root, file.place.path), shownAs: file.place.path)
          return try MacroReader.macros(text, file.place, file.package)
        }
      }
    }
    var definitions: [NodeID: MacroDefinition] = [:]
    for definition in try found.flatMap({ try $0.get() }) { definitions[definition.id] = definition }
    return try base.macros.map { kept in
      guard var macro = definitions[kept.id] else { throw ByteReader.Damage() }
      macro.description = kept.description
      macro.dependencies = kept.dependencies
      macro.propertiesPath = kept.propertiesPath
      macro.properties = kept.properties
      return macro
    }
  }
}
