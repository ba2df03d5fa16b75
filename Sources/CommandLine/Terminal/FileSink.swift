import Glibc
import Synchronization

/// A file descriptor of the process as a sink. SIGPIPE must be ignored, so that a reader's leaving is an error
/// code and not the end of the process.
public final class FileSink: TextSink {
  private let descriptor: Int32
  /// The error that ended writing; 0 as long as none did.
  private let ending = Mutex<Int32>(0)
  /// Whether the descriptor is a terminal's.
  public let isTerminal: Bool

  /// Wraps a descriptor (1: standard output, 2: standard error) that stays open. A terminal that `isDumb` knows no
  /// escape sequences, and is written to like a file.
  public init(descriptor: Int32, isDumb: Bool) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1 && !isDumb
  }

  /// Whether a write has found nobody to read it.
  public var isClosed: Bool { ending.withLock { $0 != 0 } }

  /// The system's words for what ended writing, unless the reader left of its own accord or the descriptor was never
  /// open.
  public var loss: String? {
    let ending = ending.withLock { $0 }
    return [0, EPIPE, EBADF].contains(ending) ? nil : String(cString: strerror(ending))
  }

  /// The terminal's size now; asks the system each time.
  public var size: TerminalSize? {
    guard isTerminal else { return nil }
    var window = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
    return TerminalSize(columns: Int(window.ws_col), rows: Int(window.ws_row))
  }

  /// Writes all of `text`, and waits if the reader is slow.
  public func write(_ text: String) {
    ending.withLock { ending in
      guard ending == 0 else { return }
      var text = text
      ending = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0)) }
    }
  }

  /// Writes all bytes; gives the error that keeps it from doing so, or 0.
  private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    var offset = 0
    while offset < bytes.count, let base = bytes.baseAddress {
      let written = Glibc.write(descriptor, base + offset, bytes.count - offset)
      if written >= 0 {
        offset += written
      } else if errno == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}
