import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers the requests of one connection, one after the other.
final class FileHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let files: FileReply
  private var head: HTTPRequestHead?

  init(files: FileReply) { self.files = files }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body: break
    case .end:
      guard let head else { return }
      self.head = nil
      reply(to: head, context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func reply(to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    switch files.answer(head.method, head.uri, host: head.headers.first(name: "host")) {
    case .refusal(let status):
      write(status, Array("\(status.reasonPhrase)\n".utf8), "text/plain", head, context)
    case .file(let path, let type):
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      // Reading may block.
      NIOThreadPool.singleton.runIfActive(eventLoop: context.eventLoop) { Self.bytes(of: path) }
        .whenComplete { result in
          let (handler, context) = bound.value
          guard case .success(let bytes?) = result else {
            let text = "This file is not there. 'weir docs generate' writes it.\n"
            return handler.write(.notFound, Array(text.utf8), "text/plain", head, context)
          }
          handler.write(.ok, bytes, type, head, context)
        }
    }
  }

  private func write(
    _ status: HTTPResponseStatus, _ bytes: [UInt8], _ type: String, _ request: HTTPRequestHead,
    _ context: ChannelHandlerContext
  ) {
    var headers: HTTPHeaders = [
      "content-type": type, "content-length": String(bytes.count), "cache-control": "no-store",
      "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin", "x-frame-options": "DENY",
    ]
    if status == .methodNotAllowed { headers.add(name: "allow", value: "GET, HEAD") }
    if !request.isKeepAlive { headers.add(name: "connection", value: "close") }
    let head = HTTPResponseHead(version: request.version, status: status, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if request.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
    }
    let isLast = !request.isKeepAlive
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
      if isLast { bound.value.close(promise: nil) }
    }
  }

  /// The bytes of a file; nil if it cannot be read.
  private static func bytes(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        read(file, $0.baseAddress?.advanced(by: length), $0.count - length)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      length += count
    }
    bytes.removeLast(bytes.count - length)
    return bytes
  }
}
