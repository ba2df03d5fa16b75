import AsyncHTTPClient
import Diagnostics
import Jinja
import NIOCore
import Project

/// A hub of packages, as `hub.getdbt.com` answers under `/api/v1`.
struct PackageHub: Sendable {
  /// The address, with a slash at its end.
  let address: String

  /// One version of a package.
  struct Release: Sendable {
    var version: SemanticVersion
    var text: String
    /// The name of its project.
    var name: String
    /// Where its packed folder lies.
    var tarball: String
    var packages: [PackageSpecification]
  }

  /// The releases of a package that what runs them can use, oldest first. Throws a `Diagnostic`.
  func releases(of package: String, at span: SourceSpan) async throws -> [Release] {
    let url = "\(address)api/v1/\(package).json"
    let answer = try await Self.get(url)
    guard answer.status != 404 else {
      throw Diagnostic(
        .packageMissing, "the hub has no package '\(package)'", at: span,
        hint: "its name is that of its owner and its own: dbt-labs/dbt_utils", cause: url)
    }
    guard answer.status == 200, let text = String(validating: answer.body, as: UTF8.self) else {
      throw Diagnostic(.packageMissing, "the hub answers \(answer.status)", at: span, cause: url)
    }
    let data = try DataValue.parse(json: text)
    let found = (data["versions"]?.dictValue?.map { ($0.key, $0.value) } ?? []).compactMap {
      Self.release($0.0, $0.1, package, span)
    }
    return found.sorted { $0.version < $1.version }
  }

  private static func release(
    _ text: String, _ data: DataValue, _ package: String, _ span: SourceSpan
  ) -> Release? {
    guard let version = SemanticVersion(text), let tarball = data["downloads"]?["tarball"]?.stringValue else {
      return nil
    }
    let wanted = data["require_dbt_version"]?.listValue?.compactMap(\.stringValue) ?? []
    guard wanted.allSatisfy(VersionRequirement.isMet) else { return nil }
    let packages = (data["packages"]?.listValue ?? []).compactMap { item -> PackageSpecification? in
      guard let name = item["package"]?.stringValue, let version = item["version"] else { return nil }
      let versions = version.listValue?.compactMap(\.stringValue) ?? [version.stringValue].compactMap { $0 }
      return PackageSpecification(
        source: .hub(name: name, versions: versions, takesPrereleases: false), span: span)
    }
    let short = package.split(separator: "/").last.map(String.init) ?? package
    return Release(
      version: version, text: text, name: data["name"]?.stringValue ?? short, tarball: tarball,
      packages: packages)
  }

  /// What lies at an address. Tries again what fails for a passing reason. Throws a `Diagnostic`.
  static func get(_ url: String) async throws -> (status: Int, body: [UInt8]) {
    var delay = Duration.milliseconds(200)
    for attempt in 1... {
      do {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(60))
        let isPassing = response.status.code >= 500 || response.status.code == 429
        if isPassing, attempt < 5 { throw Passing() }
        let body = try await response.body.collect(upTo: 512 << 20)
        return (Int(response.status.code), Array(body.readableBytesView))
      } catch {
        try Task.checkCancellation()
        guard attempt < 5 else {
          throw Diagnostic(
            .packageMissing, "a package cannot be fetched",
            hint: "see that the network is up; the hub is named by DBT_PACKAGE_HUB_URL",
            cause: "\(url): \(error)")
        }
        try await Task.sleep(for: delay)
        delay *= 2
      }
    }
    return (0, [])
  }

  /// An answer that may be another one soon.
  private struct Passing: Error {}
}
