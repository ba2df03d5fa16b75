import Diagnostics
import Foundation
import Project

/// Brings the files of chosen packages.
struct PackageFetcher: Sendable {
  let root: String
  let hub: PackageHub
  let staging: Staging

  /// Puts a package's files into `place`. `asked` is what the project file says of it: its address may hold a secret that the
  /// lock does not.
  func fetch(_ package: PinnedPackage, asked: PackageSpecification?, into place: String) async throws {
    let span = asked?.span ?? SourceSpan(file: PackageLock.fileName)
    switch package.source {
    case .hub(let name, let versions, _):
      let releases = try await hub.releases(of: name, at: span)
      guard let release = releases.first(where: { $0.text == versions.first }) else {
        throw Diagnostic(
          .packageMissing, "the hub has no version \(versions.first ?? "") of '\(name)'", at: span,
          hint: "choose anew: weir deps --upgrade")
      }
      try await unpack(release.tarball, into: place, at: span)
    case .git(var url, let revision, let subdirectory):
      if case .git(let written, _, _)? = asked?.source { url = written }
      let checkout = try await clone(url, revision, at: span)
      let folder = try Self.inside(checkout.folder, subdirectory, at: span)
      try FileManager.default.moveItem(atPath: folder, toPath: place)
    case .local(let path):
      try FileManager.default.createSymbolicLink(
        atPath: place, withDestinationPath: try local(path, at: span))
    case .tarball(var url, _):
      if case .tarball(let written, _)? = asked?.source { url = written }
      try await unpack(url, into: place, at: span)
    }
    try Self.verify(place, at: span)
  }

  /// The folder of a local package.
  func local(_ path: String, at span: SourceSpan) throws -> String {
    let folder = URL(filePath: path, relativeTo: URL(filePath: root + "/")).standardizedFileURL.path(
      percentEncoded: false)
    try Self.verify(folder, at: span)
    return folder.hasSuffix("/") ? String(folder.dropLast()) : folder
  }

  /// Fetches a repository. The address goes by the environment: it may hold a secret.
  func clone(
    _ url: String, _ revision: String?, at span: SourceSpan
  ) async throws -> (folder: String, commit: String) {
    let folder = staging.fresh("git")
    guard revision?.hasPrefix("-") != true else {
      throw Diagnostic(.badPackage, "'\(revision ?? "")' is no revision", at: span)
    }
    // What the environment says to git already stays.
    let known = ProcessInfo.processInfo.environment["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0
    let environment = [
      "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
      "GIT_CONFIG_COUNT": "\(known + 1)", "GIT_CONFIG_KEY_\(known)": "url.\(url).insteadOf",
      "GIT_CONFIG_VALUE_\(known)": "weir-package:",
    ]
    do {
      try await PackageTool.run(
        "git", ["clone", "--quiet", "--no-checkout", "weir-package:", folder], in: staging.folder,
        environment: environment)
      try await PackageTool.run(
        "git", ["checkout", "--quiet", "--detach", revision ?? "HEAD", "--"], in: folder,
        environment: environment)
      let commit = try await PackageTool.run("git", ["rev-parse", "HEAD"], in: folder)
      try FileManager.default.removeItem(atPath: folder + "/.git")
      return (folder, String(commit.prefix { !$0.isWhitespace }))
    } catch let diagnostic as Diagnostic {
      var told = diagnostic.located(at: span)
      told.message =
        "the repository '\(PackageLock.bare(url))' cannot be fetched" + (revision.map { " at '\($0)'" } ?? "")
      told.notes = told.notes.map { $0.replacing(url, with: PackageLock.bare(url)) }
      throw told
    }
  }

  /// Fetches and unpacks a packed folder: what lies in its only top folder becomes `place`.
  func unpack(_ url: String, into place: String, at span: SourceSpan) async throws {
    let answer = try await PackageHub.get(url)
    guard answer.status == 200 else {
      throw Diagnostic(
        .packageMissing, "the address of a package answers \(answer.status)", at: span,
        cause: PackageLock.bare(url))
    }
    let file = staging.fresh("package") + ".tar.gz"
    try Data(answer.body).write(to: URL(filePath: file))
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    do {
      try await PackageTool.run(
        "tar", ["-xzf", file, "-C", place, "--strip-components=1", "--no-same-owner"], in: staging.folder)
    } catch let diagnostic as Diagnostic {
      throw diagnostic.located(at: span)
    }
    try FileManager.default.removeItem(atPath: file)
  }

  /// A folder within another that a path names.
  static func inside(_ folder: String, _ path: String?, at span: SourceSpan) throws -> String {
    guard let path, !path.isEmpty else { return folder }
    guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
      throw Diagnostic(.pathOutside, "'\(path)' leads out of the repository", at: span)
    }
    return folder + "/" + path
  }

  private static func verify(_ folder: String, at span: SourceSpan) throws {
    guard FileManager.default.fileExists(atPath: folder + "/dbt_project.yml") else {
      throw Diagnostic(
        .packageMissing, "there is no dbt_project.yml in the package", at: span,
        hint: "a folder within a repository is named by 'subdirectory'")
    }
  }
}
