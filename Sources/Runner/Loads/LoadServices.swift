import Connectors
import Diagnostics
import Project

/// What loads need of the world.
public struct LoadServices: Sendable {
  /// Finds the reader of a connection.
  public var readers: any SourceReaderFactory
  /// The connection of a load and its settings, rendered. May ask for secrets.
  public var resolve:
    @Sendable (_ load: LoadDefinition, _ span: SourceSpan) async throws -> (
      connection: ResolvedConnection, load: LoadDefinition
    )
  /// Hides every secret that was used so far.
  public var hidden: @Sendable () -> Redactor = { .none }

  /// Services that render connections with `connections`, and hide what is secret in them.
  public init(readers: any SourceReaderFactory, connections: ConnectionResolver) {
    self.init(readers: readers) { try await connections.resolve($0, at: $1) }
    hidden = { connections.redactor }
  }

  /// Makes services.
  public init(
    readers: any SourceReaderFactory,
    resolve:
      @escaping @Sendable (_ load: LoadDefinition, _ span: SourceSpan) async throws -> (
        connection: ResolvedConnection, load: LoadDefinition
      )
  ) {
    self.readers = readers
    self.resolve = resolve
  }
}
