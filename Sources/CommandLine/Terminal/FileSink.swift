import Glibc
import Synchronization

/// A file descriptor of the process as a sink. SIGPIPE must be ignored, so that a reader's leaving is an error
/// code and not the end of the process.
public final class FileSink: TextSink {
  private let descriptor: Int32
  private let hasReader = Mutex(true)
  /// Whether the descriptor is a terminal's.
  public let isTerminal: Bool

  /// Wraps a descriptor (1: standard output, 2: standard error) that stays open. A terminal that `isDumb` knows no
  /// escape sequences, and is written to like a file.
  public init(descriptor: Int32, isDumb: Bool) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1 && !isDumb
  }

  /// Whether a write has found nobody to read it.
  public var isClosed: Bool { hasReader.withLock { !$0 } }

  /// The terminal's size now; asks the system each time.
  public var size: TerminalSize? {
    guard isTerminal else { return nil }
    var window = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
    return TerminalSize(columns: Int(window.ws_col), rows: Int(window.ws_row))
  }

  /// Writes all of `text`, and waits if the reader is slow.
  public func write(_ text: String) {
    hasReader.withLock { hasReader in
      guard hasReader else { return }
      var text = text
      hasReader = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0)) }
    }
  }

  /// Writes all bytes; false if nobody can read them any more.
  private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset < bytes.count, let base = bytes.baseAddress {
      let written = Glibc.write(descriptor, base + offset, bytes.count - offset)
      if written >= 0 {
        offset += written
      } else if errno == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
