#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// This process's sockets to one server. The libraries that speak to databases wait for bytes without end and cannot be
/// interrupted; what wakes them is the end of their socket.
struct PeerSockets: Sendable {
  /// The server's addresses as the system writes them in a socket's peer, without what differs between sockets.
  fileprivate let addresses: Set<Address>

  fileprivate struct Address: Hashable {
    var bytes: [UInt8]
    var port: UInt16
  }

  /// The sockets to a host and port. Nil if the host is none of the network: a local socket's folder, or a name that is not known.
  init?(host: String, port: Int) {
    guard !host.isEmpty, !host.hasPrefix("/") else { return nil }
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), nil, &found) == 0 else { return nil }
    defer { freeaddrinfo(found) }
    var addresses: Set<Address> = []
    var next = found
    while let entry = next {
      if let address = Address(UnsafePointer(entry.pointee.ai_addr)) { addresses.insert(address) }
      next = entry.pointee.ai_next
    }
    self.addresses = addresses
  }

  /// Ends the connections: who waits on them is told that the server went.
  func shutDown() {
    for socket in sockets() { shutdown(socket, Int32(SHUT_RDWR)) }
  }

  /// Whether there are connections, nothing came on any of them for so long, and nothing lies there unread.
  func isSilent(for time: Duration) -> Bool {
    let sockets = sockets()
    return !sockets.isEmpty && sockets.allSatisfy { Self.isSilent($0, time) }
  }

  private static func isSilent(_ socket: Int32, _ time: Duration) -> Bool {
    #if os(Linux)
      var unread: Int32 = 0
      guard ioctl(socket, UInt(FIONREAD), &unread) == 0, unread == 0 else { return false }
      var information = tcp_info()
      var size = socklen_t(MemoryLayout<tcp_info>.size)
      guard getsockopt(socket, Int32(IPPROTO_TCP), TCP_INFO, &information, &size) == 0 else { return false }
      return .milliseconds(Int(information.tcpi_last_data_recv)) >= time
    #else
      // Other systems do not say when a socket received something.
      return false
    #endif
  }

  private func sockets() -> [Int32] {
    (0..<min(getdtablesize(), 1 << 16)).filter { number in
      var storage = sockaddr_storage()
      var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let address = withUnsafeMutablePointer(to: &storage) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
          getpeername(number, peer, &size) == 0 ? Address(UnsafePointer(peer)) : nil
        }
      }
      return address.map { addresses.contains($0) } ?? false
    }
  }
}

extension PeerSockets.Address {
  /// Reads an address of the network; nil for others.
  fileprivate init?(_ address: UnsafePointer<sockaddr>?) {
    guard let address else { return nil }
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      let (ip, port) = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        ($0.pointee.sin_addr, $0.pointee.sin_port)
      }
      self.init(bytes: withUnsafeBytes(of: ip) { Array($0) }, port: port)
    case AF_INET6:
      let (ip, port) = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
        ($0.pointee.sin6_addr, $0.pointee.sin6_port)
      }
      self.init(bytes: withUnsafeBytes(of: ip) { Array($0) }, port: port)
    default: return nil
    }
  }
}
