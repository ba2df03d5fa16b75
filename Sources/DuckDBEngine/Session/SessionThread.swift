#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One thread with a queue of its own, on which an actor runs: DuckDB's blocking calls never hold a thread of
/// Swift's cooperative pool.
///
/// Safe as `@unchecked Sendable`: `jobs` and `isStopping` are touched only under `mutex`, and the mutex and
/// the condition are allocated for as long as the object lives.
final class SessionThread: SerialExecutor, @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [UnownedJob] = []
  private var isStopping = false

  /// Binding and planning recurse with the depth of an expression: the usual stack would bound it too
  /// tightly.
  private static let stackBytes = 8 << 20

  /// Starts the thread; nil if the system has none left.
  init?() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    guard start() else { return nil }
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  private func start() -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackBytes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    // The thread keeps the object alive until it is told to stop.
    let context = Unmanaged.passRetained(self).toOpaque()
    let status = Self.spawn(&attributes, context)
    if status != 0 { Unmanaged<SessionThread>.fromOpaque(context).release() }
    return status == 0
  }

  private static func spawn(_ attributes: inout pthread_attr_t, _ context: UnsafeMutableRawPointer) -> Int32 {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    return pthread_create(&thread, &attributes, enterSessionThread, context)
  }

  fileprivate func loop() {
    while let job = next() { job.runSynchronously(on: asUnownedSerialExecutor()) }
  }

  private func next() -> UnownedJob? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while jobs.isEmpty && !isStopping { pthread_cond_wait(condition, mutex) }
    return jobs.isEmpty ? nil : jobs.removeFirst()
  }

  /// Ends the thread once its queue is empty. Nothing may be enqueued afterwards.
  func stop() {
    pthread_mutex_lock(mutex)
    isStopping = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}

private func enterSessionThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<SessionThread>.fromOpaque(context).takeRetainedValue().loop()
  return nil
}
