import CommandTesting
import Connectors
import Diagnostics
import Foundation
import Glibc
import Project
import Testing

@Suite("Secrets from files and programs")
struct SystemSecretsTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private var root: String { folder.path }

  private func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
    let path = root + "/" + name
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func value(_ text: String, timeout: Duration = .seconds(300)) throws -> SecretValue {
    try SystemSecrets(timeout: timeout).value(of: SecretReference(text), root: root, isCancelled: { false })
  }

  private func failure(_ text: String, timeout: Duration = .seconds(300)) -> Diagnostic? {
    do {
      let secret = try value(text, timeout: timeout)
      Issue.record("not expected: \(secret.text)")
      return nil
    } catch {
      return error as? Diagnostic
    }
  }

  @Test("a file's text is the secret, without the newline at its end")
  func file() throws {
    try write("p.txt", "hunter 2 \n")
    #expect(try value("file:p.txt").text == "hunter 2 ")
    #expect(try value("file:\(root)/p.txt").warning == nil)
    try write("two.txt", "a\nb\n")
    #expect(try value("file:two.txt").text == "a\nb")
  }

  @Test("a file that everybody can read is warned of")
  func exposed() throws {
    try write("p.txt", "x", mode: 0o644)
    let warning = try value("file:p.txt").warning
    #expect(warning?.code == .secretExposed && warning?.hint == "chmod 600 p.txt")
    #expect(warning?.message == "everybody on this machine can read the secret in 'p.txt'")
  }

  @Test("a file that is not there, empty, a folder or no text is a diagnostic")
  func badFiles() throws {
    try write("empty", "\n")
    try Data([0xFF, 0xFE]).write(to: URL(filePath: root + "/bytes"))
    #expect(failure("file:none")?.cause == "No such file or directory")
    #expect(failure("file:empty")?.cause == "it is empty")
    #expect(failure("file:.")?.cause == "it is a folder")
    #expect(failure("file:bytes")?.cause == "it is not UTF-8 text")
    #expect(failure("file:none")?.message == "the secret in the file 'none' cannot be read")
  }

  @Test("a command's first line is the secret; it runs in the project's folder")
  func command() throws {
    try write("p.txt", "from a file\nmore")
    #expect(try value("command:cat p.txt").text == "from a file")
    #expect(try value("command:echo \"it's\" | tr a-z A-Z").text == "IT'S")
    #expect(try value("command:yes | head -n 500000").text == "y")
  }

  @Test("a command that fails tells how, with what it said")
  func failures() throws {
    let failed = failure("command:echo secret; echo no entry >&2; exit 3")
    #expect(failed?.code == .secretUnavailable && failed?.cause == "no entry\n")
    #expect(
      failed?.message
        == "the command of secret('command:echo secret; echo no entry >&2; exit 3') ended with exit code 3")
    #expect(failure("command:true")?.message.hasSuffix("printed nothing") == true)
    #expect(failure("command:kill -9 $$")?.message.hasSuffix("was killed by signal 9") == true)
    #expect(failure("command:nosuchprogram-")?.message.hasSuffix("ended with exit code 127") == true)
  }

  @Test("a command that does not end is killed with all that it started")
  func hanging() throws {
    let pipe = root + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let reading = open(pipe, O_RDONLY | O_NONBLOCK)
    defer { close(reading) }
    let failed = failure("command:(sleep 20; echo alive) > pipe & wait", timeout: .milliseconds(300))
    #expect(failed?.message.hasSuffix("did not end within 0 seconds") == true)
    // Reading ends when the last that could write is gone.
    _ = fcntl(reading, F_SETFL, 0)
    var byte: UInt8 = 0
    #expect(read(reading, &byte, 1) == 0)
  }

  @Test("a command ends soon after it is not wanted any more")
  func cancelled() throws {
    #expect(throws: CancellationError.self) {
      try SystemSecrets().value(
        of: SecretReference("command:sleep 600"), root: root, isCancelled: { true })
    }
  }

  @Test("only files and commands are known")
  func references() {
    #expect(throws: Diagnostic.self) { try SecretReference("vault:x") }
    #expect(throws: Diagnostic.self) { try SecretReference("file:") }
  }
}
