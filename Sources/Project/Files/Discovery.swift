import Diagnostics

/// Finds a project's files: sorted, hidden ones left out, links followed but never in circles.
struct Discovery {
  /// The project's folder, absolute.
  let root: String
  /// What could not be read.
  private(set) var problems: [Diagnostic] = []
  private var listings: [String: [Entry]] = [:]

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

  /// A name in a folder.
  private struct Entry {
    var path: String
    /// In lower case.
    var ending: String
    var kind: FileSystem.Kind?
  }

  /// What lies in a folder, hidden names left out: asked of the disk once, however many kinds of files are looked for.
  private mutating func entries(in folder: String) -> [Entry]? {
    if let known = listings[folder] { return known }
    do {
      let found = try FileSystem.entries(
        in: Path.joined(root, folder), shownAs: folder.isEmpty ? "." : folder)
      let entries = found.lazy.filter { $0.name.utf8.first != UInt8(ascii: ".") }.map { name, kind in
        Entry(
          path: folder.isEmpty ? name : folder + "/" + name, ending: Path.stem(of: name).extension, kind: kind
        )
      }
      listings[folder] = Array(entries)
    } catch {
      problems.append(error)
      return nil
    }
    return listings[folder]
  }

  private mutating func walk(
    _ folder: String, _ extensions: Set<String>, within parents: [FileIdentity], _ found: inout [String]
  ) {
    for entry in entries(in: folder) ?? [] {
      if extensions.contains(entry.ending) {
        switch entry.kind {
        case .file?: found.append(entry.path)
        case .folder?: descend(entry.path, extensions, within: parents, &found)
        case .other?, nil: problems.append(dangling(entry.path))
        }
      } else if entry.kind == .folder {
        descend(entry.path, extensions, within: parents, &found)
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
