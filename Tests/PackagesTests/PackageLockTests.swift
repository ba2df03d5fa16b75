import CommandTesting
import Project
import Testing

@testable import Packages

@Suite("The lock of packages")
struct PackageLockTests {
  private let packages = [
    PinnedPackage(
      name: "tools", source: .hub(name: "acme/tools", versions: ["1.2.0"], takesPrereleases: true)),
    PinnedPackage(
      name: "yard", source: .git(url: "https://a.b/yard.git", revision: "abc", subdirectory: "in \"here\"")),
    PinnedPackage(name: "near", source: .local(path: "../near: 1")),
    PinnedPackage(name: "far", source: .tarball(url: "https://a.b/far.tgz", name: "far")),
  ]

  @Test("What is written is read again")
  func roundTrip() throws {
    let folder = try ScratchFolder()
    #expect(try PackageLock.read(root: folder.path) == nil)
    try folder.write(PackageLock(packages: packages, digest: "d").text, to: "package-lock.yml")
    let lock = try #require(try PackageLock.read(root: folder.path))
    #expect(lock.packages == packages)
    #expect(lock.digest == "d")
  }

  @Test("Addresses are written without their user and password")
  func secrets() {
    let source = PackageSpecification.Source.git(
      url: "https://me:hush@a.b/x@y.git", revision: "abc", subdirectory: nil)
    let text = PackageLock(packages: [PinnedPackage(name: "x", source: source)]).text
    #expect(!text.contains("hush"))
    #expect(text.contains("https://a.b/x@y.git"))
    #expect(PackageLock.bare("git@a.b:x.git") == "git@a.b:x.git")
    #expect(PackageLock.bare("https://a.b/x@y.git") == "https://a.b/x@y.git")
  }

  @Test("A lock of dbt's own is read, and its choice is made anew")
  func ofDbt() throws {
    let folder = try ScratchFolder()
    try folder.write(
      "packages:\n  - name: dbt_utils\n    package: dbt-labs/dbt_utils\n    version: 1.3.0\nsha1_hash: abc\n",
      to: "package-lock.yml")
    let lock = try #require(try PackageLock.read(root: folder.path))
    #expect(lock.packages.map(\.name) == ["dbt_utils"])
    #expect(lock.digest == nil)
  }
}
