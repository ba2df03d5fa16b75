import Diagnostics

/// Starts a small project that builds as it is.
struct InitializeOperation {
  let workingFolder: String

  /// What was made, in words for the person who asked.
  struct Created: CustomStringConvertible {
    var name: String
    /// The folder as it is reached from where the person is; nil if they are in it.
    var folder: String?
    var files: [String]

    var description: String {
      let place = folder ?? "."
      var lines = ["Created the project '\(name)' in \(place):"]
      lines += files.map { "  \($0)" }
      lines += ["", "Next:"]
      if let folder { lines.append("  cd \(folder)") }
      lines += [
        "  weir build                       load, model, check and publish",
        "  weir show --select customers     look at the result",
      ]
      return lines.joined(separator: "\n")
    }
  }

  /// Makes the project in the folder `name`, or here. Throws if something is there already.
  func perform(name: String?) throws(Diagnostic) -> Created {
    guard name?.isEmpty != true else {
      throw Diagnostic(.usage, "the new project has no name", hint: "give one, as in 'weir init shop'")
    }
    let root = LocalFiles.absolute(name ?? ".", from: workingFolder)
    let last = root.split(separator: "/").last.map(String.init) ?? ""
    let project = try Self.projectName(of: last)
    if LocalFiles.exists(root) {
      // A fresh repository is a good place for a project.
      guard try LocalFiles.names(in: root).allSatisfy({ [".git", ".gitignore", "LICENSE"].contains($0) })
      else {
        throw Diagnostic(
          .folderNotEmpty, "the folder '\(TerminalText.oneLine(name ?? root))' is not empty",
          hint: "give a new name, as in 'weir init shop'")
      }
    }
    var files: [String] = []
    for (path, text) in ProjectTemplate.files(project) {
      let target = root + "/" + path
      if path == ".gitignore", LocalFiles.exists(target) { continue }
      let folder = target.split(separator: "/").dropLast().joined(separator: "/")
      try LocalFiles.createFolder("/" + folder)
      try LocalFiles.create(target, text)
      files.append(path)
    }
    let isHere = root == LocalFiles.absolute(".", from: workingFolder)
    return Created(name: project, folder: isHere ? nil : name, files: files)
  }

  /// A project's name made of a folder's: letters, digits and underscores, no digit first.
  static func projectName(of folder: String) throws(Diagnostic) -> String {
    var result = ""
    for scalar in folder.lowercased().unicodeScalars {
      let isWord = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
      result.unicodeScalars.append(isWord ? scalar : "_")
    }
    guard result.contains(where: { $0 != "_" }) else {
      throw Diagnostic(
        .usage, "'\(TerminalText.oneLine(folder))' gives no name for a project",
        hint: "use letters, digits and underscores, as in 'weir init shop'")
    }
    return result.first?.isNumber == true ? "_" + result : result
  }
}
