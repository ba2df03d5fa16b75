import Diagnostics
import Jinja
import Project

extension Manifest {
  /// A unit test.
  func write(unitTest node: Node, to writer: inout JSONWriter) {
    guard let test = node.unitTest else { return }
    writer.object { writer in
      writer.member("model", test.model)
      writer.member("given", array: { writer in for given in test.given { write(given, to: &writer) } })
      writer.member("expect", object: { write(test.expect, to: &$0) })
      writer.member("name", node.name)
      writer.member("resource_type", node.resourceType.rawValue)
      writer.member("package_name", node.package)
      writer.member("path", withoutModelFolder(node.originalPath))
      writer.member("original_file_path", node.originalPath)
      writer.member("unique_id", node.id.rawValue)
      writer.member("fqn", node.fqn)
      writer.member("description", node.description)
      writeOverrides(of: test, to: &writer)
      writeDependencies(macros: [], nodes: node.dependencies, to: &writer)
      writer.member("config", orEmpty: node.config.values)
      writer.member("checksum", node.checksum)
      writer.member("schema", project.node(test.modelNode)?.relation?.schema)
      writer.key("created_at")
      writer.number(generatedAt)
      writeVersions(of: test, to: &writer)
      writer.member("version", test.version)
    }
  }

  private func write(_ given: UnitTestDefinition.Given, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("input", given.text)
      write(given.fixture, to: &writer)
    }
  }

  private func write(_ fixture: UnitTestDefinition.Fixture, to writer: inout JSONWriter) {
    let rows: DataValue? =
      switch fixture.rows {
      case .list(let rows): .list(rows)
      case .sql(let text): .string(text)
      case .seed: nil
      }
    writer.member("rows", rows)
    writer.member("format", fixture.format.rawValue)
    writer.member("fixture", fixture.file)
  }

  private func writeOverrides(of test: UnitTestDefinition, to writer: inout JSONWriter) {
    guard test.hasOverrides else { return writer.member("overrides", nil as String?) }
    writer.member(
      "overrides",
      object: {
        $0.member("macros", orEmpty: test.macros)
        $0.member("vars", orEmpty: test.vars)
        $0.member("env_vars", orEmpty: test.environment)
      })
  }

  private func writeVersions(of test: UnitTestDefinition, to writer: inout JSONWriter) {
    guard let versions = test.versions else { return writer.member("versions", nil as String?) }
    writer.member(
      "versions",
      object: {
        $0.member("include", versions.include.map { .list($0) })
        $0.member("exclude", versions.exclude.map { .list($0) })
      })
  }
}
