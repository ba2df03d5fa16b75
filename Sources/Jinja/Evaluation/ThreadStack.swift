#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where threads' stacks end.
enum ThreadStack {
  /// Where each thread keeps its answer: on the main thread it takes reading a file.
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()

  /// The lowest address of this thread's stack; nil where the system does not tell.
  static func end() -> UInt? {
    guard let key else { return find() }
    if let known = pthread_getspecific(key) { return UInt(bitPattern: known) }
    guard let end = find() else { return nil }
    pthread_setspecific(key, UnsafeRawPointer(bitPattern: end))
    return end
  }

  #if canImport(Glibc) || canImport(Musl)
    /// `pthread_getattr_np`, which the headers hide from Swift.
    private static let readAttributes = dlsym(nil, "pthread_getattr_np").map {
      unsafeBitCast(
        $0, to: (@convention(c) @Sendable (pthread_t, UnsafeMutablePointer<pthread_attr_t>) -> CInt).self)
    }
  #endif

  /// Where this thread's stack ends, nearest address first; nil where the system does not tell.
  private static func find() -> UInt? {
    #if canImport(Glibc) || canImport(Musl)
      var attributes = pthread_attr_t()
      guard let readAttributes, readAttributes(pthread_self(), &attributes) == 0 else { return nil }
      defer { pthread_attr_destroy(&attributes) }
      var address: UnsafeMutableRawPointer?
      var size = 0
      guard pthread_attr_getstack(&attributes, &address, &size) == 0 else { return nil }
      return address.map { UInt(bitPattern: $0) }
    #else
      let top = UInt(bitPattern: pthread_get_stackaddr_np(pthread_self()))
      return top - UInt(pthread_get_stacksize_np(pthread_self()))
    #endif
  }
}
