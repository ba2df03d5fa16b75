import Diagnostics
import Jinja
import Project

/// A package that is chosen: exactly one version of it.
public struct PinnedPackage: Sendable, Hashable {
  /// The name of its project, and of the folder that it is installed in.
  public var name: String
  /// Where it comes from: a hub's package has one version, a repository a commit.
  public var source: PackageSpecification.Source

  /// What it is, for people.
  public var description: String {
    switch source {
    case .hub(let package, let versions, _): "\(package) \(versions.first ?? "")"
    case .git(let url, let revision, _): "\(PackageLock.bare(url)) \(revision?.prefix(12) ?? "")"
    case .local(let path): path
    case .tarball(let url, _): PackageLock.bare(url)
    }
  }
}

/// `package-lock.yml`: the packages that were chosen, for the next time and for others.
struct PackageLock: Sendable {
  static let fileName = "package-lock.yml"

  var packages: [PinnedPackage]
  /// A digest of what was asked for; dbt's own files have none.
  var digest: String?

  /// Reads the lock of a folder; nil if there is none. Throws what is wrong with it.
  static func read(root: String) throws -> PackageLock? {
    guard let data = try PackageFile.data(of: root + "/" + fileName, shownAs: fileName) else { return nil }
    let packages = (data["packages"]?.listValue ?? []).compactMap { item -> PinnedPackage? in
      guard let source = source(item) else { return nil }
      return PinnedPackage(name: item["name"]?.stringValue ?? "", source: source)
    }
    guard packages.count == data["packages"]?.listValue?.count ?? 0, packages.allSatisfy({ !$0.name.isEmpty })
    else {
      return nil
    }
    return PackageLock(packages: packages, digest: data["weir_digest"]?.stringValue)
  }

  private static func source(_ item: DataValue) -> PackageSpecification.Source? {
    if let package = item["package"]?.stringValue, let version = item["version"]?.stringValue {
      return .hub(name: package, versions: [version], takesPrereleases: true)
    }
    if let url = item["git"]?.stringValue {
      return .git(
        url: url, revision: item["revision"]?.stringValue, subdirectory: item["subdirectory"]?.stringValue)
    }
    if let path = item["local"]?.stringValue { return .local(path: path) }
    if let url = item["tarball"]?.stringValue, let name = item["name"]?.stringValue {
      return .tarball(url: url, name: name)
    }
    return nil
  }

  /// The file's text. Addresses are without what secrets they hold.
  var text: String {
    var lines = ["packages:"]
    for package in packages {
      var entries = [("name", package.name)]
      switch package.source {
      case .hub(let name, let versions, _): entries += [("package", name), ("version", versions.first ?? "")]
      case .git(let url, let revision, let subdirectory):
        entries += [("git", Self.bare(url))]
        if let revision { entries.append(("revision", revision)) }
        if let subdirectory { entries.append(("subdirectory", subdirectory)) }
      case .local(let path): entries.append(("local", path))
      case .tarball(let url, _): entries.append(("tarball", Self.bare(url)))
      }
      for (index, (key, value)) in entries.enumerated() {
        lines.append((index == 0 ? "  - " : "    ") + "\(key): \(DataValue.string(value).json())")
      }
    }
    if let digest { lines.append("weir_digest: \(digest)") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// An address without its user and password.
  static func bare(_ url: String) -> String {
    guard let scheme = url.range(of: "://"), let end = url[scheme.upperBound...].firstIndex(of: "@") else {
      return url
    }
    let slash = url[scheme.upperBound...].firstIndex(of: "/") ?? url.endIndex
    guard end < slash else { return url }
    return String(url[..<scheme.upperBound] + url[url.index(after: end)...])
  }
}
