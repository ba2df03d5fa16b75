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

  /// The macro's definition in a project. Throws `WEIR-E0111` if there is none.
  public func definition(in project: Project) throws -> MacroDefinition {
    let macros = project.macroTable
    if let package {
      if let found = macros.macro(name, of: package) { return found }
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
      hint: Spelling.hint(for: name, among: macros.names))
  }
}

extension Compiler {
  /// Calls a macro for what it does. Throws `Diagnostic`s with places in the project's files.
  public func run(_ call: MacroCall) throws {
    let definition = try call.definition(in: context.project ?? project)
    enterNothing()
    context.frame.package = definition.package
    let keyword = (call.arguments.entries ?? []).map { (name: $0.key, value: Value($0.value)) }
    do {
      _ = try context.interpreter.call(context.callable(definition), Arguments([], keyword: keyword))
    } catch let diagnostic as Diagnostic {
      throw diagnostic.located(at: definition.span)
    }
  }
}
