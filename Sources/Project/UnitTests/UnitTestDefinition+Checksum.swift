import Jinja

extension UnitTestDefinition {
  /// The test's identity as dbt has it: changed, the test is another one. It is of the text that Python prints for
  /// dbt's objects.
  public var checksum: String {
    var data =
      "\(model)-\(versionsText)-[\(given.map(text).joined(separator: ", "))]-\(expectText)-\(overridesText)"
    for given in given where given.fixture.file != nil {
      data += "-\(rowsText(given.fixture, isQuoted: false))"
    }
    return Digest.sha256(data)
  }

  private var versionsText: String {
    guard let versions else { return "None" }
    let parts = [("include", versions.include), ("exclude", versions.exclude)].map { name, values in
      "\(name)=\(values.map { Value(DataValue.list($0)).repr() } ?? "None")"
    }
    return "UnitTestNodeVersions(\(parts.joined(separator: ", ")))"
  }

  private func text(_ given: Given) -> String {
    "UnitTestInputFixture(input=\(Self.repr(given.text)), \(text(given.fixture)))"
  }

  private var expectText: String { "UnitTestOutputFixture(\(text(expect)))" }

  private func text(_ fixture: Fixture) -> String {
    let name = fixture.format == .dict ? "Dict" : fixture.format.rawValue.uppercased()
    return
      "rows=\(rowsText(fixture, isQuoted: true)), format=<UnitTestFormat.\(name): '\(fixture.format.rawValue)'>, "
      + "fixture=\(fixture.file.map(Self.repr) ?? "None")"
  }

  private func rowsText(_ fixture: Fixture, isQuoted: Bool) -> String {
    switch fixture.rows {
    case .list(let rows): Value(DataValue.list(rows)).repr()
    case .sql(let text): isQuoted ? Self.repr(text) : text
    case .seed: "None"
    }
  }

  private var overridesText: String {
    guard hasOverrides else { return "None" }
    let parts = [("macros", macros), ("vars", vars), ("env_vars", environment)].map { name, value in
      "\(name)=\(Value(value).repr())"
    }
    return "UnitTestOverrides(\(parts.joined(separator: ", ")))"
  }

  private static func repr(_ text: String) -> String { Value(DataValue.string(text)).repr() }
}
