import Diagnostics
import Glibc
import Project

/// Secrets from files and from programs such as `pass`, `vault`, `az`, `aws` and `op`.
public struct SystemSecrets: SecretSource {
  /// How long a program may take.
  private let timeout: Duration

  /// Makes a source of secrets; a program gets 30 seconds unless told otherwise.
  public init(timeout: Duration = .seconds(30)) { self.timeout = timeout }

  /// The secret that is named. Throws a `Diagnostic` that never holds a secret.
  public func value(
    of reference: SecretReference, root: String, isCancelled: @Sendable () -> Bool
  ) throws -> SecretValue {
    switch reference {
    case .file(let path): try file(path, root)
    case .command(let command): SecretValue(try self.command(command, root, isCancelled))
    }
  }

  // MARK: - Files

  private static let longestFile = 65_536

  private func file(_ path: String, _ root: String) throws -> SecretValue {
    let absolute = path.hasPrefix("/") ? path : root + "/" + path
    let descriptor = open(absolute, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      throw unreadable(path, "it is a folder")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= Self.longestFile {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    guard bytes.count <= Self.longestFile else { throw unreadable(path, "it is longer than 64 KiB") }
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw unreadable(path, "it is not UTF-8 text")
    }
    if text.last?.isNewline == true { text.removeLast() }
    guard !text.isEmpty else { throw unreadable(path, "it is empty") }
    return SecretValue(text, warning: status.st_mode & S_IROTH != 0 ? exposed(path) : nil)
  }

  private func unreadable(_ path: String, _ cause: String) -> Diagnostic {
    Diagnostic(
      .secretUnavailable, "the secret in the file '\(path)' cannot be read", cause: cause)
  }

  private func exposed(_ path: String) -> Diagnostic {
    Diagnostic(
      .secretExposed, "everybody on this machine can read the secret in '\(path)'", severity: .warning,
      hint: "chmod 600 \(path)")
  }

  // MARK: - Programs

  private func command(
    _ command: String, _ root: String, _ isCancelled: () -> Bool
  ) throws -> String {
    func failure(_ what: String, _ errors: [UInt8] = []) -> Diagnostic {
      let said = String(decoding: errors.prefix(4096), as: UTF8.self)
      return Diagnostic(
        .secretUnavailable, "the command of secret('command:\(command)') \(what)",
        hint: "run it by hand: it must print the secret as its first line, and nothing may be asked for",
        cause: said.allSatisfy(\.isWhitespace) ? nil : said)
    }
    let output: ShellCommand.Output
    do throws(ShellCommand.StartFailure) {
      output = try ShellCommand.start(command, folder: root).finish(
        within: timeout, isCancelled: isCancelled)
    } catch {
      throw failure("could not be started: \(error.reason)")
    }
    switch output.ending {
    case .exited(0): break
    case .exited(let code): throw failure("ended with exit code \(code)", output.errors)
    case .killed(let signal): throw failure("was killed by signal \(signal)", output.errors)
    case .timedOut: throw failure("did not end within \(timeout.components.seconds) seconds", output.errors)
    case .cancelled: throw CancellationError()
    }
    guard let text = String(validating: output.bytes, as: UTF8.self) else {
      throw failure("printed what is not UTF-8 text")
    }
    let line = text.prefix { !$0.isNewline }
    guard !line.isEmpty else { throw failure("printed nothing", output.errors) }
    return String(line)
  }
}
