import Dispatch
import Foundation
import Glibc

/// A script of `Tests/Services` that runs as long as this process does.
///
/// Its standard input is a socket whose other end only this process holds: however this process ends, the script reads the end
/// of it, stops its server and goes.
struct ServiceProcess {
  /// What the script says of its server.
  let facts: [String: String]

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Services").path

  /// Starts the script and waits for what it says. Throws if it cannot be started or says nothing.
  static func start(_ name: String) async throws -> ServiceProcess {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try ServiceProcess(script: "\(folder)/\(name).py") })
      }
    }
  }

  private init(script: String) throws {
    var ends: [Int32] = [-1, -1]
    // A pair of sockets can be kept from other programs in the call that makes it, before any of them can start.
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw ServiceFailure(text: "cannot make a pair of sockets: \(String(cString: strerror(errno)))")
    }
    let failure = Self.spawn(script, talkingTo: ends[1])
    close(ends[1])
    guard failure == 0 else {
      close(ends[0])
      throw ServiceFailure(text: "cannot start \(script): \(String(cString: strerror(failure)))")
    }
    // ends[0] stays open on purpose: its end is the end of the service.
    let line = Self.line(from: ends[0])
    guard let facts = try? JSONDecoder().decode([String: String].self, from: line) else {
      throw ServiceFailure(text: "\(script) says no facts: '\(String(decoding: line, as: UTF8.self))'")
    }
    self.facts = facts
  }

  private static func spawn(_ script: String, talkingTo socket: Int32) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, socket, 0)
    posix_spawn_file_actions_adddup2(&actions, socket, 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words: [UnsafeMutablePointer<CChar>?] = [strdup("python3"), strdup(script), nil]
    defer { words.forEach { free($0) } }
    var pid = pid_t()
    return posix_spawnp(&pid, "python3", &actions, &attributes, &words, environ)
  }

  /// The bytes before the first line's end.
  private static func line(from descriptor: Int32) -> Data {
    var line = Data()
    var byte: UInt8 = 0
    while true {
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1, byte != UInt8(ascii: "\n") else { return line }
      line.append(byte)
    }
  }
}

/// Why a service or a question to it failed.
public struct ServiceFailure: Error, CustomStringConvertible {
  /// The reason, for people.
  public var text: String
  /// The reason, for people.
  public var description: String { text }

  /// A failure with its reason.
  public init(text: String) { self.text = text }
}
