import Diagnostics
import Testing

@testable import CommandLine

@Suite struct ArgumentOrderTests {
  @Test(
    "Flags before the verb move behind it",
    arguments: [
      (["build"], ["build"]),
      (["--quiet", "run"], ["run", "--quiet"]),
      (["--log-format", "json", "ls", "-s", "a"], ["ls", "--log-format", "json", "-s", "a"]),
      (["--log-format=json", "ls"], ["ls", "--log-format=json"]),
      (["-t", "prod", "-q", "build", "-x"], ["build", "-t", "prod", "-q", "-x"]),
      (["help", "show"], ["show", "--help"]),
      (["list"], ["list"]),
    ])
  func order(_ arguments: [String], _ expected: [String]) throws {
    #expect(try ArgumentOrder.sort(arguments) == .command(expected))
  }

  @Test("Asking for help or the version needs no verb")
  func overview() throws {
    #expect(try ArgumentOrder.sort([]) == .overview)
    #expect(try ArgumentOrder.sort(["--help"]) == .overview)
    #expect(try ArgumentOrder.sort(["help"]) == .overview)
    #expect(try ArgumentOrder.sort(["--version"]) == .version)
    #expect(
      try ArgumentOrder.sort(["--generate-completion-script", "zsh"]) == .completionScript(shell: "zsh"))
    #expect(try ArgumentOrder.sort(["--generate-completion-script=fish"]) == .completionScript(shell: "fish"))
  }

  @Test("A mistyped verb is told what was meant")
  func unknownVerb() {
    #expect(
      throws: Diagnostic(.usage, "unknown command 'biuld'", hint: "did you mean 'weir build'?")
    ) { try ArgumentOrder.sort(["biuld"]) }
    #expect(
      throws: Diagnostic(.usage, "unknown command 'frobnicate'", hint: "'weir --help' lists the commands")
    ) { try ArgumentOrder.sort(["frobnicate"]) }
  }

  @Test("Flags alone are not a command")
  func flagsAlone() {
    #expect(
      throws: Diagnostic(
        .usage, "no command after '--quiet'",
        hint: "name a command, such as 'weir build'; 'weir --help' lists them")
    ) { try ArgumentOrder.sort(["--quiet"]) }
  }
}
