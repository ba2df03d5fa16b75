import CommandTesting
import Diagnostics
import Foundation
import Jinja
import Project
import Testing

@testable import Packages

@Suite("Installing packages")
struct PackageInstallerTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write("packages: [{local: ../near}]", to: "shop/packages.yml")
    try folder.write("name: near\n", to: "near/dbt_project.yml")
    try folder.write("{% macro a() %}{% endmacro %}", to: "near/macros/a.sql")
  }

  private var root: String { folder.path + "/shop" }

  private func install() async throws -> [PinnedPackage] {
    let settings = ProjectSettings(name: "shop", root: root, file: "weir.yml", values: .dict(DataMap()))
    let installer = PackageInstaller(settings, hub: "http://127.0.0.1:9/") { _ in }
    let file = try #require(try PackageFile.read(root: root))
    return try await installer.install(file, isUpgrade: false, isLockOnly: false)
  }

  @Test("A local package is linked, and its own folder stays whole when it is installed again")
  func local() async throws {
    for _ in 1...3 {
      #expect(try await install().map(\.name) == ["near"])
      let macro = "dbt_packages/near/macros/a.sql"
      #expect(FileManager.default.contents(atPath: root + "/" + macro) != nil)
    }
    #expect(FileManager.default.contents(atPath: folder.path + "/near/macros/a.sql") != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/.weir") == [])
  }

  @Test(
    "A name that leads elsewhere is refused, and nothing is written",
    arguments: ["../../x", "/tmp/x", "a/b", "."])
  func hostileName(name: String) async throws {
    let digest = try #require(try PackageFile.read(root: root)).digest
    let lock = PackageLock(
      packages: [PinnedPackage(name: name, source: .local(path: "../near"))], digest: digest)
    try folder.write(lock.text, to: "shop/package-lock.yml")
    let error = await #expect(throws: Diagnostic.self) { try await install() }
    #expect(error?.code == .badPackage)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["near", "shop"])
    #expect(!FileManager.default.fileExists(atPath: root + "/dbt_packages"))
  }
}
