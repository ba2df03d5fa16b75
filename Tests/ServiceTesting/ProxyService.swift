import Dispatch
import Foundation
import Glibc

/// A TCP proxy in front of a server, which its test can tell to cut connections or to fall silent.
public struct ProxyService: Sendable {
  /// The proxy's address, as the server's is told.
  public let host = "127.0.0.1"
  /// The proxy's port.
  public let port: Int
  private let control: UInt16

  /// What goes wrong, and when.
  public struct Fault: Sendable, Encodable {
    /// How connections end.
    public enum Kind: String, Sendable, Encodable, CaseIterable {
      /// By a reset, which drops what is on its way.
      case reset
      /// As a server that ends them in good order.
      case close
      /// Not at all: no byte passes any more.
      case stall
    }

    /// Which bytes count.
    public enum Side: String, Sendable, Encodable {
      /// Those from the server.
      case down
      /// Those to the server.
      case up
    }

    var kind: Kind
    var side: Side
    var after: Int
    var times: Int?

    /// Once so many bytes passed, counted over all connections: `times` times, or from then on until it is healed.
    public init(_ kind: Kind, after: Int, side: Side = .down, times: Int? = nil) {
      (self.kind, self.side, self.after, self.times) = (kind, side, after, times)
    }
  }

  /// What passed since the fault was set, or taken away.
  public struct Counts: Sendable, Decodable {
    /// Connections that were made.
    public var connections: Int
    /// Bytes from the server.
    public var down: Int
    /// Bytes to the server.
    public var up: Int
    /// Connections that were cut.
    public var cuts: Int
  }

  private struct Request: Encodable {
    var port: Int
    var fault: Fault?
  }

  private struct Question: Encodable { var port: Int }
  private struct Opening: Codable {
    var port: Int?
    var open: String?
  }

  /// A proxy in front of the server at `address`.
  init(control: String, address: String) async throws {
    self.control = UInt16(control) ?? 0
    let opened: Opening = try await Self.ask(Opening(open: address), at: self.control)
    guard let port = opened.port else { throw ServiceFailure(text: "the proxy does not listen") }
    self.port = port
  }

  /// Sets the fault and counts anew.
  public func set(_ fault: Fault) async throws {
    let _: Counts = try await Self.ask(Request(port: port, fault: fault), at: control)
  }

  /// Lets everything pass, and counts anew; gives what passed before.
  @discardableResult
  public func heal() async throws -> Counts {
    try await Self.ask(text: "{\"port\": \(port), \"fault\": null}", at: control)
  }

  /// What passed so far.
  public func counts() async throws -> Counts { try await Self.ask(Question(port: port), at: control) }

  private static func ask<Answer: Decodable & Sendable>(
    _ request: some Encodable, at control: UInt16
  ) async throws -> Answer {
    try await ask(text: String(decoding: JSONEncoder().encode(request), as: UTF8.self), at: control)
  }

  private static func ask<Answer: Decodable & Sendable>(text: String, at control: UInt16) async throws
    -> Answer
  {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          with: Result { try JSONDecoder().decode(Answer.self, from: exchange(text, control)) })
      }
    }
  }

  /// Sends a line to the control port and reads the line that it answers.
  private static func exchange(_ text: String, _ control: UInt16) throws -> Data {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = control.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    let line = Array((text + "\n").utf8)
    guard connected == 0, send(descriptor, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else {
      throw ServiceFailure(text: "the proxy cannot be told: \(String(cString: strerror(errno)))")
    }
    var answer = Data()
    var byte: UInt8 = 0
    while recv(descriptor, &byte, 1, 0) == 1, byte != 0x0A { answer.append(byte) }
    return answer
  }
}

extension Services {
  /// A proxy of the test's own in front of a server: `host:port`.
  public static func proxy(to address: String) async throws -> ProxyService {
    try await ProxyService(control: start("proxy").fact("control"), address: address)
  }
}
