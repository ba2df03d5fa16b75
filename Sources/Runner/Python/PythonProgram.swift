/// The Python that runs Python models, and what it may know.
public struct PythonProgram: Sendable, Hashable {
  /// Its name, found by `PATH`, or its path: one with a slash starts at the project's folder.
  public var name: String
  /// The environment that it gets, without what is secret.
  public var environment: [String: String]

  /// A Python by its name.
  public init(name: String = "python3", environment: [String: String] = [:]) {
    self.name = name
    self.environment = environment
  }

  /// The environment without variables that dbt's rule or Weir's calls secret, and without those that hold one of
  /// `secrets`.
  public static func open(_ environment: [String: String], without secrets: [String]) -> [String: String] {
    let prefixes = ["DBT_ENV_SECRET", "DBT_ENGINE_ENV_SECRET", "WEIR_SECRET"]
    return environment.filter { name, value in
      !prefixes.contains(where: name.hasPrefix)
        && !secrets.contains { !$0.isEmpty && (value == $0 || ($0.utf8.count >= 8 && value.contains($0))) }
    }
  }

  /// What is started, for a project in the folder.
  func path(in root: String) -> String {
    name.contains("/") && !name.hasPrefix("/") ? "\(root)/\(name)" : name
  }
}
