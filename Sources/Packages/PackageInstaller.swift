import Diagnostics
import Foundation
import Project

/// Chooses the packages that a project asks for, fetches them and puts them where the project reads them.
public struct PackageInstaller: Sendable {
  private let root: String
  private let settings: ProjectSettings
  private let hub: PackageHub
  private let report: @Sendable (String) -> Void

  /// An installer for the project of `settings`. `hub` is the hub's address; `report` is told each step.
  public init(_ settings: ProjectSettings, hub: String, report: @escaping @Sendable (String) -> Void) {
    root = settings.root
    self.settings = settings
    self.hub = PackageHub(address: hub.hasSuffix("/") ? hub : hub + "/")
    self.report = report
  }

  /// Installs what `file` asks for. The choice of the last time is kept while it fits, unless `isUpgrade`; with
  /// `isLockOnly` the choice is written and nothing is installed. What was installed before stays until all is there.
  /// Throws a `Diagnostic`.
  public func install(_ file: PackageFile, isUpgrade: Bool, isLockOnly: Bool) async throws -> [PinnedPackage]
  {
    let staging = try Staging(root: root)
    defer { staging.remove() }
    let digest = file.digest
    let known = isUpgrade ? nil : try PackageLock.read(root: root).flatMap { $0.digest == digest ? $0 : nil }
    let fetcher = PackageFetcher(root: root, hub: hub, staging: staging)
    let resolver = PackageResolver(fetcher: fetcher, hub: hub, rootName: settings.name)
    let packages: [PinnedPackage]
    if let known { packages = known.packages } else { packages = try await resolver.resolve(file.packages) }
    for package in packages where !Self.isName(package.name) {
      // A hub or a lock may say anything; it becomes a folder's name.
      throw Diagnostic(
        .badPackage, "'\(package.name)' cannot be the name of a package",
        at: SourceSpan(file: known == nil ? file.name : PackageLock.fileName))
    }
    if known == nil {
      try Data(PackageLock(packages: packages, digest: digest).text.utf8)
        .write(to: URL(filePath: root + "/" + PackageLock.fileName), options: .atomic)
    }
    guard !isLockOnly else { return packages }
    let install = staging.folder + "/install"
    try FileManager.default.createDirectory(atPath: install, withIntermediateDirectories: true)
    for package in packages {
      let asked = file.packages.first { $0.source.isSame(as: package.source) }
      report("Installing \(package.description)")
      try await fetcher.fetch(package, asked: asked, into: install + "/" + package.name)
    }
    try staging.swap(install, to: root + "/" + settings.packagesPath)
    return packages
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.allSatisfy { $0 == "_" || $0.isLetter || $0.isNumber }
  }
}

/// A folder for what is fetched, beside the project's other state.
struct Staging: Sendable {
  let folder: String

  init(root: String) throws {
    folder =
      root + "/.weir/packages-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// A new folder's path within it.
  func fresh(_ name: String) -> String { "\(folder)/\(name)-\(UInt32.random(in: 0 ... .max))" }

  /// Puts a folder in the place of another, which is deleted.
  func swap(_ new: String, to place: String) throws {
    let old = fresh("old")
    let files = FileManager.default
    let parent = place.split(separator: "/").dropLast().joined(separator: "/")
    try files.createDirectory(atPath: "/" + parent, withIntermediateDirectories: true)
    if files.fileExists(atPath: place) { try files.moveItem(atPath: place, toPath: old) }
    try files.moveItem(atPath: new, toPath: place)
  }

  func remove() {
    do { try FileManager.default.removeItem(atPath: folder) } catch {
      // What is left is in the folder of state, which is safe to delete.
    }
  }
}
