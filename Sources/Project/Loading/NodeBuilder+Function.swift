import Diagnostics
import Jinja

extension NodeBuilder {
  /// A function. One whose text has mistakes is a node all the same: others refer to it.
  func function(_ place: FilePlace) -> NodeOutcome {
    outcome {
      var text = ""
      var isWhole = attempt {
        let path = Path.joined(environment.settings.root, place.path)
        text = try FileSystem.text(of: path, shownAs: place.path)
      }
      guard !isWhole || text.utf8.contains(where: { $0 > 0x20 }) else {
        problems.append(
          Diagnostic(
            .missingKey, "\(place.path) is empty; it is left out", at: SourceSpan(file: place.path),
            severity: .warning))
        return nil
      }
      let name = Path.stem(of: place.path).stem
      let entry = properties["functions", name]
      var node = newNode(
        .function, name, place, code: text, checksum: Digest.sha256(NativeMacros.trimmed(text)))
      node.isPython = place.path.hasSuffix(".py")
      enter()
      if isWhole { isWhole = attempt { node.template = try template(of: node) } }
      let configSpan = context.frame.configSpan
      configure(&node, trees.functions, ConfigDefaults.function, entry, context.frame.config)
      node.unrenderedConfig = unrenderedConfiguration(of: node, entry)
      let span = configSpan ?? entry?.configSpan ?? node.span
      node.function = FunctionDefinition(kind: decodeFunction(&node, span, origins(of: node, entry)))
      isWhole = attempt { try recordHooks(node, span) } && isWhole
      var parsed = recorded(&node, context.frame)
      describe(&node, entry)
      describeFunction(&node, entry)
      // What is not known whole may be stored elsewhere.
      if isWhole { nameRelation(of: &node, kind: .function) }
      parsed.node = node
      return parsed
    }
  }

  /// What is written of a function's configuration. As in dbt, which compares states by it, of the project file what is
  /// said of models in its place.
  private func unrenderedConfiguration(of node: Node, _ entry: ResourceProperties?) -> DataValue {
    let levels = environment.unrendered.models.levels(for: node.fqn)
    let own = entry?.item["config"]?.data ?? .emptyMapping
    let over = environment.overriding?.unrendered.models.levels(for: node.fqn) ?? []
    return (levels + [own, context.frame.config] + over).reduce(.emptyMapping) { $0.merging($1) }
  }

  private func decodeFunction(
    _ node: inout Node, _ span: SourceSpan, _ origins: ConfigOrigins
  ) -> FunctionDefinition.Kind {
    var decoder = ConfigDecoder(
      subject: "function '\(node.name)'", span: span, origins: origins,
      macros: KnownMacros(context.macros, adapter: environment.target.type))
    let kind: FunctionDefinition.Kind
    (node.config, kind) = decoder.function(node.config.values)
    problems += decoder.problems
    return kind
  }

  /// What the property file says that it takes and gives.
  private func describeFunction(_ node: inout Node, _ entry: ResourceProperties?) {
    guard let entry, let said = entry.function else {
      guard !contents.lost.mayDescribe(node.name) else { return }
      problems.append(
        Diagnostic(
          .badFunction, "no property file says what the function '\(node.name)' takes and returns",
          at: node.span, severity: .warning, notes: ["building it fails"],
          hint: "describe it under 'functions:' with arguments and returns"))
      return
    }
    let describer = Describer(context: context, file: entry.file)
    var arguments = said.arguments
    for (index, description) in said.descriptions.enumerated() where description != nil {
      arguments[index].description = describer.text(description, &problems)
    }
    node.function?.arguments = arguments
    node.function?.returns = said.returns
    if let description = said.returnsDescription {
      node.function?.returns?.description = describer.text(description, &problems)
    }
  }
}

extension ConfigDecoder {
  /// The typed form of a function's configuration, and what it gives.
  mutating func function(_ values: DataValue) -> (NodeConfig, FunctionDefinition.Kind) {
    var config = NodeConfig(materialization: .function, values: values)
    shared(values, &config)
    config.preHooks = hooks("pre-hook", values)
    config.postHooks = hooks("post-hook", values)
    if let written = text("materialized", values), written != "function" {
      report(
        "materialized", .badValue, "\(subject) cannot be materialized as '\(written)'",
        hint: "leave 'materialized' out: a function is always one")
    }
    config.ownMaterialization = macros.materialization("function")?.id
    if config.ownMaterialization != nil { config.materialization = .own }
    warnAboutUnsupported(values)
    for key in ["runtime_version", "entry_point"] { functionText(key, values) }
    _ = word("volatility", values, ["deterministic", "stable", "non-deterministic"])
    let kind = word("type", values, FunctionDefinition.Kind.allCases.map(\.rawValue))
    return (config, kind.flatMap(FunctionDefinition.Kind.init) ?? .scalar)
  }

  private mutating func functionText(_ key: String, _ values: DataValue) {
    guard let value = values[key], !value.isNone, value.stringValue == nil else { return }
    report(
      key, .badValue, "'\(key)' of \(subject) must be text, not \(value.typeName)",
      hint: "put it in quotes: \(key): \"\(value.scalarText ?? "")\"")
  }

  /// One of some words, as they are written.
  private mutating func word(_ key: String, _ values: DataValue, _ known: [String]) -> String? {
    guard let value = values[key], !value.isNone else { return nil }
    if let written = value.stringValue, known.contains(written) { return written }
    let written = value.scalarText ?? value.typeName
    report(
      key, .badValue, "'\(key)' of \(subject) cannot be '\(written)'",
      hint: Spelling.hint(for: written, among: known) ?? "it is one of: " + known.joined(separator: ", "))
    return nil
  }
}
