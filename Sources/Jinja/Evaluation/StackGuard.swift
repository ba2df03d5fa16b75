/// Tells how near the stack's end is, so that recursion ends with a diagnostic and not with a crash.
struct StackGuard {
  /// What must stay free for the host's functions and for building the error.
  private static let reserve: UInt = 96 << 10
  /// Assumed where the system does not tell the stack's size.
  private static let assumed: UInt = 256 << 10

  /// The lowest address that evaluation may reach.
  private let lowest: UInt

  /// A guard of the current thread's stack. Costs a few system calls, once in a thread.
  static func ofCurrentThread() -> StackGuard {
    let here = currentAddress()
    if let end = ThreadStack.end(), end < here {
      // At least half of what is left can be used, however small the stack.
      return StackGuard(lowest: end + min(reserve, (here - end) / 2))
    }
    return StackGuard(lowest: here > assumed ? here - assumed : 0)
  }

  private init(lowest: UInt) { self.lowest = lowest }

  /// Whether the stack is nearly used up.
  @inline(__always)
  var isExhausted: Bool { StackGuard.currentAddress() < lowest }

  /// Unprotected only in name: the memory is never written, and with protection every node that looks at the stack would
  /// check a canary.
  @inline(__always)
  private static func currentAddress() -> UInt {
    _withUnprotectedUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { UInt(bitPattern: $0.baseAddress) }
  }
}
