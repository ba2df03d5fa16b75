import Diagnostics
import Project

/// What has to be as it was for everything that a run left up to date to be up to date still, as long as the project itself
/// reads the same and no other run came after it.
public struct StandingEvidence: Sendable, Codable, Hashable {
  /// Something that is looked at, and how it was.
  struct Mark: Sendable, Codable, Hashable {
    var name: String
    var state: String?
  }

  /// The states of files that hold rows, and of others that must not change, by path.
  var files: [Mark] = []
  /// The versions of sources that are files, by what reads them.
  var sources: [Mark] = []
  /// The databases that nobody else may have written to.
  var databases: Set<String> = []
  /// The variables of the environment that templates used, sorted, and what stands for their values.
  private var variables: [String] = []
  private var variablesDigest = ""

  /// Nothing: it holds whatever happens.
  public init() {}

  /// Adds a file, as it is now.
  public mutating func watch(_ path: String) {
    files.append(Mark(name: path, state: FileState.text(of: path) ?? FileState.nothing))
  }

  /// Takes note of the variables that templates used, as they are now.
  mutating func use(_ names: Set<String>, in environment: [String: String]) {
    variables = names.sorted()
    variablesDigest = Self.digest(of: variables, in: environment)
  }

  /// Whether all is as it was. `databases` must have looked before anything opened them.
  public func holds(root: String, environment: [String: String], _ databases: DatabaseWatch) -> Bool {
    self.databases.isSubset(of: databases.untouched)
      && variablesDigest == Self.digest(of: variables, in: environment)
      && files.allSatisfy { (FileState.text(of: $0.name) ?? FileState.nothing) == $0.state }
      && sources.allSatisfy { SourceFiles.version(of: $0.name, root: root) == $0.state }
  }

  private static func digest(of names: [String], in environment: [String: String]) -> String {
    if names.isEmpty { return "" }
    var writer = JSONWriter()
    writer.array { list in
      for name in names { list.string(environment[name].map { "\(name)=\($0)" } ?? name) }
    }
    return Digest.sha256(writer.bytes)
  }
}
