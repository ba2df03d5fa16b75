import Jinja
import Project

/// What a command was called with, by dbt's names: what `run_results.json` shows and `retry` reads.
struct RunArguments {
  let session: CommandSession
  let project: ProjectOptions
  let selection: SelectionOptions
  let kinds: ResourceTypeOptions?

  /// What templates see of every command's arguments.
  static func common(_ session: CommandSession, _ flags: ProjectOptions, _ options: LoadOptions) -> DataValue
  {
    func text(_ value: String?) -> DataValue { value.map { .string($0) } ?? .none }
    let values: [(String, DataValue)] = [
      ("invocation_command", .string((["weir"] + session.program.commandLine).joined(separator: " "))),
      ("project_dir", .string(options.projectRoot)), ("profiles_dir", text(options.profilesFolder)),
      ("target", text(flags.target)), ("profile", text(flags.profile)),
      ("threads", options.threads.map { .int($0) } ?? .none), ("full_refresh", .bool(options.isFullRefresh)),
      ("quiet", .bool(session.printer.options.isQuiet)),
      ("log_format", .string(session.printer.options.isJSON ? "json" : "default")),
    ]
    return .dict(values.filter { !$0.1.isNone })
  }

  /// The values that every command has, and those of this one. Vars stand there by themselves.
  func values(_ own: [(String, DataValue)]) -> DataValue {
    func texts(_ values: [String]) -> DataValue { .list(values.map { .string($0) }) }
    func text(_ value: String?) -> DataValue { value.map { .string($0) } ?? .none }
    var values: [(String, DataValue)] = [
      ("select", texts(selection.expressions)), ("exclude", texts(selection.exclude)),
    ]
    values += own
    values += [
      ("quiet", .bool(session.printer.options.isQuiet)),
      ("log_format", .string(session.printer.options.isJSON ? "json" : "default")),
    ]
    // dbt takes these up again where they are said: what is not said is left out.
    let optional: [(String, DataValue)] = [
      ("selector", text(selection.selector)), ("target", text(project.target)),
      ("profile", text(project.profile)),
      ("indirect_selection", text(selection.indirectSelection?.rawValue)),
      ("state", text(selection.state.state)), ("defer_state", text(selection.state.deferState)),
      ("defer", selection.state.isDeferring.map { .bool($0) } ?? .none),
      ("favor_state", selection.state.favorState.map { .bool($0) } ?? .none),
      ("resource_types", kinds.map { $0.resourceTypes.isEmpty ? .none : texts($0.resourceTypes) } ?? .none),
      (
        "exclude_resource_types",
        kinds.map { $0.excludedResourceTypes.isEmpty ? .none : texts($0.excludedResourceTypes) } ?? .none
      ),
    ]
    return .dict(values + optional.filter { !$0.1.isNone })
  }
}
