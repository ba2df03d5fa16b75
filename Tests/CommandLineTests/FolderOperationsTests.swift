import Diagnostics
import Foundation
import Jinja
import Project
import Testing

@testable import CommandLine

/// A folder of a test's own, removed with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit {
    // What is left in the temporary folder harms nobody.
    try? FileManager.default.removeItem(atPath: path)
  }

  func write(_ name: String, _ text: String = "x") throws {
    let file = URL(filePath: path).appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}

@Suite struct FolderOperationsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A new project is a folder with all it needs, and says what to do next")
  func initialize() throws {
    let created = try InitializeOperation(workingFolder: folder.path).perform(name: "My-shop")
    #expect(created.name == "my_shop")
    #expect(created.folder == "My-shop")
    #expect(created.description.hasPrefix("Created the project 'my_shop' in My-shop:\n  weir.yml\n"))
    #expect(
      created.description.hasSuffix(
        """
        Next:
          cd My-shop
          weir build                       load, model, check and publish
          weir show --select customers     look at the result
        """))
    #expect(LocalFiles.text(of: folder.path + "/My-shop/weir.yml")?.hasPrefix("name: my_shop\n") == true)
    #expect(
      try LocalFiles.names(in: folder.path + "/My-shop/models") == ["customers.sql", "models.yml", "staging"])
  }

  @Test("A folder that holds something is left alone")
  func notEmpty() throws {
    try folder.write("shop/notes.txt", "mine")
    #expect(
      throws: Diagnostic(
        .folderNotEmpty, "the folder 'shop' is not empty", hint: "give a new name, as in 'weir init shop'")
    ) { try InitializeOperation(workingFolder: folder.path).perform(name: "shop") }
    #expect(try LocalFiles.names(in: folder.path + "/shop") == ["notes.txt"])
  }

  @Test("A project without a name, or where a file is, is refused with the reason")
  func noPlace() throws {
    try folder.write("notes", "mine")
    let operation = InitializeOperation(workingFolder: folder.path)
    #expect(
      throws: Diagnostic(
        .usage, "the new project has no name", hint: "give one, as in 'weir init shop'")
    ) { try operation.perform(name: "") }
    #expect(
      throws: Diagnostic(
        .unwritableFile, "cannot read the folder '\(folder.path)/notes'", cause: "Not a directory")
    ) { try operation.perform(name: "notes") }
  }

  @Test(
    "Names of projects are made of folders' names",
    arguments: [("shop", "shop"), ("My Shop", "my_shop"), ("2024", "_2024"), ("a.b-c", "a_b_c")])
  func names(_ folder: String, _ expected: String) throws {
    #expect(try InitializeOperation.projectName(of: folder) == expected)
  }

  @Test("A name without letters or digits is refused")
  func noName() {
    #expect(
      throws: Diagnostic(
        .usage, "'日本' gives no name for a project",
        hint: "use letters, digits and underscores, as in 'weir init shop'")
    ) { try InitializeOperation.projectName(of: "日本") }
  }

  private func settings(_ targets: [String]) -> ProjectSettings {
    var settings = ProjectSettings(name: "shop", root: folder.path, file: "weir.yml", values: .none)
    settings.cleanTargets = targets
    return settings
  }

  @Test("Only folders inside the project are deleted, and all others are named at once")
  func unsafeTargets() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: NSTemporaryDirectory())
    do {
      _ = try CleanOperation.checked(
        settings([
          "target", "..", ".", "/etc", "models", "profiles.yml", "target/../../x", "link/y", "a/../target",
        ]))
      Issue.record("this should not pass")
    } catch {
      #expect(
        error.items.map(\.message) == [
          "'..' is not deleted: it lies outside the project", "'.' is not deleted: it is the project itself",
          "'/etc' is not deleted: it lies outside the project",
          "'models' is not deleted: it holds the project's own files",
          "'profiles.yml' is not deleted: it holds the project's own files",
          "'target/../../x' is not deleted: it lies outside the project",
          "'link/y' is not deleted: a link on the way leads out of the project",
        ])
    }
    #expect(try CleanOperation.checked(settings(["target", "a/../target", "logs/"])) == ["target", "logs"])
    #expect(try CleanOperation.checked(settings([".weir", "target"])) == ["target", ".weir"])
  }

  @Test("Deleting a folder deletes links, not what they point at")
  func links() throws {
    try folder.write("kept/file")
    try folder.write("target/run/a.sql")
    try folder.write("target/b.json")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/target/link", withDestinationPath: folder.path + "/kept")
    #expect(try LocalFiles.remove(folder.path + "/target") == 3)
    #expect(!LocalFiles.exists(folder.path + "/target"))
    #expect(LocalFiles.exists(folder.path + "/kept/file"))
    #expect(try LocalFiles.remove(folder.path + "/target") == 0)
  }

  @Test("Paths are made absolute and relative by their parts")
  func paths() {
    #expect(LocalFiles.absolute("a/../b/./c", from: "/x") == "/x/b/c")
    #expect(LocalFiles.absolute("/../a//b/", from: "/x") == "/a/b")
    #expect(LocalFiles.relative("/x/a/b", to: "/x") == "a/b")
    #expect(LocalFiles.relative("/xy/a", to: "/x") == "/xy/a")
  }
}
