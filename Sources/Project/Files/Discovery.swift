import Diagnostics

/// Finds a project's files: sorted, hidden ones left out, links followed but never in circles.
struct Discovery {
  /// The project's folder, absolute.
  let root: String
  /// What could not be read.
  private(set) var problems: [Diagnostic] = []

  init(root: String) { self.root = root }

  /// The files under `folder` (relative to the root) with one of the extensions, relative to the root, in the
  /// order of their names. A folder that does not exist holds nothing.
  mutating func files(under folder: String, extensions: Set<String>) -> [String] {
    var found: [String] = []
    let path = Path.joined(root, folder)
    guard FileSystem.kind(of: path) == .folder, let identity = FileSystem.identity(of: path) else {
      return found
    }
    walk(folder, extensions, within: [identity], &found)
    return found
  }

  /// The folders that lie directly in `folder`, links to folders among them, relative to the root, in order.
  mutating func folders(in folder: String) -> [String] {
    guard FileSystem.kind(of: Path.joined(root, folder)) == .folder else { return [] }
    do throws(Diagnostic) {
      return try FileSystem.names(in: Path.joined(root, folder), shownAs: folder)
        .filter { $0.utf8.first != UInt8(ascii: ".") }.map { folder + "/" + $0 }
        .filter { FileSystem.kind(of: Path.joined(root, $0)) == .folder }
    } catch {
      problems.append(error)
      return []
    }
  }

  private mutating func walk(
    _ folder: String, _ extensions: Set<String>, within parents: [FileIdentity], _ found: inout [String]
  ) {
    let names: [String]
    do {
      names = try FileSystem.names(in: Path.joined(root, folder), shownAs: folder.isEmpty ? "." : folder)
    } catch {
      problems.append(error)
      return
    }
    for name in names where name.utf8.first != UInt8(ascii: ".") {
      let path = folder.isEmpty ? name : folder + "/" + name
      if extensions.contains(Path.stem(of: name).extension) {
        switch FileSystem.kind(of: Path.joined(root, path)) {
        case .file?: found.append(path)
        case .folder?: descend(path, extensions, within: parents, &found)
        case .other?, nil: problems.append(dangling(path))
        }
      } else if FileSystem.kind(of: Path.joined(root, path)) == .folder {
        descend(path, extensions, within: parents, &found)
      }
    }
  }

  private mutating func descend(
    _ folder: String, _ extensions: Set<String>, within parents: [FileIdentity], _ found: inout [String]
  ) {
    guard let identity = FileSystem.identity(of: Path.joined(root, folder)), !parents.contains(identity)
    else {
      return
    }
    walk(folder, extensions, within: parents + [identity], &found)
  }

  private func dangling(_ path: String) -> Diagnostic {
    Diagnostic(
      .unreadableFile, "\(path) is not a file", at: SourceSpan(file: path),
      hint: "it may be a link to something that is gone; remove it or mend it")
  }
}
