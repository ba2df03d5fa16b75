import Diagnostics
import Foundation
import Project

/// Chooses one version of every package that a project needs, those that its packages need among them: as dbt does, the
/// newest that all who ask for it can use.
struct PackageResolver: Sendable {
  let fetcher: PackageFetcher
  let hub: PackageHub
  /// The project's own name, which no package may have.
  let rootName: String

  /// A package, and what all who ask for it say of it.
  private struct Wish {
    var specification: PackageSpecification
    var versions: [String] = []
    var takesPrereleases = false
    var pinned: PinnedPackage?

    init(_ specification: PackageSpecification) {
      self.specification = specification
      if case .hub(_, let versions, let takesPrereleases) = specification.source {
        self.versions = versions
        self.takesPrereleases = takesPrereleases
      }
    }
  }

  /// The choice, in the order in which the packages were met. Throws a `Diagnostic`.
  func resolve(_ asked: [PackageSpecification]) async throws -> [PinnedPackage] {
    var wishes: [Wish] = []
    var pending = asked
    while !pending.isEmpty {
      var next: [PackageSpecification] = []
      for specification in pending {
        guard let index = try Self.add(specification, to: &wishes) else { continue }
        let (pinned, packages) = try await pin(wishes[index])
        wishes[index].pinned = pinned
        next += packages
      }
      pending = next
    }
    let packages = wishes.compactMap(\.pinned)
    try checkNames(packages, wishes.map(\.specification.span))
    return packages
  }

  /// Where the wish now stands; nil if it says nothing new.
  private static func add(_ specification: PackageSpecification, to wishes: inout [Wish]) throws -> Int? {
    guard let index = wishes.firstIndex(where: { $0.specification.source.isSame(as: specification.source) })
    else {
      wishes.append(Wish(specification))
      return wishes.count - 1
    }
    switch (specification.source, wishes[index].specification.source) {
    case (.hub(_, let versions, let takesPrereleases), _):
      let new = versions.filter { !wishes[index].versions.contains($0) }
      guard !new.isEmpty || takesPrereleases && !wishes[index].takesPrereleases else { return nil }
      wishes[index].versions += new
      wishes[index].takesPrereleases = wishes[index].takesPrereleases || takesPrereleases
      return index
    case (.git(let url, let one, _), .git(_, let other, _)) where one != other:
      throw Diagnostic(
        .packageMissing,
        "'\(PackageLock.bare(url))' is wanted at '\(one ?? "HEAD")' and at '\(other ?? "HEAD")'",
        at: specification.span)
    default: return nil
    }
  }

  private func pin(_ wish: Wish) async throws -> (PinnedPackage, [PackageSpecification]) {
    let span = wish.specification.span
    switch wish.specification.source {
    case .hub(let package, _, _):
      let release = try await release(of: package, wish)
      let source = PackageSpecification.Source.hub(
        name: package, versions: [release.text], takesPrereleases: true)
      return (PinnedPackage(name: release.name, source: source), release.packages)
    case .git(let url, let revision, let subdirectory):
      let checkout = try await fetcher.clone(url, revision, at: span)
      let folder = try PackageFetcher.inside(checkout.folder, subdirectory, at: span)
      let source = PackageSpecification.Source.git(
        url: url, revision: checkout.commit, subdirectory: subdirectory)
      return try described(folder, source, span)
    case .local(let path):
      return try described(try fetcher.local(path, at: span), wish.specification.source, span)
    case .tarball(let url, _):
      let folder = fetcher.staging.fresh("tarball")
      try await fetcher.unpack(url, into: folder, at: span)
      return try described(folder, wish.specification.source, span)
    }
  }

  private func release(of package: String, _ wish: Wish) async throws -> PackageHub.Release {
    let span = wish.specification.span
    let range: VersionRange
    do throws(VersionRange.Unreadable) {
      range = try VersionRange(wish.versions)
    } catch {
      throw Diagnostic(
        .badPackage, "'\(error.text)' of the package '\(package)' is no version", at: span,
        hint: "write all three numbers: 1.3.0, or a comparison such as >=1.0.0")
    }
    let releases = try await hub.releases(of: package, at: span)
    let takesPrereleases = wish.takesPrereleases || range.namesPrerelease
    let fitting = releases.filter {
      range.holds($0.version) && (takesPrereleases || !$0.version.isPrerelease)
    }
    guard let newest = fitting.last else {
      let known = releases.suffix(10).map(\.text).joined(separator: ", ")
      throw Diagnostic(
        .packageMissing, "no version of '\(package)' fits: \(wish.versions.joined(separator: ", "))",
        at: span,
        notes: [known.isEmpty ? "the hub has none that can be used" : "the newest are: \(known)"])
    }
    return newest
  }

  /// What a folder's own files say of a package.
  private func described(
    _ folder: String, _ source: PackageSpecification.Source, _ span: SourceSpan
  ) throws -> (PinnedPackage, [PackageSpecification]) {
    let name = try PackageFile.projectName(of: folder, at: span)
    return (PinnedPackage(name: name, source: source), try PackageFile.read(root: folder)?.packages ?? [])
  }

  private func checkNames(_ packages: [PinnedPackage], _ spans: [SourceSpan]) throws {
    var seen: Set<String> = [rootName]
    for (package, span) in zip(packages, spans) where !seen.insert(package.name).inserted {
      throw Diagnostic(
        .duplicateName,
        package.name == rootName
          ? "the package '\(package.name)' has the project's own name"
          : "two packages are called '\(package.name)'",
        at: span)
    }
  }
}

extension PackageSpecification.Source {
  /// Whether two mean one package, whatever its version.
  func isSame(as other: Self) -> Bool {
    switch (self, other) {
    case (.hub(let one, _, _), .hub(let other, _, _)): one == other
    case (.git(let one, _, let folder), .git(let other, _, let otherFolder)):
      Self.plain(one) == Self.plain(other) && folder == otherFolder
    case (.local(let one), .local(let other)): one == other
    case (.tarball(_, let one), .tarball(_, let other)): one == other
    default: false
    }
  }

  private static func plain(_ url: String) -> String {
    let bare = PackageLock.bare(url)
    return bare.hasSuffix(".git") ? String(bare.dropLast(4)) : bare
  }
}
