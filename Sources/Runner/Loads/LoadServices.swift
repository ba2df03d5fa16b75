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
