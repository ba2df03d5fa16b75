import Diagnostics
import EngineCore
import Jinja
import Project

extension Manifest {
  /// A table of a source.
  func write(_ source: SourceTable, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("database", source.relation.database ?? project.target.database)
      writer.member("schema", source.relation.schema ?? source.sourceName)
      writer.member("name", source.name)
      writer.member("resource_type", "source")
      writer.member("package_name", source.package)
      writer.member("path", source.originalPath)
      writer.member("original_file_path", source.originalPath)
      writer.member("unique_id", source.id.rawValue)
      writer.member("fqn", source.fqn)
      writer.member("source_name", source.sourceName)
      writer.member("source_description", source.sourceDescription)
      writer.member("loader", source.loader)
      writer.member("identifier", source.identifier)
      writeQuoting(source.properties["quoting"], to: &writer)
      writer.member("loaded_at_field", source.config["loaded_at_field"])
      writer.member("loaded_at_query", source.config["loaded_at_query"])
      writeFreshness(source.config["freshness"], to: &writer)
      writer.member("external", source.properties["external"])
      writer.member("description", source.description)
      writeColumns(source.columns, to: &writer)
      writer.member("meta", orEmpty: source.meta)
      writer.member("source_meta", orEmpty: source.sourceMeta)
      writer.member("tags", source.tags)
      writeConfig(of: source, to: &writer)
      writer.member("patch_path", nil as String?)
      writer.member("unrendered_config", orEmpty: source.unrenderedConfig)
      writer.member("relation_name", dialect.rendered(source.relation))
      writer.key("created_at")
      writer.number(generatedAt)
      writer.member("unrendered_database", source.unrenderedPlace.database)
      writer.member("unrendered_schema", source.unrenderedPlace.schema)
      writer.member("doc_blocks", source.docsBlocks.map(\.rawValue))
    }
  }

  private func writeQuoting(_ quoting: DataValue?, to writer: inout JSONWriter) {
    writer.member(
      "quoting",
      object: { writer in
        for part in ["database", "schema", "identifier", "column"] { writer.member(part, quoting?[part]) }
      })
  }

  private func writeFreshness(_ freshness: DataValue?, to writer: inout JSONWriter) {
    if let freshness, freshness.isNone { return writer.member("freshness", DataValue.none) }
    writer.member(
      "freshness",
      object: { writer in
        for limit in ["warn_after", "error_after"] {
          writer.member(
            limit,
            object: {
              $0.member("count", freshness?[limit]?["count"])
              $0.member("period", freshness?[limit]?["period"])
            })
        }
        writer.member("filter", freshness?["filter"])
      })
  }

  /// What the configuration says, with the keys that dbt always writes.
  private func writeConfig(of source: SourceTable, to writer: inout JSONWriter) {
    writer.member(
      "config",
      object: { writer in
        writer.member("enabled", source.isEnabled)
        writer.member("event_time", source.config["event_time"])
        writeFreshness(source.config["freshness"], to: &writer)
        writer.member("loaded_at_field", source.config["loaded_at_field"])
        writer.member("loaded_at_query", source.config["loaded_at_query"])
        writer.member("meta", orEmpty: source.meta)
        writer.member("tags", source.tags)
        writer.member("static_analysis", source.config["static_analysis"])
        let known = [
          "enabled", "event_time", "freshness", "loaded_at_field", "loaded_at_query", "meta", "tags",
          "static_analysis",
        ]
        if case .dict(let own) = source.config {
          for (key, value) in own where !known.contains(key) { writer.member(key, value) }
        }
      })
  }

  /// A use of the project's data.
  func write(_ exposure: Exposure, to writer: inout JSONWriter) {
    let properties = exposure.properties
    writer.object { writer in
      writer.member("name", exposure.name)
      writer.member("resource_type", "exposure")
      writer.member("package_name", exposure.package)
      writer.member("path", withoutModelFolder(exposure.originalPath))
      writer.member("original_file_path", exposure.originalPath)
      writer.member("unique_id", exposure.id.rawValue)
      writer.member("fqn", exposure.fqn)
      writer.member("type", properties["type"])
      writer.member(
        "owner",
        object: {
          $0.member("email", properties["owner"]?["email"])
          $0.member("name", properties["owner"]?["name"])
        })
      writer.member("description", properties["description"] ?? .string(""))
      writer.member("label", properties["label"])
      writer.member("maturity", properties["maturity"])
      let meta = properties["config"]?["meta"] ?? properties["meta"]
      writer.member("meta", orEmpty: meta)
      writer.member("tags", exposure.tags)
      writer.member(
        "config",
        object: {
          $0.member("enabled", true)
          $0.member("tags", exposure.tags)
          $0.member("meta", orEmpty: meta)
        })
      writer.member("unrendered_config", orEmpty: exposure.unrenderedConfig)
      writer.member("url", properties["url"])
      writeDependencies(macros: [], nodes: exposure.dependencies, to: &writer)
      writeReferences(exposure.references, exposure.sourceReferences, to: &writer)
      writer.member(
        "metrics",
        array: { writer in
          for metric in exposure.metricReferences {
            writer.array { list in
              if let package = metric.package { list.string(package) }
              list.string(metric.name)
            }
          }
        })
      writer.key("created_at")
      writer.number(generatedAt)
    }
  }

  func withoutModelFolder(_ path: String) -> String {
    for folder in project.settings.modelPaths where path.hasPrefix("\(folder)/") {
      return String(path.dropFirst(folder.count + 1))
    }
    return path
  }

  /// A macro.
  func write(_ macro: MacroDefinition, to writer: inout JSONWriter) {
    let docs = macro.properties["docs"] ?? macro.properties["config"]?["docs"]
    let meta = macro.properties["config"]?["meta"] ?? macro.properties["meta"]
    writer.object { writer in
      writer.member("name", macro.name)
      writer.member("resource_type", "macro")
      writer.member("package_name", macro.package)
      writer.member("path", macro.path)
      writer.member("original_file_path", macro.originalPath)
      writer.member("unique_id", macro.id.rawValue)
      writer.member("macro_sql", macro.code)
      writer.member("depends_on", object: { $0.member("macros", macro.dependencies.lazy.map(\.rawValue)) })
      writer.member("description", macro.description)
      writer.member("meta", orEmpty: meta)
      writeDocs(docs, to: &writer)
      writer.member(
        "config",
        object: {
          $0.member("meta", orEmpty: meta)
          writeDocs(docs, to: &$0)
        })
      writer.member("patch_path", macro.propertiesPath.map { "\(macro.package)://\($0)" })
      writeArguments(macro.properties["arguments"], to: &writer)
      writer.key("created_at")
      writer.number(generatedAt)
      writer.member("supported_languages", nil as String?)
    }
  }

  private func writeArguments(_ arguments: DataValue?, to writer: inout JSONWriter) {
    writer.member(
      "arguments",
      array: { writer in
        guard case .list(let items)? = arguments else { return }
        for item in items {
          writer.object {
            $0.member("name", item["name"])
            $0.member("type", item["type"])
            $0.member("description", item["description"] ?? .string(""))
          }
        }
      })
  }

  /// A macro that is built in: other tools look for an entry of each that something depends on.
  func write(builtIn id: NodeID, to writer: inout JSONWriter) {
    let name = id.rawValue.split(separator: ".").last.map(String.init) ?? id.rawValue
    writer.object { writer in
      writer.member("name", name)
      writer.member("resource_type", "macro")
      writer.member("package_name", "dbt")
      writer.member("path", "builtin.sql")
      writer.member("original_file_path", "builtin.sql")
      writer.member("unique_id", id.rawValue)
      writer.member("macro_sql", "{# \(name) is built in #}")
      writer.member("depends_on", object: { $0.member("macros", []) })
      writer.member("description", "")
      writer.member("meta", object: { _ in })
      writeDocs(nil, to: &writer)
      writer.member(
        "config",
        object: {
          $0.member("meta", object: { _ in })
          writeDocs(nil, to: &$0)
        })
      writer.member("patch_path", nil as String?)
      writer.member("arguments", [])
      writer.key("created_at")
      writer.number(generatedAt)
      writer.member("supported_languages", nil as String?)
    }
  }

  /// A group of models.
  func write(_ group: GroupDefinition, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", group.name)
      writer.member("resource_type", "group")
      writer.member("package_name", group.package)
      writer.member("path", withoutModelFolder(group.originalPath))
      writer.member("original_file_path", group.originalPath)
      writer.member("unique_id", group.id.rawValue)
      writer.member(
        "owner",
        object: { writer in
          writer.member("email", group.owner["email"])
          writer.member("name", group.owner["name"])
          if case .dict(let owner) = group.owner {
            for (key, value) in owner where !["email", "name"].contains(key) { writer.member(key, value) }
          }
        })
      writer.member("description", group.description.isEmpty ? nil : group.description)
      writer.member(
        "config",
        object: { writer in
          writer.member("meta", orEmpty: group.config["meta"])
          if case .dict(let config) = group.config {
            for (key, value) in config where key != "meta" { writer.member(key, value) }
          }
        })
    }
  }

  /// A named piece of documentation.
  func write(_ docs: DocsBlock, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", docs.name)
      writer.member("resource_type", "doc")
      writer.member("package_name", docs.package)
      writer.member("path", docs.path)
      writer.member("original_file_path", docs.originalPath)
      writer.member("unique_id", docs.id.rawValue)
      writer.member("block_contents", docs.contents)
    }
  }
}
