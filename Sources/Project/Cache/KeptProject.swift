import Diagnostics
import EngineCore
import Jinja

/// What a project's own files define, as it is kept: all but the settings and the target, which are read each time.
struct KeptProject {
  var base: Base
  /// The enabled nodes, in the order of their names, in parts.
  var nodes: [[NodeFields]]

  /// Everything but the nodes.
  struct Base: Codable {
    var disabled: [NodeFields]
    var operations: [NodeFields]
    var sources: [SourceTable]
    var exposures: [Exposure]
    var groups: [GroupDefinition]
    var semantics: [SemanticResource]
    var disabledSemantics: [SemanticResource]
    var docs: [DocsBlock]
    var macros: [KeptMacro]
    var macroFiles: [MacroFile]
  }

  /// A macro without its text, which is read again.
  struct KeptMacro: Codable {
    var id: NodeID
    var file: String
    var description: String
    var dependencies: [NodeID]
    var propertiesPath: String?
    var properties: DataValue
  }

  /// A file that defines macros, and its package.
  struct MacroFile: Codable {
    var place: FilePlace
    var package: String
  }

  /// How many nodes a part has: parts are read side by side.
  static let partSize = 512

  init(_ project: Project, macroFiles: [MacroFile]) {
    base = Base(
      disabled: project.disabled.map(\.fields), operations: project.operations.map(\.fields),
      sources: project.sources, exposures: project.exposures, groups: project.groups,
      semantics: project.semantics, disabledSemantics: project.disabledSemantics, docs: project.docs,
      macros: project.macros.map { macro in
        KeptMacro(
          id: macro.id, file: macro.span.file, description: macro.description,
          dependencies: macro.dependencies, propertiesPath: macro.propertiesPath,
          properties: macro.properties)
      }, macroFiles: macroFiles)
    nodes = stride(from: 0, to: project.nodes.count, by: Self.partSize).map { start in
      project.nodes[start..<min(start + Self.partSize, project.nodes.count)].map(\.fields)
    }
  }
}

extension KeptProject {
  static let kind = "weir project 1"

  /// The bytes of each part, the base first.
  func encoded() async throws -> [[UInt8]] {
    let parts = await Parallel.chunks(of: nodes, atLeast: 1) { parts in
      parts.map { part in Result { try PositionalEncoder.bytes(of: part) } }
    }
    return [try PositionalEncoder.bytes(of: base)] + (try parts.map { try $0.get() })
  }

  init(_ parts: CacheParts) async throws {
    base = try parts.decode(0)
    let found = await Parallel.chunks(of: Array(1..<max(parts.count, 1)), atLeast: 1) { indices in
      indices.map { index in Result<[NodeFields], any Error> { try parts.decode(index) } }
    }
    nodes = try found.map { try $0.get() }
  }

  /// The macros with their texts. Throws if a file no longer defines what it did.
  func macros(root: String) async throws -> [MacroDefinition] {
    let found = await Parallel.chunks(of: base.macroFiles, atLeast: 4) { files in
      files.map { file in
        Result<[MacroDefinition], any Error> {
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
