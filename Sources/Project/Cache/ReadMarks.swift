import Jinja

/// What a project was read from, as it is kept beside the project: tells cheaply whether anything has changed.
struct ReadMarks {
  /// What became of what was read.
  enum Change {
    /// Nothing changed; some marks may be fresher than those that are kept.
    case none
    /// The contents of these files changed, and nothing else.
    case files([String])
    /// Something came, went, or cannot be told.
    case more
  }

  /// A file, folder or name, where its mark stands, and whether it is as it was.
  private struct Entry: Sendable {
    var path: String
    var mark: ReadRecord.Mark
  }

  private var files: [[Entry]]
  private var folders: [[Entry]]
  private var kinds: [(path: String, kind: String)]
  private var environment: [(name: String, value: UInt64)]
  /// When it was read, in nanoseconds since 1970.
  private var readAt: Int64
  /// Which command read it, where templates asked; else nil.
  private var command: String?

  /// The entries of one part of a list: parts are looked at side by side.
  private static let partSize = 512

  init(_ log: ReadLog, _ options: LoadOptions) {
    let record = log.record
    files = Self.parts(record.files)
    folders = Self.parts(record.folders)
    kinds = record.kinds.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    environment = record.environment.sorted().map { ($0, Self.value(of: $0, options)) }
    readAt = log.startedAt
    command = record.asksCommand ? options.command : nil
  }

  private static func parts(_ marks: [String: ReadRecord.Mark]) -> [[Entry]] {
    let entries = marks.sorted { $0.key < $1.key }.map { Entry(path: $0.key, mark: $0.value) }
    return stride(from: 0, to: entries.count, by: partSize).map {
      Array(entries[$0..<min($0 + partSize, entries.count)])
    }
  }

  /// Stands for a variable's value; zero stands for one that is not set.
  private static func value(of name: String, _ options: LoadOptions) -> UInt64 {
    options.environment[name].map { ContentHash.of($0) | 1 } ?? 0
  }
}

// MARK: - Comparing

extension ReadMarks {
  /// What changed since, and the marks as they are now.
  func compared(_ options: LoadOptions) async -> (change: Change, fresh: ReadMarks?) {
    guard command.map({ $0 == options.command }) ?? true,
      environment.allSatisfy({ $0.value == Self.value(of: $0.name, options) }),
      kinds.allSatisfy({ FileSystem.unnotedKind(of: $0.path)?.rawValue ?? "" == $0.kind })
    else { return (.more, nil) }
    let now = FileFacts.now
    let readAt = readAt
    let foundFolders = await Parallel.chunks(of: folders, atLeast: 1) { parts in
      parts.map { $0.map { Self.look(atFolder: $0, readAt) } }
    }
    let foundFiles = await Parallel.chunks(of: files, atLeast: 1) { parts in
      parts.map { $0.map { Self.look(atFile: $0, readAt) } }
    }
    let found = (foundFolders + foundFiles).lazy.flatMap { $0 }
    if found.contains(where: { $0 == .gone }) || foundFolders.contains(where: { $0.contains(.changed) }) {
      return (.more, nil)
    }
    guard found.contains(where: { $0 != .same }) else { return (.none, nil) }
    var fresh = self
    var changed: [String] = []
    for (part, looks) in foundFiles.enumerated() {
      for (index, look) in looks.enumerated() {
        if case .refreshed(let facts) = look { fresh.files[part][index].mark.facts = facts }
        if look == .changed { changed.append(files[part][index].path) }
      }
    }
    for (part, looks) in foundFolders.enumerated() {
      for (index, look) in looks.enumerated() {
        if case .refreshed(let facts) = look { fresh.folders[part][index].mark.facts = facts }
      }
    }
    fresh.readAt = now
    return (changed.isEmpty ? .none : .files(changed), fresh)
  }

  private enum Look: Equatable {
    case same
    /// Its contents are the same, and the system says something else of it.
    case refreshed(FileFacts)
    case changed
    case gone
  }

  private static func look(atFile entry: Entry, _ readAt: Int64) -> Look {
    guard let facts = FileFacts(path: entry.path) else { return .gone }
    if facts == entry.mark.facts, facts.isSettled(at: readAt) { return .same }
    do {
      let (bytes, facts) = try FileSystem.contents(of: entry.path, shownAs: entry.path)
      return ContentHash.of(bytes) == entry.mark.contents ? .refreshed(facts) : .changed
    } catch {
      // Whoever reads it next says what is wrong with it.
      return .gone
    }
  }

  private static func look(atFolder entry: Entry, _ readAt: Int64) -> Look {
    guard let facts = FileFacts(path: entry.path) else { return .gone }
    if facts == entry.mark.facts, facts.isSettled(at: readAt) { return .same }
    do {
      let contents = ReadRecord.contents(of: try FileSystem.unnotedEntries(in: entry.path))
      return contents == entry.mark.contents ? .refreshed(facts) : .changed
    } catch {
      // Whoever reads it next says what is wrong with it.
      return .gone
    }
  }

  /// Takes in that `paths`, and no other file, count as they were read just now, and what they asked for that nobody had
  /// asked for before.
  mutating func take(_ paths: [String], readBy log: ReadLog, _ options: LoadOptions) {
    let record = log.record
    for part in files.indices {
      for index in files[part].indices where paths.contains(files[part][index].path) {
        if let mark = record.files[files[part][index].path] { files[part][index].mark = mark }
      }
    }
    let known = Set(environment.map(\.name))
    environment += record.environment.subtracting(known).sorted().map { ($0, Self.value(of: $0, options)) }
    if record.asksCommand { command = options.command }
  }
}

// MARK: - Keeping

extension ReadMarks {
  func write(to writer: inout ByteWriter) {
    writer.write(readAt)
    writer.write(command ?? "")
    writer.write(Int64(environment.count))
    for (name, value) in environment {
      writer.write(name)
      writer.write(Int64(bitPattern: value))
    }
    writer.write(Int64(kinds.count))
    for (path, kind) in kinds {
      writer.write(path)
      writer.write(kind)
    }
    for list in [folders, files] {
      writer.write(Int64(list.count))
      for part in list {
        writer.write(Int64(part.count))
        for entry in part {
          writer.write(entry.path)
          writer.write(entry.mark.facts)
          writer.write(Int64(bitPattern: entry.mark.contents))
        }
      }
    }
  }

  init(from reader: inout ByteReader) throws {
    readAt = try reader.readNumber()
    let name = try reader.readText()
    command = name.isEmpty ? nil : name
    environment = try reader.readList { reader in
      let name = try reader.readText()
      return (name, UInt64(bitPattern: try reader.readNumber()))
    }
    kinds = try reader.readList { reader in
      let path = try reader.readText()
      return (path, try reader.readText())
    }
    folders = try Self.readParts(&reader)
    files = try Self.readParts(&reader)
  }

  private static func readParts(_ reader: inout ByteReader) throws -> [[Entry]] {
    try reader.readList { reader in
      try reader.readList { reader in
        let path = try reader.readText()
        let facts = try reader.readFacts()
        let contents = UInt64(bitPattern: try reader.readNumber())
        return Entry(path: path, mark: ReadRecord.Mark(facts: facts, contents: contents))
      }
    }
  }
}
