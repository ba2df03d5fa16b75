import Diagnostics
import Jinja

/// One section of the project file (`models:`, `seeds:`, …): configuration by package, folder and name.
struct ConfigTree: Sendable {
  private let root: DataValue

  /// Takes a section's value.
  init(_ section: DataValue?) { root = section ?? .emptyMapping }

  /// What the section says to a resource, outermost level first.
  func levels(for fqn: [String]) -> [DataValue] {
    var levels: [DataValue] = []
    var level = root
    appendConfiguration(of: level, to: &levels)
    for part in fqn {
      guard let next = level[part], next.entries != nil else { break }
      appendConfiguration(of: next, to: &levels)
      level = next
    }
    return levels
  }

  /// What the section says to everything in a folder, merged over `defaults`, and the folder's own entry if it has
  /// one: what depends on the folder alone is worked out once for all that lies in it.
  func folder(
    _ path: ArraySlice<String>, over defaults: DataValue,
    by merge: @escaping (DataValue, DataValue) -> DataValue = ConfigMerge.merge
  ) -> Folder {
    var merged = defaults
    for level in levels(for: Array(path)) { merged = merge(merged, level) }
    var entry: DataValue? = root
    for part in path {
      entry = entry?[part]
      if entry?.entries == nil { entry = nil }
    }
    return Folder(merged: merged, entry: entry, merge: merge)
  }

  /// A folder's configuration.
  struct Folder {
    fileprivate let merged: DataValue
    fileprivate let entry: DataValue?
    fileprivate let merge: (DataValue, DataValue) -> DataValue

    /// The configuration of a resource of that name in the folder.
    func values(for name: String) -> DataValue {
      guard let own = entry?[name], own.entries != nil else { return merged }
      return merge(merged, .mapping(ConfigTree.configuration(of: own)))
    }
  }

  private func appendConfiguration(of level: DataValue, to levels: inout [DataValue]) {
    let configuration = Self.configuration(of: level)
    if !configuration.isEmpty { levels.append(.mapping(configuration)) }
  }

  /// The entries of a level that configure: those with a plus, and whatever is no folder.
  private static func configuration(of level: DataValue) -> [(String, DataValue)] {
    (level.entries ?? []).compactMap { key, value in
      if key.utf8.first == UInt8(ascii: "+") { return (trimmed(key.dropFirst()), value) }
      return value.entries == nil ? (key, value) : nil
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " })
  }

  /// The folder paths that the section configures and that none of the resources lies under.
  func unusedPaths(among fqns: [[String]]) -> [[String]] {
    var unused: [[String]] = []
    collect(root, [], fqns, &unused)
    return unused
  }

  private func collect(
    _ level: DataValue, _ path: [String], _ fqns: [[String]], _ unused: inout [[String]]
  ) {
    for (key, value) in level.entries ?? [] where value.entries != nil && key.utf8.first != UInt8(ascii: "+")
    {
      let inner = path + [key]
      let matching = fqns.filter { $0.starts(with: inner) }
      if matching.isEmpty {
        unused.append(inner)
      } else {
        collect(value, inner, matching, &unused)
      }
    }
  }
}

/// How values of one key from two places become one, by dbt's rule for the key.
enum ConfigMerge {
  /// `base` with what `additions` says over it.
  static func merge(_ base: DataValue, _ additions: DataValue) -> DataValue {
    guard let entries = additions.dictValue, !entries.isEmpty else { return base }
    var merged = base.dictValue ?? DataMap()
    for (written, value) in entries {
      let key = canonical(written)
      merged[key] = combined(key, merged[key], value)
    }
    return .dict(merged)
  }

  /// Throws if a setting is there in both of its spellings: which one is meant cannot be known.
  static func refuseDuplicates(_ keys: [String]) throws(Diagnostic) {
    for key in keys where canonical(key) != key && keys.contains(canonical(key)) {
      throw Diagnostic(
        .templateRuntime, "config() has both '\(key)' and '\(canonical(key))', which mean the same",
        hint: "keep one of them, with all hooks in its list")
    }
  }

  /// The key's one spelling.
  static func canonical(_ key: String) -> String {
    switch key {
    case "pre_hook": "pre-hook"
    case "post_hook": "post-hook"
    case "+pre_hook": "+pre-hook"
    case "+post_hook": "+post-hook"
    default: key
    }
  }

  private static func combined(_ key: String, _ old: DataValue?, _ new: DataValue) -> DataValue {
    switch key {
    case "tags", "packages": return .list(list(old) + list(new))
    case "pre-hook", "post-hook": return .list(list(old) + list(new).map(hook))
    case "meta", "quoting", "column_types", "docs", "contract":
      guard new.entries != nil else { return new.isNone ? old ?? new : new }
      return (old ?? .emptyMapping).merging(new)
    case "grants":
      // What is wrong stays as it is, to be complained about.
      return new.entries == nil && !new.isNone ? new : grants(old ?? .emptyMapping, new)
    default: return new
    }
  }

  /// A privilege with a plus adds grantees; without one it replaces them.
  private static func grants(_ old: DataValue, _ new: DataValue) -> DataValue {
    var result = old
    for (key, value) in new.entries ?? [] {
      if key.utf8.first == UInt8(ascii: "+") {
        let name = String(key.dropFirst())
        result = result.setting(name, to: .list(list(result[name]) + list(value)))
      } else {
        result = result.setting(key, to: .list(list(value)))
      }
    }
    return result
  }

  private static func list(_ value: DataValue?) -> [DataValue] {
    guard let value, !value.isNone else { return [] }
    return value.items ?? [value]
  }

  /// A hook as the manifest shows it.
  private static func hook(_ item: DataValue) -> DataValue {
    let hooks: [Hook]
    do {
      hooks = try ConfigDecoder.hooks(item)
    } catch {
      // It stays as it is written; reading the merged configuration complains about it.
      return item
    }
    guard let hook = hooks.first, hooks.count == 1 else { return item }
    return .mapping([
      ("sql", .string(hook.sql)), ("transaction", .bool(hook.isTransactional)),
      ("index", item["index"] ?? .none),
    ])
  }
}
