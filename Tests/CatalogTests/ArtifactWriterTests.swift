import Catalog
import Diagnostics
import EngineCore
import Foundation
import Jinja
import Project
import Testing

@Suite("Files of the target folder")
struct ArtifactWriterTests {
  @Test("compiled and executed SQL lie where dbt puts them")
  func places() throws {
    let folder = try TemporaryFolder()
    let writer = ArtifactWriter(project: CatalogFixture.project(root: folder.path))
    let model = CatalogFixture.model("orders", in: "marts")
    let check = CatalogFixture.genericCheck("unique_orders_id", attachedTo: model.id)
    try writer.writeCompiled("select 1", of: model)
    try writer.writeExecuted("create table", of: model)
    try writer.writeCompiled("select 2", of: check)
    #expect(try folder.read("target/compiled/shop/models/marts/orders.sql") == "select 1")
    #expect(try folder.read("target/run/shop/models/marts/orders.sql") == "create table")
    #expect(
      try folder.read("target/compiled/shop/models/schema.yml/unique_orders_id.sql") == "select 2")
  }

  @Test("a file that already holds the text is left as it is; another is replaced, shorter or longer")
  func unchanged() throws {
    let folder = try TemporaryFolder()
    let writer = ArtifactWriter(project: CatalogFixture.project(root: folder.path))
    let model = CatalogFixture.model("orders")
    let path = "target/compiled/shop/models/orders.sql"
    let long = String(repeating: "select 1, ", count: 5_000)
    try writer.writeCompiled(long, of: model)
    try folder.age(path)
    let before = try folder.modified(path)
    try writer.writeCompiled(long, of: model)
    #expect(try folder.modified(path) == before)
    try writer.writeCompiled("select 2", of: model)
    #expect(try folder.read(path) == "select 2")
    try writer.writeCompiled("select 3", of: model)
    #expect(try folder.read(path) == "select 3")
    #expect(try folder.modified(path) != before)
  }

  @Test("whole files are replaced at once and leave no temporary file")
  func whole() throws {
    let folder = try TemporaryFolder()
    let writer = ArtifactWriter(project: CatalogFixture.project(root: folder.path))
    try writer.write(Array("one".utf8), as: "manifest.json")
    try writer.write(Array("two".utf8), as: "manifest.json")
    #expect(try folder.read("target/manifest.json") == "two")
    #expect(try folder.list("target") == ["manifest.json"])
  }

  @Test("a folder that takes no files is known beforehand, and nothing is made to find out")
  func verifies() throws {
    let folder = try TemporaryFolder()
    let writer = ArtifactWriter(project: CatalogFixture.project(root: folder.path))
    try writer.verifyFolder()
    #expect(try folder.list("") == [])
    try folder.write("target", "a file")
    let thrown = #expect(throws: Diagnostic.self) { try writer.verifyFolder() }
    #expect(thrown?.message == "'\(folder.path)/target' cannot be made: Not a directory")
    let below = ArtifactWriter(project: CatalogFixture.project(root: folder.path + "/target"))
    #expect(throws: Diagnostic.self) { try below.verifyFolder() }
  }

  @Test("what a killed process left half-written is removed; other files are not")
  func leftovers() throws {
    let folder = try TemporaryFolder()
    let writer = ArtifactWriter(project: CatalogFixture.project(root: folder.path))
    try writer.write(Array("one".utf8), as: "manifest.json")
    let living = "manifest.json.1.tmp"  // process 1 always lives
    for name in ["manifest.json.2000000000.tmp", living, "manifest.json.x.tmp"] {
      try Data("half".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/target/\(name)"))
    }
    try writer.write(Array("two".utf8), as: "manifest.json")
    #expect(try folder.list("target").sorted() == ["manifest.json", living, "manifest.json.x.tmp"])
  }

  @Test("secrets never reach a file")
  func secrets() throws {
    let folder = try TemporaryFolder()
    let project = CatalogFixture.project(root: folder.path)
    let writer = ArtifactWriter(project: project, redactor: Redactor(secrets: ["hunter2"]))
    try writer.writeCompiled("attach 'hunter2'", of: CatalogFixture.model("orders"))
    #expect(try folder.read("target/compiled/shop/models/orders.sql") == "attach '*****'")
  }

  @Test("an absolute target path is taken as it is")
  func absolute() throws {
    let folder = try TemporaryFolder()
    var project = CatalogFixture.project(root: "/nowhere")
    project.settings.targetPath = folder.path + "/out"
    try ArtifactWriter(project: project).writeCompiled("x", of: CatalogFixture.model("a"))
    #expect(try folder.read("out/compiled/shop/models/a.sql") == "x")
  }

  @Test(
    "paths that would leave the target folder are refused", arguments: ["../x.sql", "a//b.sql", "./a.sql"])
  func outside(_ path: String) throws {
    let folder = try TemporaryFolder()
    let writer = ArtifactWriter(project: CatalogFixture.project(root: folder.path))
    var model = CatalogFixture.model("a")
    model.path = path
    model.originalPath = path
    let thrown = #expect(throws: Diagnostic.self) { try writer.writeCompiled("x", of: model) }
    #expect(thrown?.code == .unwritableArtifact)
    #expect(thrown?.message == "'shop/\(path)' would lie outside the target folder")
  }

  @Test("what the system refuses is a diagnostic with the path and advice")
  func refused() throws {
    let folder = try TemporaryFolder()
    try folder.write("target", "a file where the folder should be")
    let writer = ArtifactWriter(project: CatalogFixture.project(root: folder.path))
    let path = "\(folder.path)/target/compiled/shop/models/a.sql"
    let thrown = #expect(throws: Diagnostic.self) {
      try writer.writeCompiled("x", of: CatalogFixture.model("a"))
    }
    #expect(thrown?.message == "'\(path)' cannot be opened: Not a directory")
    #expect(thrown?.hint == "something else stands there: move it away, or run 'weir clean'")
    try FileManager.default.removeItem(atPath: "\(folder.path)/target")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/target/manifest.json/x", withIntermediateDirectories: true)
    let replaced = #expect(throws: Diagnostic.self) { try writer.write([1], as: "manifest.json") }
    #expect(replaced?.message.hasPrefix("'\(folder.path)/target/manifest.json' cannot be replaced") == true)
    #expect(try folder.list("target") == ["manifest.json"])
  }

  @Test("a full disk is told as such, and the old file stays")
  func fullDisk() throws {
    guard FileManager.default.isWritableFile(atPath: "/dev/full") else { return }
    let folder = try TemporaryFolder()
    var project = CatalogFixture.project(root: folder.path)
    project.settings.targetPath = folder.path
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/compiled/shop/models", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/compiled/shop/models/a.sql", withDestinationPath: "/dev/full")
    let thrown = #expect(throws: Diagnostic.self) {
      try ArtifactWriter(project: project).writeCompiled("x", of: CatalogFixture.model("a"))
    }
    #expect(thrown?.message.hasSuffix("cannot be written: No space left on device") == true)
    #expect(thrown?.hint == "free some space on the disk")
  }
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "weir-catalog-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { print("left \(path): \(error)") }
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
  }

  func list(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)").sorted()
  }

  func modified(_ name: String) throws -> Date? {
    try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.modificationDate] as? Date
  }

  /// Makes a file look old, so that any later writing shows.
  func age(_ name: String) throws {
    let old = Date(timeIntervalSince1970: 1_000_000_000)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: "\(path)/\(name)")
  }
}
