import Diagnostics
import EngineCore
import Jinja

/// Makes nodes of files and declarations. One for each thread.
final class NodeBuilder {
  let environment: LoadEnvironment
  let contents: FileContents
  let properties: PropertyIndex
  let trees: ConfigTrees
  let context: NodeContext
  private let said = LogCollector()
  var problems: [Diagnostic] = []
  /// Folders' configurations by kind and path.
  private var folders: [String: (rendered: ConfigTree.Folder, unrendered: ConfigTree.Folder)] = [:]

  init(
    _ environment: LoadEnvironment, _ contents: FileContents, _ properties: PropertyIndex,
    _ trees: ConfigTrees
  ) {
    self.environment = environment
    self.contents = contents
    self.properties = properties
    self.trees = trees
    context = environment.makeContext(macros: contents.macros, docs: contents.docs) { [said] in said.add($0) }
  }

  private var package: String { environment.settings.name }

  // MARK: - Files

  func model(_ place: FilePlace) -> NodeOutcome {
    outcome { sqlNode(place, .model, "models", trees.models, ConfigDefaults.model) }
  }

  func check(_ place: FilePlace) -> NodeOutcome {
    outcome { sqlNode(place, .check, "data_tests", trees.checks, ConfigDefaults.check) }
  }

  func analysis(_ place: FilePlace) -> NodeOutcome {
    outcome { sqlNode(place, .analysis, "analyses", trees.models, ConfigDefaults.analysis) }
  }

  func seed(_ place: FilePlace) -> NodeOutcome {
    outcome {
      var bytes: [UInt8] = []
      _ = attempt {
        bytes = try FileSystem.bytes(
          of: Path.joined(environment.settings.root, place.path), shownAs: place.path)
      }
      let name = Path.stem(of: place.path).stem
      // As in dbt, the path stands for files whose contents would take long to hash.
      let checksum = bytes.count > 1 << 20 ? place.original : Digest.sha256(Array(Self.trimmed(bytes)))
      var node = newNode(.seed, name, place, code: "", checksum: checksum)
      let entry = properties["seeds", name]
      configure(&node, trees.seeds, ConfigDefaults.seed, entry, .emptyMapping)
      var decoder = ConfigDecoder(
        subject: "seed '\(name)'", span: entry?.configSpan ?? node.span, origins: origins(of: node, entry))
      node.config = decoder.node(node.config.values, isSeed: true)
      problems += decoder.problems
      context.frame = RenderFrame(package: package)
      _ = attempt { try recordHooks(node, entry?.configSpan ?? node.span) }
      var parsed = recorded(&node, context.frame)
      context.frame.docs = contents.docs
      describe(&node, entry)
      nameRelation(of: &node, kind: .table)
      parsed.node = node
      return parsed
    }
  }

  /// A node of a file. One whose file has mistakes is a node all the same: others refer to it.
  private func sqlNode(
    _ place: FilePlace, _ type: ResourceType, _ section: String, _ tree: ConfigTree, _ defaults: DataValue
  ) -> ParsedNode? {
    var text = ""
    var isWhole = attempt {
      text = try FileSystem.text(of: Path.joined(environment.settings.root, place.path), shownAs: place.path)
    }
    guard !isWhole || text.utf8.contains(where: { $0 > 0x20 }) else {
      problems.append(
        Diagnostic(
          .missingKey, "\(place.path) is empty; it is left out", at: SourceSpan(file: place.path),
          severity: .warning))
      return nil
    }
    let stem = Path.stem(of: place.path).stem
    let entry = properties[section, stem]
    var node = newNode(
      type, entry?.version.flatMap { _ in entry?.name } ?? stem, place, code: text,
      checksum: Digest.sha256(NativeMacros.trimmed(text)))
    if let version = entry?.version?.version { node.become(version) }
    node.isPython = type == .model && place.path.hasSuffix(".py")
    node.isPlainSQL = isWhole && !node.isPython && !YAMLRenderer.holdsJinja(text)
    context.frame = RenderFrame(package: package)
    context.frame.docs = contents.docs
    if isWhole, node.isPython {
      isWhole = attempt { try python(node) }
    } else if isWhole, !node.isPlainSQL {
      isWhole = attempt { node.template = try self.template(of: node) }
    }
    let configSpan = context.frame.configSpan
    configure(
      &node, tree, defaults, entry, node.isPython ? pythonConfiguration(entry) : context.frame.config)
    decode(&node, configSpan ?? entry?.configSpan, origins(of: node, entry), isWhole: isWhole)
    if node.isPython { problems += pythonProblems(node, origins(of: node, entry)) }
    let groupSpan = node.config.group.flatMap { _ in origins(of: node, entry).span(of: "group") { _ in true }
    }
    isWhole = attempt { try recordHooks(node, configSpan ?? entry?.configSpan ?? node.span) } && isWhole
    var parsed = recorded(&node, context.frame)
    describe(&node, entry)
    if type == .check { node.check = .singular }
    // What is not known whole may be stored elsewhere.
    if isWhole, type != .analysis { nameRelation(of: &node) }
    parsed.node = node
    parsed.groupSpan = groupSpan
    if type == .model, let entry {
      parsed.node.timeSpine = timeSpine(of: node, entry)
      contract(&parsed, entry)
    }
    return parsed
  }

  /// Parses a file and renders it once, to see what it refers to.
  func template(of node: Node) throws -> Template {
    let template = try Template.parse(node.code, name: node.span.file)
    try refuseBlocks(template)
    try record(node) { _ = try context.interpreter.render(template) }
    return template
  }

  /// Does `body`; whether that went well. What fails in a macro whose file does not parse is no problem of its own.
  func attempt(_ body: () throws -> Void) -> Bool {
    do {
      try body()
    } catch {
      if context.frame.macros.isDisjoint(with: contents.lost.macros) {
        problems += context.explained(
          DiagnosticList.collecting(error, else: .templateRuntime, "the file cannot be read"))
      }
      return false
    }
    return context.frame.macros.isDisjoint(with: contents.lost.macros)
  }

  func nameRelation(of node: inout Node, kind: RelationKind? = nil) {
    guard !contents.lost.hidesNaming else { return }
    _ = attempt { node.relation = try Naming(context: context).relation(of: node, kind: kind) }
  }

  /// A model's file holds a query, not definitions.
  private func refuseBlocks(_ template: Template) throws {
    for definition in template.definitions {
      switch definition.kind {
      case .snapshot, .materialization, .test, .docs:
        throw Diagnostic(
          .unsupported, "'\(definition.name)' is defined in a file that holds a query", at: definition.span,
          hint: "macros and checks belong in the macros folder")
      case .macro: continue
      }
    }
  }

  func newNode(
    _ type: ResourceType, _ name: String, _ place: FilePlace, code: String, checksum: String
  ) -> Node {
    // As in dbt, analyses lie in a folder of that name, whatever theirs is called.
    let folder = type == .analysis ? ["analysis"] : []
    return Node(
      id: NodeID(type, package, name), resourceType: type, name: name, package: package,
      path: (folder + [place.inner]).joined(separator: "/"),
      originalPath: place.original, fqn: [package] + folder + place.folders + [name],
      span: SourceSpan(file: place.path, line: 1, column: 1),
      config: NodeConfig(materialization: .view, values: .emptyMapping), code: code, checksum: checksum)
  }

  /// Begins what belongs to no file.
  func enter() {
    context.frame = RenderFrame(package: package)
    context.frame.docs = contents.docs
  }

  func record(_ node: Node, _ body: () throws -> Void) throws {
    context.frame.model = nil
    context.base.currentNode = node.id
    context.frame.this = Relation(
      database: environment.target.database, schema: environment.target.schema, identifier: node.name)
    var seen = node
    seen.config.values = .emptyMapping
    context.parsedModel = seen
    try body()
  }

  /// What hooks refer to must be there before the model, so hooks are rendered with it.
  func recordHooks(_ node: Node, _ span: SourceSpan) throws {
    for hook in node.config.preHooks + node.config.postHooks where YAMLRenderer.holdsJinja(hook.sql) {
      try SnippetNames.relocating(to: span) {
        let template = try Template(parsing: hook.sql, name: SnippetNames.hook(of: node.span.file))
        try record(node) { _ = try context.interpreter.render(template) }
      }
    }
  }

  func recorded(_ node: inout Node, _ frame: RenderFrame) -> ParsedNode {
    node.references = frame.references
    node.sourceReferences = frame.sources
    node.functionReferences = frame.functions
    node.macros = frame.macros.sorted()
    node.calledMacros = frame.calledMacros
    let place = frame.configSpan ?? node.span
    return ParsedNode(
      node: node, referenceSpans: frame.referenceSpans.map { SnippetNames.relocated($0, to: place) },
      sourceSpans: frame.sourceSpans.map { SnippetNames.relocated($0, to: place) },
      functionSpans: frame.functionSpans.map { SnippetNames.relocated($0, to: place) })
  }

  // MARK: - Configuration and descriptions

  func configure(
    _ node: inout Node, _ tree: ConfigTree, _ defaults: DataValue, _ entry: ResourceProperties?,
    _ inFile: DataValue
  ) {
    let key = node.resourceType.rawValue + "/" + node.fqn.dropLast().joined(separator: "/")
    let path = node.fqn.dropLast()
    let folder =
      folders[key]
      ?? (
        tree.folder(path, over: defaults),
        environment.unrendered[node.resourceType].folder(path, over: .emptyMapping) { $0.merging($1) }
      )
    folders[key] = folder
    let name = node.fqn.last ?? node.name
    var values = folder.rendered.values(for: name)
    node.unrenderedConfig = folder.unrendered.values(for: name)
    if let entry {
      values = ConfigMerge.merge(values, entry.config)
      node.unrenderedConfig = node.unrenderedConfig.merging(entry.config)
    }
    node.config.values = ConfigMerge.merge(values, inFile)
    node.unrenderedConfig = node.unrenderedConfig.merging(inFile)
    guard let project = environment.overriding else { return }
    for level in project.trees[node.resourceType].levels(for: node.fqn) {
      node.config.values = ConfigMerge.merge(node.config.values, level)
    }
    for level in project.unrendered[node.resourceType].levels(for: node.fqn) {
      node.unrenderedConfig = node.unrenderedConfig.merging(level)
    }
  }

  /// Where a node's configuration is written.
  func origins(
    of node: Node, _ entry: ResourceProperties?, _ more: [ConfigOrigins.Entry] = []
  ) -> ConfigOrigins {
    var origins = ConfigOrigins()
    if let span = context.frame.configSpan { origins.inText = (context.frame.config, span) }
    origins.entries =
      more
      + (entry.map { entry in entry.items.map { ConfigOrigins.Entry(node: $0, file: entry.file) } } ?? [])
    let sections =
      switch node.resourceType {
      case .seed: ["seeds"]
      case .snapshot: ["snapshots"]
      case .function: ["functions"]
      case .check: ["data_tests", "tests", "checks"]
      default: ["models"]
      }
    if let section = sections.lazy.compactMap({ self.environment.sections[$0] }).first {
      origins.section = (.init(node: section, file: environment.settings.file), node.fqn)
    }
    return origins
  }

  private func decode(
    _ node: inout Node, _ span: SourceSpan?, _ origins: ConfigOrigins, isWhole: Bool = true
  ) {
    let kind = node.resourceType == .check ? "check" : node.resourceType.rawValue
    var decoder = ConfigDecoder(
      subject: "\(kind) '\(node.name)'", span: span ?? node.span, origins: origins,
      macros: KnownMacros(context.macros, adapter: environment.target.type))
    node.config =
      node.resourceType == .check
      ? decoder.check(node.config.values, storesFailures: environment.invocation.storesFailures)
      : decoder.node(node.config.values, isSeed: false)
    // What is missing may stand where the file was not read.
    problems += decoder.problems.filter { isWhole || $0.code != .missingKey }
  }

  func describe(_ node: inout Node, _ entry: ResourceProperties?) {
    guard let entry else { return }
    let describer = Describer(context: context, file: entry.file)
    node.propertiesPath = environment.settings.inner(entry.file)
    node.propertiesSpan = entry.span
    (node.description, node.docsBlocks) = describer.described(entry.description, &problems)
    node.columns = describer.columns(entry.columns, &problems)
    deprecate(&node, entry)
  }

  private func deprecate(_ node: inout Node, _ entry: ResourceProperties) {
    guard node.resourceType == .model, let written = entry.properties["deprecation_date"], !written.isNone
    else {
      return
    }
    node.deprecationDate = written.stringValue.flatMap { DeprecationDate($0) }
    guard node.deprecationDate == nil else { return }
    problems.append(
      Diagnostic(
        .badValue, "the deprecation_date of model '\(node.searchName)' is no date",
        at: (entry.item["deprecation_date"] ?? entry.item).span(in: entry.file),
        hint: "write for example: deprecation_date: 2030-12-31"))
  }

  /// The bytes without the space around them.
  private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 })
    else { return [] }
    return bytes[first...last]
  }

  // MARK: - Generic checks

  func genericCheck(_ entry: CheckEntry) -> NodeOutcome {
    outcome {
      let span = entry.node.span(in: entry.file)
      do {
        return try declaredCheck(entry)
      } catch {
        throw DiagnosticList(
          DiagnosticList.collecting(error, else: .badCheck, "the check cannot be read").map { problem in
            let problem = SnippetNames.relocated(problem, to: span)
            return problem.located(at: span)
          })
      }
    }
  }

  private func declaredCheck(_ entry: CheckEntry) throws -> ParsedNode? {
    let builder = CheckBuilder(owner: entry.owner, file: entry.file, column: entry.column)
    let declared = try builder.build(entry.node) { text in
      try YAMLRenderer.native(text, context.interpreter, name: entry.file)
    }
    var node = checkNode(declared, entry)
    context.frame = RenderFrame(package: package)
    context.frame.docs = contents.docs
    configure(&node, trees.checks, ConfigDefaults.check, nil, declared.config)
    decode(&node, declared.span, origins(of: node, nil, entry.configuring))
    guard case .generic(let check)? = node.check else { return nil }
    try record(node) { try CheckRendering(context: context, check: check).recordReferences() }
    let frame = context.frame
    if !(frame.config.dictValue?.isEmpty ?? true) {
      // What the check's own macro configures counts less than what its declaration says.
      configure(
        &node, trees.checks, ConfigDefaults.check, nil, ConfigMerge.merge(frame.config, declared.config))
      decode(&node, declared.span, origins(of: node, nil, entry.configuring))
    }
    var parsed = recorded(&node, frame)
    // As in dbt, the text of these two is known and not looked through.
    if ["not_null", "unique"].contains(check.name) { node.calledMacros = Array(node.calledMacros.prefix(1)) }
    node.config.tags = unique((entry.ownerTags + declared.columnTags).sorted() + node.config.tags)
    nameRelation(of: &node)
    parsed.node = node
    let spans = [SourceSpan?](repeating: declared.span, count: parsed.referenceSpans.count)
    parsed.referenceSpans = spans
    parsed.sourceSpans = [SourceSpan?](repeating: declared.span, count: parsed.sourceSpans.count)
    parsed.functionSpans = [SourceSpan?](repeating: declared.span, count: parsed.functionSpans.count)
    return parsed
  }

  private func checkNode(_ declared: DeclaredCheck, _ entry: CheckEntry) -> Node {
    let id = NodeID(.check, package, "\(declared.fullName).\(declared.hash)")
    let arguments = DataValue.mapping(
      (declared.arguments.entries ?? []).filter {
        $0.key != "model" && ($0.key != "column_name" || declared.column == nil)
      }
      .map { ($0.key, $0.value) })
    var check = GenericCheck(
      namespace: declared.namespace, name: declared.testName, arguments: arguments,
      attachedNode: entry.attachedTo, column: declared.column)
    switch declared.owner {
    case .source(let source, let table):
      check.attachedSource = SourceReference(source: source, table: table)
    case .resource(let name, let version):
      check.attachedReference = ModelReference(
        name: name, version: version?.scalarText,
        hasNumericVersion: version?.stringValue == nil && ["not_null", "unique"].contains(declared.testName))
    }
    let call = (declared.namespace.map { $0 + "." } ?? "") + "test_" + declared.testName
    let code = "{{ \(call)(**_dbt_generic_test_kwargs) }}" + configCall(declared.config)
    let file = environment.settings.inner(entry.file)
    let folders = file.split(separator: "/").dropFirst().dropLast().map(String.init)
    var node = Node(
      id: id, resourceType: .check, name: declared.fullName, package: package,
      path: declared.shortName + ".sql",
      originalPath: file, fqn: [package] + folders + [declared.fullName], span: declared.span,
      config: NodeConfig(materialization: .check, values: .emptyMapping), code: code,
      checksum: Digest.sha256(code + arguments.json()))
    node.check = .generic(check)
    node.description = declared.description
    return node
  }

  /// The declaration's configuration as the call that dbt writes for it.
  private func configCall(_ config: DataValue) -> String {
    let parts = (config.entries ?? []).map { key, value in
      guard case .string(let text) = value else { return "\(key)=\(value.pythonText)" }
      return
        "\(key)=\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\""))\""
    }
    return parts.isEmpty ? "" : "{{ config(\(parts.joined(separator: ","))) }}"
  }

  // MARK: - Outcomes

  func outcome(_ body: () throws -> ParsedNode?) -> NodeOutcome {
    problems = []
    var parsed: ParsedNode?
    do {
      parsed = try body()
    } catch {
      problems += context.explained(
        DiagnosticList.collecting(error, else: .templateRuntime, "the file cannot be read"))
    }
    for line in said.take() where line.level == .warning {
      problems.append(Diagnostic(.raised, line.message, at: parsed?.node.span, severity: .warning))
    }
    if let node = parsed?.node, !node.config.isEnabled { problems.removeAll { $0.severity == .warning } }
    return NodeOutcome(parsed: parsed, problems: problems)
  }

  private func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}

/// Keeps what templates say while they are parsed.
final class LogCollector {
  private var lines: [LogLine] = []

  func add(_ line: LogLine) { lines.append(line) }

  func take() -> [LogLine] {
    defer { lines = [] }
    return lines
  }
}

/// Fills docs blocks into descriptions.
struct Describer {
  let context: NodeContext
  let file: String

  /// The columns with their descriptions.
  func columns(_ columns: [ColumnProperties], _ problems: inout [Diagnostic]) -> [ColumnDefinition] {
    var places: [String: Int] = [:]
    var result: [ColumnDefinition] = []
    for column in columns {
      var definition = column.definition
      (definition.description, definition.docsBlocks) = described(column.description, &problems)
      // A version may say anew what a column of its model is.
      if let place = places[definition.name] {
        result[place] = definition
      } else {
        places[definition.name] = result.count
        result.append(definition)
      }
    }
    return result
  }

  /// The text, and the docs blocks that it holds.
  func described(
    _ node: YAMLNode?, _ problems: inout [Diagnostic]
  ) -> (text: String, blocks: [NodeID]) {
    context.frame.docsBlocks = []
    let text = text(node, &problems)
    return (text, context.frame.docsBlocks)
  }

  func text(_ node: YAMLNode?, _ problems: inout [Diagnostic]) -> String {
    guard let node, let text = node.scalarText else { return "" }
    guard YAMLRenderer.holdsJinja(text) else { return text }
    do {
      return try context.interpreter.render(try Template(parsing: text, name: file))
    } catch {
      problems += DiagnosticList.collecting(
        error, else: .templateRuntime, "the description cannot be rendered"
      )
      .map { problem in
        var problem = problem
        problem.span = node.span(in: file)
        return problem
      }
      return text
    }
  }
}
