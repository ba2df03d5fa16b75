import Diagnostics
import Dispatch
import Jinja
import Synchronization

/// Renders the settings of connections when they are used, and hides what is secret in them.
///
/// Each secret is asked for once, and nobody waits for it but who uses it.
public final class ConnectionResolver: Sendable {
  private let settings: ProjectSettings
  private let target: Target
  private let vars: DataValue
  private let invocation: Invocation
  private let source: any SecretSource
  private let state = Mutex(State())
  /// Told every time that more is to be hidden, before it is used.
  private let hide: @Sendable (Redactor) -> Void

  private struct State {
    var known: [SecretReference: Result<SecretValue, Diagnostic>] = [:]
    var hidden: Set<String> = []
    var warnings: [Diagnostic] = []
  }

  /// Makes a resolver for a run. `hide` gets all that must not be shown, each time that more becomes known.
  public init(
    project: Project, invocation: Invocation, secrets: any SecretSource,
    hide: @escaping @Sendable (Redactor) -> Void = { _ in }
  ) {
    settings = project.settings
    target = project.target
    vars = project.vars
    self.invocation = invocation
    source = secrets
    self.hide = hide
  }

  /// Hides all secrets that were used so far.
  public var redactor: Redactor { Redactor(secrets: state.withLock { $0.hidden }) }

  /// What was doubtful about the secrets that were used so far.
  public var warnings: [Diagnostic] { state.withLock { $0.warnings } }

  /// The connection of a load and its settings, its own and its tables', ready to be used. Throws a
  /// `DiagnosticList` with everything that could not be rendered.
  public func resolve(_ load: LoadDefinition, at span: SourceSpan) async throws -> (
    connection: ResolvedConnection, load: LoadDefinition
  ) {
    try await onThreadOfItsOwn { [self] cancellation in
      var rendering = Rendering(self, cancellation, at: span)
      var copy = load
      let connection = rendering.connection(load.origin)
      copy.settings = rendering.settings(load.settings, secretKeys: [])
      for index in copy.tables.indices {
        rendering.span = copy.tables[index].span
        copy.tables[index].settings = rendering.settings(copy.tables[index].settings, secretKeys: [])
      }
      guard rendering.problems.isEmpty, var connection else { throw DiagnosticList(rendering.problems) }
      connection.redactor = redactor
      return (connection, copy)
    }
  }

  /// A connection, ready to be used. Throws a `DiagnosticList` with everything that could not be rendered.
  public func resolve(_ origin: LoadOrigin, at span: SourceSpan) async throws -> ResolvedConnection {
    try await onThreadOfItsOwn { [self] cancellation in
      var rendering = Rendering(self, cancellation, at: span)
      guard var connection = rendering.connection(origin), rendering.problems.isEmpty else {
        throw DiagnosticList(rendering.problems)
      }
      connection.redactor = redactor
      return connection
    }
  }

  /// Secrets may take seconds to come: nobody's thread waits for them.
  private func onThreadOfItsOwn<T: Sendable>(
    _ body: @escaping @Sendable (Cancellation) throws -> T
  ) async throws -> T {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body(cancellation) }) }
      }
    } onCancel: {
      cancellation.cancel()
    }
  }

  /// Whether who asked still wants the answer.
  private final class Cancellation: Sendable {
    private let state = Mutex(false)
    var isCancelled: Bool { state.withLock { $0 } }
    func cancel() { state.withLock { $0 = true } }
  }

  /// From now on the texts are hidden.
  private func conceal(_ texts: some Sequence<String>) {
    let all = state.withLock { state in
      state.hidden.formUnion(texts.filter { !$0.isEmpty })
      return state.hidden
    }
    hide(Redactor(secrets: all))
  }

  /// A secret, asked for at most once.
  private func secret(_ text: String, _ cancellation: Cancellation) throws -> String {
    let reference = try SecretReference(text)
    // The lock is held while the secret is had: who else wants it waits for the one answer.
    let result = try state.withLock { state in
      if let known = state.known[reference] { return known }
      let result: Result<SecretValue, Diagnostic>
      do {
        result = .success(
          try source.value(of: reference, root: settings.root) { cancellation.isCancelled })
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        result = .failure(.wrapping(error, .secretUnavailable, "secret('\(reference)') cannot be had"))
      }
      state.known[reference] = result
      if case .success(let value) = result, let warning = value.warning { state.warnings.append(warning) }
      return result
    }
    let value = try result.get().text
    conceal([value])
    return value
  }

  // MARK: - Rendering

  /// One use of a connection. Lives on one thread.
  private struct Rendering {
    let resolver: ConnectionResolver
    let base: BaseContext
    let interpreter: Interpreter
    var span: SourceSpan
    var problems: [Diagnostic] = []

    init(_ resolver: ConnectionResolver, _ cancellation: Cancellation, at span: SourceSpan) {
      self.resolver = resolver
      self.span = span
      base = BaseContext(invocation: resolver.invocation, mayReadSecrets: true, log: { _ in })
      base.vars = resolver.vars
      base.projectName = resolver.settings.name
      base.target = resolver.target.visibleValues
      base.secret = { [unowned resolver] in try resolver.secret($0, cancellation) }
      interpreter = base.makeInterpreter()
    }

    mutating func connection(_ origin: LoadOrigin) -> ResolvedConnection? {
      switch origin {
      case .connection(let connection):
        span = connection.span
        let keys = Set(ConnectionShapes.fields(of: connection.type).filter(\.isSecret).map(\.key))
        let settings = settings(connection.settings, secretKeys: keys)
        return ResolvedConnection(
          name: connection.name, type: connection.type, settings: settings, redactor: .none)
      case .location(let text, let type):
        guard let rendered = settings(.string(text), secretKeys: []).scalarText,
          let location = SourceLocation(rendered, root: resolver.settings.root)
            ?? SourceLocation("./" + rendered, root: resolver.settings.root)
        else { return nil }
        conceal(location.settings)
        return ResolvedConnection(name: text, type: type, settings: location.settings, redactor: .none)
      }
    }

    /// What stands in a URL under a secret's name.
    private func conceal(_ settings: DataValue) {
      resolver.conceal(
        (settings.entries ?? []).filter { PlainSecrets.isSecret(name: $0.key) }.compactMap {
          $0.value.scalarText
        })
    }

    /// The settings with every text rendered; what stands under a secret's key is hidden.
    mutating func settings(_ value: DataValue, secretKeys: Set<String>) -> DataValue {
      switch value {
      case .string(let text): return render(text)
      case .list(let items): return .list(items.map { settings($0, secretKeys: secretKeys) })
      case .dict:
        return .mapping(
          (value.entries ?? []).map { key, value in
            let rendered = settings(value, secretKeys: secretKeys)
            if secretKeys.contains(key) || PlainSecrets.isSecret(name: key), let text = rendered.scalarText {
              resolver.conceal([text])
            }
            return (key, rendered)
          })
      default: return value
      }
    }

    private mutating func render(_ text: String) -> DataValue {
      guard YAMLRenderer.holdsJinja(text) else { return .string(text) }
      do {
        return try YAMLRenderer.native(text, interpreter, name: span.file)
      } catch {
        problems += DiagnosticList.collecting(error, else: .templateRuntime, "the value cannot be rendered")
          .map {
            var problem = $0
            problem.span = span
            return problem
          }
        return .string("")
      }
    }
  }
}
