import Jinja
import Project

/// What selectors see of a node, a source, an exposure or a part of the semantic layer.
enum Selectable {
  case node(Node)
  case source(SourceTable)
  case exposure(Exposure)
  case semantic(SemanticResource)

  var id: NodeID {
    switch self {
    case .node(let node): node.id
    case .source(let source): source.id
    case .exposure(let exposure): exposure.id
    case .semantic(let resource): resource.id
    }
  }

  var resourceType: ResourceType {
    switch self {
    case .node(let node): node.resourceType
    case .source: .source
    case .exposure: .exposure
    case .semantic(let resource): resource.resourceType
    }
  }

  var package: String {
    switch self {
    case .node(let node): node.package
    case .source(let source): source.package
    case .exposure(let exposure): exposure.package
    case .semantic(let resource): resource.package
    }
  }

  var originalPath: String {
    switch self {
    case .node(let node): node.originalPath
    case .source(let source): source.originalPath
    case .exposure(let exposure): exposure.originalPath
    case .semantic(let resource): resource.originalPath
    }
  }

  private var tags: [String] {
    switch self {
    case .node(let node): node.config.tags
    case .source(let source): source.tags
    case .exposure(let exposure): exposure.tags
    case .semantic(let resource): resource.tags
    }
  }

  /// Whether the method matches; `project` is the root project's name.
  func matches(_ method: SelectionMethod, project: String) -> Bool {
    switch method {
    case .name(let pattern): return matches(name: pattern)
    case .tag(let pattern): return tags.contains { pattern.matches($0) }
    case .group(let pattern):
      // As in dbt, only metrics of the semantic layer are found by their group.
      if case .semantic(let own) = self {
        return own.resourceType == .metric && own.group.map { pattern.matches($0) } ?? false
      }
      return text(of: "group").map { pattern.matches($0) } ?? false
    case .access(let value):
      return resourceType == .model && (text(of: "access") ?? "protected") == value
    case .source(let package, let source, let table):
      guard case .source(let own) = self else { return false }
      return package.matches(own.package) && source.matches(own.sourceName) && table.matches(own.name)
    case .exposure(let package, let name):
      guard case .exposure(let own) = self else { return false }
      return package.matches(own.package) && name.matches(own.name)
    case .semantic(let kind, let package, let name):
      guard case .semantic(let own) = self, own.resourceType == kind else { return false }
      return package.matches(own.package) && name.matches(own.name)
    case .unitTest(let package, let name):
      guard case .node(let own) = self, own.resourceType == .unitTest else { return false }
      return package.matches(own.package) && name.matches(own.name)
    case .load(let package, let name):
      guard case .node(let own) = self, own.resourceType == .load else { return false }
      return package.matches(own.package) && name.matches(own.name)
    case .path(let pattern): return matches(path: pattern)
    case .file(let pattern): return matches(file: pattern)
    case .package(let pattern, let isThis):
      return isThis ? package == project : pattern.matches(package)
    case .config(let keys, let value): return matches(config: keys, value: value)
    case .testName(let pattern):
      guard case .node(let node) = self else { return false }
      if node.resourceType == .unitTest { return pattern.matches(node.name) }
      guard case .generic(let check) = node.check else { return false }
      return pattern.matches(check.name)
    case .testType(let generic, let singular, let unit):
      guard case .node(let node) = self else { return false }
      if node.resourceType == .unitTest { return unit }
      guard let check = node.check else { return false }
      if case .generic = check { return generic }
      return singular
    case .resourceType(let type): return resourceType == type
    case .version(let kind): return matches(version: kind)
    // What these compare with lies outside the project: the evaluation has it.
    case .state, .result, .sourceStatus: return false
    case .everything: return true
    }
  }

  private func matches(name pattern: NamePattern) -> Bool {
    switch self {
    case .node(let node): pattern.matches(fqn: node.fqn, isVersioned: node.version != nil)
    case .exposure(let exposure): pattern.matches(fqn: exposure.fqn)
    case .semantic(let resource): pattern.matches(fqn: resource.fqn)
    case .source: false
    }
  }

  private func matches(version kind: SelectionMethod.VersionKind) -> Bool {
    guard case .node(let node) = self, node.resourceType == .model else { return false }
    guard let version = node.version else { return kind == .none }
    return switch kind {
    case .latest: version.isLatest
    case .prerelease: version.isPrerelease
    case .old: version.isOld
    case .none: false
    }
  }

  private func matches(path pattern: PathPattern) -> Bool {
    if pattern.covers(file: originalPath) { return true }
    guard case .node(let node) = self, let properties = node.propertiesPath else { return false }
    return pattern.matches(file: properties)
  }

  private func matches(file pattern: Wildcard) -> Bool {
    let slash = originalPath.lastIndex(of: "/")
    let name = originalPath[(slash.map(originalPath.index(after:)) ?? originalPath.startIndex)...]
    if pattern.matches(String(name)) { return true }
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return false }
    return pattern.matches(String(name[..<dot]))
  }
}
