import Diagnostics
import Testing

@testable import CommandLine

@Suite struct ProcessEnvironmentTests {
  @Test("Variables say yes and no as dbt reads them")
  func booleans() throws {
    let environment = ProcessEnvironment(values: ["A": "1", "B": "False", "C": "", "D": "maybe"])
    #expect(try environment.isOn("A") == true)
    #expect(try environment.isOn("B") == false)
    #expect(try environment.isOn("C") == nil)
    #expect(try environment.isOn("E") == nil)
    #expect(
      throws: Diagnostic(
        .usage, "the environment variable D is neither true nor false", hint: "set it to 1 or 0")
    ) { try environment.isOn("D") }
  }

  @Test("A word that is none of the choices is refused")
  func choices() throws {
    let environment = ProcessEnvironment(values: ["F": "JSON", "G": "xml"])
    #expect(try environment.choice("F", of: LogFormat.self) == .json)
    #expect(
      throws: Diagnostic(
        .usage, "the environment variable G must be one of 'text', 'json', 'debug', 'default'")
    ) { try environment.choice("G", of: LogFormat.self) }
  }

  @Test("Values that dbt calls secret are never shown")
  func secrets() {
    let environment = ProcessEnvironment(values: ["DBT_ENV_SECRET_TOKEN": "abc", "HOME": "/root"])
    #expect(environment.secrets == ["abc"])
  }

  @Test("Lists of words are split at spaces and commas")
  func words() {
    #expect(ProcessEnvironment(values: ["K": "model, seed test"]).words("K") == ["model", "seed", "test"])
  }
}

@Suite struct ResourceTypesTests {
  @Test("Kinds have dbt's names, and mistakes are told")
  func parse() throws {
    #expect(try ResourceTypes.parse(["model", "test", "Seed"]) == [.model, .check, .seed])
    // No kind in particular is every kind.
    #expect(try ResourceTypes.parse(["model", "all"]) == [])
    #expect(try ResourceTypes.parse(["default", "seed"], standard: [.model]) == [.model, .seed])
    #expect(
      throws: Diagnostic(.usage, "no kind of node is called 'modle'", hint: "did you mean 'model'?")
    ) { try ResourceTypes.parse(["modle"]) }
  }
}
