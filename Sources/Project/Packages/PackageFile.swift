import Diagnostics
import Jinja

/// `packages.yml`, or the packages of `dependencies.yml`: what a project wants installed beside it.
public struct PackageFile: Sendable {
  /// The file's name.
  public let name: String
  /// The packages, in order.
  public let packages: [PackageSpecification]

  /// Names of the file, the first that is there counts.
  static let names = ["packages.yml", "dependencies.yml"]

  /// Reads the file of a folder; nil if there is none. Its Jinja is left as it is. Throws what is wrong with it.
  public static func read(root: String) throws(DiagnosticList) -> PackageFile? {
    try read(root: root) { node, _ in node }
  }

  /// Reads the file of a folder after `render` did its Jinja; nil if there is none. Throws what is wrong with it.
  static func read(
    root: String, render: (YAMLNode, _ file: String) throws(DiagnosticList) -> YAMLNode
  ) throws(DiagnosticList) -> PackageFile? {
    for name in names {
      guard let node = try node(of: Path.joined(root, name), shownAs: name) else { continue }
      if name == names[0] { try refuseTwice(node, root) }
      let rendered = try render(node, name)
      do throws(Diagnostic) {
        return try PackageFile(name: name, rendered)
      } catch {
        throw DiagnosticList([error])
      }
    }
    return nil
  }

  /// Throws if both files say what is wanted.
  private static func refuseTwice(_ first: YAMLNode, _ root: String) throws(DiagnosticList) {
    guard first["packages"] != nil,
      let second = try node(of: Path.joined(root, names[1]), shownAs: names[1])?["packages"]
    else { return }
    throw DiagnosticList([
      Diagnostic(
        .badPackage, "'packages' is there both in \(names[0]) and in \(names[1])",
        at: second.span(in: names[1]), hint: "keep one of the two lists")
    ])
  }

  /// The values of a YAML file; nil if there is none. Throws what is wrong with it.
  public static func data(of path: String, shownAs name: String) throws(DiagnosticList) -> DataValue? {
    try node(of: path, shownAs: name)?.data
  }

  /// The name of the project in a folder. Throws what is wrong with its file, or that it does not say one.
  public static func projectName(of folder: String, at span: SourceSpan) throws(DiagnosticList) -> String {
    let file = Path.joined(folder, ProjectFile.dbtName)
    guard let name = try node(of: file, shownAs: file)?["name"]?.string, Path.inside(name) == name,
      !name.contains("/")
    else {
      throw DiagnosticList([
        Diagnostic(.packageMissing, "there is no package with a name in \(folder)", at: span)
      ])
    }
    return name
  }

  private static func node(of path: String, shownAs name: String) throws(DiagnosticList) -> YAMLNode? {
    guard FileSystem.kind(of: path) == .file else { return nil }
    do throws(Diagnostic) {
      let text = try FileSystem.text(of: path, shownAs: name)
      guard let node = try YAMLFile.parse(text, file: name), !node.isNull else { return nil }
      return node
    } catch {
      throw DiagnosticList([error])
    }
  }

  /// Tells whether what is asked for is what it was.
  public var digest: String { Digest.sha256(packages.map { "\($0.source)" }.joined(separator: "\n")) }

  private init(name: String, _ root: YAMLNode) throws(Diagnostic) {
    self.name = name
    guard root.entries != nil else {
      throw Diagnostic(
        .badPackage, "\(name) must be a mapping, not \(root.typeName)", at: root.span(in: name))
    }
    if let projects = root["projects"], !(projects.items?.isEmpty ?? projects.isNull) {
      throw Diagnostic(
        .unsupported, "'projects' of \(name) need dbt's cloud, and cannot be read",
        at: projects.span(in: name))
    }
    guard let list = root["packages"], !list.isNull else {
      packages = []
      return
    }
    guard let items = list.items else {
      throw Diagnostic(
        .badPackage, "'packages' must be a list, not \(list.typeName)", at: list.span(in: name))
    }
    var packages: [PackageSpecification] = []
    for item in items { packages.append(try PackageSpecification(item, file: name)) }
    self.packages = packages
  }
}

/// One package as a file asks for it.
public struct PackageSpecification: Sendable {
  /// Where it comes from.
  public enum Source: Sendable, Hashable {
    /// A package of the hub, `dbt-labs/dbt_utils`, and the versions that will do, each a comparison such as `>=1.0.0`.
    case hub(name: String, versions: [String], takesPrereleases: Bool)
    /// A git repository; a folder of it, if not all.
    case git(url: String, revision: String?, subdirectory: String?)
    /// A folder of this machine, as written.
    case local(path: String)
    /// A packed folder at an address.
    case tarball(url: String, name: String)
  }

  /// Where it comes from.
  public let source: Source
  /// Where it is asked for.
  public let span: SourceSpan

  /// Makes a specification.
  public init(source: Source, span: SourceSpan) {
    self.source = source
    self.span = span
  }

  init(_ node: YAMLNode, file: String) throws(Diagnostic) {
    span = node.span(in: file)
    let kinds = ["package", "git", "local", "tarball", "private"]
    let found = kinds.filter { node[$0] != nil }
    guard found.count == 1, let kind = found.first else {
      throw Diagnostic(
        .badPackage, "a package must say one of: \(kinds.dropLast().joined(separator: ", "))", at: span)
    }
    guard kind != "private" else {
      throw Diagnostic(
        .unsupported, "'private' packages need dbt's cloud", at: span,
        hint: "name the repository with 'git'")
    }
    let place = try Self.text(kind, node, file)
    let known: Set<String>
    switch kind {
    case "package":
      known = ["package", "version", "install_prerelease", "install-prerelease", "name"]
      guard let version = node["version"],
        let versions = version.data.texts ?? version.scalarText.map({ [$0] })
      else {
        throw Diagnostic(
          .badPackage, "the package '\(place)' does not say its version", at: span,
          hint: "add one, such as 'version: [\">=1.0.0\", \"<2.0.0\"]'")
      }
      source = .hub(
        name: place, versions: versions,
        takesPrereleases: (node["install_prerelease"] ?? node["install-prerelease"])?.data.boolValue ?? false
      )
    case "git":
      known = ["git", "revision", "subdirectory", "warn-unpinned", "name"]
      source = .git(
        url: place, revision: node["revision"]?.scalarText, subdirectory: node["subdirectory"]?.scalarText)
    case "local":
      known = ["local", "name"]
      source = .local(path: place)
    default:
      known = ["tarball", "name"]
      source = .tarball(url: place, name: try Self.text("name", node, file))
    }
    for entry in node.entries ?? [] where !known.contains(entry.key) {
      throw Diagnostic(
        .badPackage, "a package of this kind has no key '\(entry.key)'", at: entry.span(in: file),
        hint: Spelling.hint(for: entry.key, among: known.sorted()))
    }
  }

  private static func text(_ key: String, _ node: YAMLNode, _ file: String) throws(Diagnostic) -> String {
    guard let text = node[key]?.scalarText, !text.isEmpty else {
      throw Diagnostic(
        .badPackage, "'\(key)' of a package must be text", at: (node[key] ?? node).span(in: file))
    }
    return text
  }
}
