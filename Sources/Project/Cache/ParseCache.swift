import Diagnostics
import Jinja

/// Where a project is kept as it was read, so that reading it again costs little while its files are as they were.
///
/// Three files for each way of reading (target, variables, flags): `.marks` says what was read, `.project` what came of it,
/// and `.edits` holds the parts of that which are others since. Whatever is missing, damaged or not of this program and
/// these settings is as if it were not there.
struct ParseCache: Sendable {
  let folder: String
  /// The files' name without their ending.
  let name: String
  /// Stands for the program and everything else that is read anew each time.
  private let conditions: UInt64

  private static let marksKind = "weir marks 1"
  /// How many ways of reading a project are kept.
  private static let capacity = 4

  /// Nil where nothing is to be kept, or the program cannot tell itself from another version of it.
  init?(_ options: LoadOptions, _ settings: SettingsStage) {
    let flag = settings.settings.values["flags"]?["partial_parse"]
    guard options.isPartial ?? (flag != .bool(false)) else { return nil }
    guard let folder = options.cacheFolder, settings.isUsable,
      let program = FileFacts(path: "/proc/self/exe"),
      !settings.problems.contains(where: { $0.severity == .error })
    else { return nil }
    self.folder = folder
    let target = settings.target
    let way = [
      options.projectRoot, target.profileName, target.name, options.vars.json(),
      "\(options.isFullRefresh) \(options.storesFailures as Bool?)", options.environment["HOME"] ?? "",
    ]
    name = String(ContentHash.of(way.joined(separator: "\n")), radix: 16)
    let facts = [program.size, program.modified, program.number].map { "\($0)" }
    conditions = ContentHash.of(
      (way + facts + [
        target.type, target.database, target.schema, target.visibleValues.json(), settings.file.text,
        settings.root.data.json(), settings.vars.json(),
      ]).joined(separator: "\n"))
  }

  private var marksPath: String { "\(folder)/\(name).marks" }
  private var projectPath: String { "\(folder)/\(name).project" }
  private var editsPath: String { "\(folder)/\(name).edits" }

  // MARK: - Reading

  /// What is kept of this project, read this way; nil if nothing is that can be used.
  func open() -> KeptMarks? {
    guard let parts = CacheParts(marksPath, kind: Self.marksKind) else { return nil }
    do {
      let marks = try KeptMarks(ByteReader(try parts.part(0).bytes))
      return marks.conditions == conditions && marks.validUntil > FileFacts.now ? marks : nil
    } catch {
      // Damaged: as if it were not there.
      return nil
    }
  }

  /// The project that marks belong to; nil if it is not there whole.
  func project(of marks: KeptMarks) -> KeptProject? {
    guard let parts = CacheParts(projectPath, kind: KeptProject.kind), parts.identity == marks.project.whole
    else {
      return nil
    }
    do {
      guard marks.project.edits != 0 else { return try KeptProject(parts) }
      guard let edits = CacheParts(editsPath, kind: KeptProject.editsKind),
        edits.identity == marks.project.edits
      else { return nil }
      return try KeptProject(parts, edits)
    } catch {
      // Damaged: the project is read from its own files.
      return nil
    }
  }

  // MARK: - Keeping

  /// Keeps a project. Gives what stands for it; nil if it cannot be kept.
  func keep(
    _ marks: ReadMarks, _ project: Project, _ macroFiles: [KeptProject.MacroFile], _ problems: [Diagnostic]
  ) async -> KeptIdentity? {
    let parts: [CachePart]
    do {
      parts = try await KeptProject.encoded(project, macroFiles: macroFiles)
    } catch {
      // Something that cannot be written: the project is read anew each time.
      return nil
    }
    guard let identity = keep(parts) else { return nil }
    FileSystem.remove(editsPath)
    let kept = KeptMarks(
      conditions: conditions, project: identity, validUntil: project.unchangedUntil, counts: project.counts,
      problems: problems, marks: marks)
    guard keep(kept) else { return nil }
    prune()
    return identity
  }

  /// Keeps a project in which models changed; whether that went well.
  func keep(_ project: KeptProject, _ kept: inout KeptMarks) -> Bool {
    do {
      if let edits = try project.encodedEdits() {
        let (bytes, identity) = CacheFile.assemble(KeptProject.editsKind, edits)
        guard CacheFile.replace(editsPath, with: bytes) else { return false }
        kept.project.edits = identity
      } else {
        guard let identity = keep(try project.encoded()) else { return false }
        kept.project = identity
      }
    } catch {
      // Damaged, or something that cannot be written: the project is read anew each time.
      return false
    }
    return keep(kept)
  }

  private func keep(_ parts: [CachePart]) -> KeptIdentity? {
    let (bytes, identity) = CacheFile.assemble(KeptProject.kind, parts)
    return CacheFile.replace(projectPath, with: bytes) ? KeptIdentity(whole: identity) : nil
  }

  @discardableResult
  func keep(_ kept: KeptMarks) -> Bool {
    var writer = ByteWriter()
    do {
      try kept.write(to: &writer)
    } catch {
      // Something that cannot be written: the project is read anew each time.
      return false
    }
    return CacheFile.replace(
      marksPath, with: CacheFile.assemble(Self.marksKind, [CachePart(writer.bytes)]).bytes)
  }

  /// Removes the ways of reading that were kept longest ago, beyond those that may stay, and what processes left that
  /// were killed while they wrote.
  private func prune() {
    let names: [String]
    do {
      names = try FileSystem.unnotedEntries(in: folder).map(\.name)
    } catch {
      // It was there just now: whoever removed it has tidied up.
      return
    }
    let minute: Int64 = 60_000_000_000
    for name in names where name.hasSuffix(".tmp") {
      let modified = FileFacts(path: "\(folder)/\(name)")?.modified ?? 0
      if modified < FileFacts.now - minute { FileSystem.remove("\(folder)/\(name)") }
    }
    let known = names.filter { $0.hasSuffix(".marks") }.map { String($0.dropLast(6)) }
    guard known.count > Self.capacity else { return }
    let aged = known.map { ($0, FileFacts(path: "\(folder)/\($0).marks")?.modified ?? 0) }
    for (name, _) in aged.sorted(by: { $0.1 > $1.1 }).dropFirst(Self.capacity) {
      for ending in ["marks", "project", "edits", "written"] + KeptValue.allCases.map(\.rawValue) {
        FileSystem.remove("\(folder)/\(name).\(ending)")
      }
    }
  }

  // MARK: - Artifacts

  private var writtenPath: String { "\(folder)/\(name).written" }
  private static let writtenKind = "weir written 1"

  /// Notes that a file now holds what was made of the kept project alone.
  func note(written path: String, of project: KeptIdentity) {
    guard let facts = FileFacts(path: path) else { return }
    var writer = ByteWriter()
    project.write(to: &writer)
    writer.write(path)
    writer.write(facts)
    _ = CacheFile.replace(
      writtenPath, with: CacheFile.assemble(Self.writtenKind, [CachePart(writer.bytes)]).bytes)
  }

  /// Whether a file still holds what was made of the kept project.
  func isWritten(_ path: String, of project: KeptIdentity) -> Bool {
    guard let parts = CacheParts(writtenPath, kind: Self.writtenKind), let facts = FileFacts(path: path)
    else {
      return false
    }
    do {
      var reader = ByteReader(try parts.part(0).bytes)
      return try KeptIdentity(from: &reader) == project && reader.readText() == path
        && reader.readFacts() == facts
    } catch {
      // Damaged: the file is written again.
      return false
    }
  }
}

/// Which project is kept: the identities of the file that holds it and of the one that holds edits, zero without edits.
struct KeptIdentity: Equatable, Sendable {
  var whole: UInt64
  var edits: UInt64 = 0
}

extension KeptIdentity {
  init(from reader: inout ByteReader) throws {
    whole = UInt64(bitPattern: try reader.readNumber())
    edits = UInt64(bitPattern: try reader.readNumber())
  }

  func write(to writer: inout ByteWriter) {
    writer.write(Int64(bitPattern: whole))
    writer.write(Int64(bitPattern: edits))
  }
}

/// What is kept beside a project: enough to say that nothing has changed, without the project itself.
struct KeptMarks {
  var conditions: UInt64
  /// Which project it is.
  var project: KeptIdentity
  /// Until when it would read the same, in nanoseconds since 1970.
  var validUntil: Int64
  var counts: [ResourceType: Int]
  var problems: [Diagnostic]
  var marks: ReadMarks
}

extension KeptMarks {
  init(_ reader: ByteReader) throws {
    var reader = reader
    conditions = UInt64(bitPattern: try reader.readNumber())
    project = try KeptIdentity(from: &reader)
    validUntil = try reader.readNumber()
    let pairs = try reader.readList { reader -> (ResourceType, Int) in
      guard let type = ResourceType(rawValue: try reader.readText()) else { throw ByteReader.Damage() }
      return (type, Int(try reader.readNumber()))
    }
    counts = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    problems = try PositionalDecoder.value(of: ByteReader(try reader.readBytes()))
    marks = try ReadMarks(from: &reader)
  }

  func write(to writer: inout ByteWriter) throws {
    writer.write(Int64(bitPattern: conditions))
    project.write(to: &writer)
    writer.write(validUntil)
    writer.write(Int64(counts.count))
    for (type, count) in counts {
      writer.write(type.rawValue)
      writer.write(Int64(count))
    }
    writer.write(try PositionalEncoder.bytes(of: problems))
    marks.write(to: &writer)
  }
}

extension Project {
  /// How many there are of each kind of resource that is enabled.
  public var counts: [ResourceType: Int] {
    var counts: [ResourceType: Int] = [.source: sources.count, .exposure: exposures.count]
    for node in nodes { counts[node.resourceType, default: 0] += 1 }
    for resource in semantics { counts[resource.resourceType, default: 0] += 1 }
    return counts
  }

  /// When the next of its dates comes that change what is told of it, in nanoseconds since 1970.
  var unchangedUntil: Int64 {
    let now = FileFacts.now
    let moments = nodes.compactMap(\.deprecationDate).map { $0.moment * 1_000_000_000 }
    return moments.filter { $0 > Double(now) && $0 < 9e18 }.min().map { Int64($0) } ?? .max
  }
}
