import Diagnostics
import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves a few files of one folder over HTTP: those that it is given by name, and nothing else.
public struct FileServer: Sendable {
  /// The folder, absolute.
  private let folder: String
  /// The names that are served; the first is what `/` means.
  private let names: [String]

  /// Makes a server.
  public init(folder: String, names: [String]) {
    self.folder = folder
    self.names = names
  }

  /// Listens until the task is cancelled; a port of 0 means any that is free. `started` gets the address once there is one.
  /// Throws a `Diagnostic` if it cannot listen, and `CancellationError` at the end.
  public func run(host: String, port: Int, started: @Sendable (_ address: String) -> Void) async throws {
    let files = FileReply(folder: folder, names: names, host: host)
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(30)))
          try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
          try pipeline.addHandler(FileHandler(files: files))
        }
      }
    let channel: any Channel
    do {
      channel = try await bootstrap.bind(host: host, port: port).get()
    } catch {
      throw Diagnostic(
        .notServed, "cannot listen on \(Self.shown(host)):\(port): \(error)",
        hint: "choose another --port; 0 takes one that is free")
    }
    started("http://\(Self.shown(host)):\(channel.localAddress?.port ?? port)")
    try await withTaskCancellationHandler {
      try await channel.closeFuture.get()
    } onCancel: {
      channel.close(promise: nil)
    }
    try Task.checkCancellation()
  }

  /// A host as it stands in an address.
  private static func shown(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
