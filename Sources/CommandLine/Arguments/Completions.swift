import ArgumentParser
import Diagnostics

/// Completion scripts for the shells that have them.
enum Completions {
  /// The script that teaches a shell this program's commands and flags.
  static func script(for shell: String) throws(Diagnostic) -> String {
    guard let shell = CompletionShell(rawValue: shell) else {
      throw Diagnostic(
        .usage, "no completions for '\(TerminalText.oneLine(shell))'",
        hint: "the shells are bash, zsh and fish")
    }
    return RootCommand.completionScript(for: shell)
  }
}
