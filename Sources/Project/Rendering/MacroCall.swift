import Diagnostics
import EngineCore
import Jinja

/// A macro that the command line names.
public struct MacroCall: Sendable {
  /// The package that it is looked for in; nil for the project and then its packages.
  public var package: String?
  /// The name.
  public var name: String
  /// What it is called with, a mapping.
  public var arguments: DataValue

  /// Reads `macro` or `package.macro`.
  public init(_ text: String, arguments: DataValue) {
    let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
    package = parts.count == 2 ? parts[0] : nil
    name = parts.last ?? text
    self.arguments = arguments
  }

  /// What a call means: a macro of the project or a package, or one of dbt's own.
  public enum Target: Sendable {
    case own(MacroDefinition)
    case builtIn(NodeID)

    /// The macro's unique name.
    public var id: NodeID {
      switch self {
      case .own(let definition): definition.id
      case .builtIn(let id): id
      }
    }
  }

  /// What the call means in a project: as in dbt, the project goes before its packages, and they before what is built
  /// in. Throws `WEIR-E0111` if there is no such macro.
  public func target(in project: Project) throws -> Target {
    do {
      return .own(try definition(in: project))
    } catch {
      guard NativeMacros.has(name), ["dbt", "dbt_duckdb"].contains(package ?? "dbt") else { throw error }
      return .builtIn(NodeID(.macro, "dbt", name))
    }
  }

  private func definition(in project: Project) throws -> MacroDefinition {
    let macros = project.macroTable
    if let package {
      if let found = macros.macro(name, of: package) { return found }
      if ["dbt", "dbt_duckdb"].contains(package) {
        throw missing(macros, "among those of dbt that are here")
      }
      throw missing(
        macros,
        macros.has(package: package) ? "in the package '\(package)'" : "in '\(package)', which is no package")
    }
    if let found = macros.macro(name, of: macros.root) { return found }
    if let other = macros.packages(defining: name).first, let found = macros.macro(name, of: other) {
      return found
    }
    throw missing(macros, "in the project or its packages")
  }

  private func missing(_ macros: MacroTable, _ place: String) -> Diagnostic {
    Diagnostic(
      .missingReference, "there is no macro '\(name)' \(place)",
      hint: Spelling.hint(for: name, among: macros.names + NativeMacros.names))
  }
}

extension Compiler {
  /// Calls a macro for what it does. Throws `Diagnostic`s with places in the project's files.
  public func run(_ call: MacroCall) throws {
    let target = try call.target(in: context.project ?? project)
    enterNothing()
    let keyword = (call.arguments.entries ?? []).map { (name: $0.key, value: Value($0.value)) }
    switch target {
    case .builtIn:
      guard let callable = context.original(call.name) else { return }
      _ = try context.interpreter.call(callable, Arguments([], keyword: keyword))
    case .own(let definition):
      context.frame.package = definition.package
      do {
        _ = try context.interpreter.call(context.callable(definition), Arguments([], keyword: keyword))
      } catch let diagnostic as Diagnostic {
        throw diagnostic.located(at: definition.span)
      }
    }
  }
}
