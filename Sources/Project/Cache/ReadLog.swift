import Synchronization

/// Everything outside of the program that reading a project looked at: files, folders, names that may be there, and
/// variables of the environment. `FileSystem` and the templates' `env_var` write it while a log is current.
final class ReadLog: Sendable {
  @TaskLocal static var current: ReadLog?

  /// When the reading began, in nanoseconds since 1970.
  let startedAt = FileFacts.now
  private let state = Mutex(ReadRecord())

  var record: ReadRecord { state.withLock { $0 } }

  func note(file path: String, _ facts: FileFacts, _ bytes: [UInt8]) {
    let contents = ContentHash.of(bytes)
    state.withLock { $0.files[path] = ReadRecord.Mark(facts: facts, contents: contents) }
  }

  /// A folder and what lies in it.
  func note(folder path: String, _ facts: FileFacts, _ entries: [(name: String, kind: FileSystem.Kind?)]) {
    let contents = ReadRecord.contents(of: entries)
    state.withLock { $0.folders[path] = ReadRecord.Mark(facts: facts, contents: contents) }
  }

  /// What was found where somebody looked.
  func note(_ kind: FileSystem.Kind?, at path: String) {
    state.withLock { $0.kinds[path] = kind?.rawValue ?? "" }
  }

  /// A variable that a template asked for, set or not.
  func note(environment name: String) { state.withLock { _ = $0.environment.insert(name) } }

  /// That a template asked which command runs.
  func noteCommand() { state.withLock { $0.asksCommand = true } }
}

/// What a `ReadLog` has collected.
struct ReadRecord {
  /// What a file or folder was when it was read.
  struct Mark {
    var facts: FileFacts
    /// The hash of a file's bytes, or of what lay in a folder.
    var contents: UInt64
  }

  /// By path, absolute or from the working folder as they were read.
  var files: [String: Mark] = [:]
  var folders: [String: Mark] = [:]
  var kinds: [String: String] = [:]
  var environment: Set<String> = []
  var asksCommand = false

  static func contents(of entries: [(name: String, kind: FileSystem.Kind?)]) -> UInt64 {
    var writer = ByteWriter()
    for (name, kind) in entries {
      writer.write(name)
      writer.write(kind?.rawValue ?? "")
    }
    return ContentHash.of(writer.bytes)
  }
}
