import Diagnostics
import Testing

@testable import CommandLine

@Suite("Which warnings are errors")
struct WarningPolicyTests {
  private let unused = Diagnostic(.unusedConfiguration, "x", severity: .warning)
  private let unknown = Diagnostic(.unknownKey, "x", severity: .warning)

  private func verdicts(_ options: String) throws -> [WarningPolicy.Verdict] {
    let policy = try WarningPolicy(yaml: options, origin: "--warn-error-options")
    return [policy.verdict(unused), policy.verdict(unknown)]
  }

  @Test(
    "A name goes before the group, and that before all",
    arguments: [
      ("{}", [.warning, .warning]), ("{error: all}", [.error, .error]), ("{include: '*'}", [.error, .error]),
      ("{error: [UnusedResourceConfigPath]}", [.error, .warning]),
      ("{error: [WEIR-E0115]}", [.error, .warning]),
      ("{error: [Deprecations]}", [.warning, .error]),
      ("{error: all, warn: [UnusedResourceConfigPath]}", [.warning, .error]),
      ("{error: all, warn: [Deprecations]}", [.error, .warning]),
      ("{error: [CustomKeyInConfigDeprecation, Deprecations], warn: [Deprecations]}", [.warning, .error]),
      ("{error: all, silence: [UnusedResourceConfigPath]}", [.silenced, .error]),
      ("{silence: [Deprecations]}", [.warning, .silenced]),
      ("{silence: [Deprecations], warn: [CustomKeyInObjectDeprecation]}", [.warning, .warning]),
    ] as [(String, [WarningPolicy.Verdict])])
  func order(options: String, expected: [WarningPolicy.Verdict]) throws {
    #expect(try verdicts(options) == expected)
  }

  @Test(
    "What the options cannot be is refused",
    arguments: [
      ("{error: some}", "'error' of --warn-error-options must be a list of names, or 'all'"),
      ("{error: [Nothing]}", "'Nothing' of --warn-error-options is no name of a warning"),
      ("{errors: all}", "--warn-error-options has no 'errors'"),
      (
        "{error: all, include: all}",
        "--warn-error-options has both 'error' and 'include', which mean the same"
      ),
      ("{warn: [NoNodeForYamlKey]}", "'warn' of --warn-error-options takes out nothing"),
    ])
  func mistakes(options: String, message: String) {
    do {
      _ = try WarningPolicy(yaml: options, origin: "--warn-error-options")
      Issue.record("it was taken")
    } catch {
      #expect(error.message == message)
    }
  }

  @Test("Checks that warn, and what is only worth knowing")
  func checks() throws {
    #expect(WarningPolicy.everything("--warn-error").bansFailingChecks)
    #expect(try WarningPolicy(yaml: "{error: [LogTestResult]}", origin: "").bansFailingChecks)
    #expect(try !WarningPolicy(yaml: "{error: all, warn: [LogTestResult]}", origin: "").bansFailingChecks)
    #expect(try WarningPolicy(yaml: "{error: [LogFreshnessResult]}", origin: "").bansStaleSources)
    let silent = try WarningPolicy(yaml: "{silence: [JinjaLogWarning]}", origin: "")
    #expect(silent.templateWarnings == .silenced && WarningPolicy().templateWarnings == .told)
    #expect(WarningPolicy.everything("--warn-error").templateWarnings == .failing(origin: "--warn-error"))
    let note = Diagnostic(.unusedConfiguration, "x", severity: .note)
    #expect(WarningPolicy.everything("").verdict(note) == .warning)
  }
}
