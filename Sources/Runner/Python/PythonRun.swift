import Connectors
import Diagnostics
import EngineCore
import Jinja
import Project

/// One run of a Python model: hands over the tables that it asks for, and takes its rows.
struct PythonRun {
  let node: Node
  let model: PythonModel
  /// The private folder in which rows lie on their way.
  let folder: String
  let executor: StepExecutor

  /// A timeout beyond this, in seconds, is none.
  private static let longest = 1_000_000_000

  /// What the model gave; nil until it did.
  private var answer: DataValue?
  private var files = 0

  init(node: Node, model: PythonModel, folder: String, executor: StepExecutor) {
    self.node = node
    self.model = model
    self.folder = folder
    self.executor = executor
  }

  private var context: ExecutionContext { executor.context }
  private var root: String { context.project.settings.root }
  private var program: PythonProgram { context.options.python }
  private var path: String { context.absolute(node.span.file) }

  /// Runs the model to its end; gives the query that reads its rows. Throws a `Diagnostic` at the place in the user's
  /// file, and `CancellationError` if the task is cancelled meanwhile.
  mutating func rows() throws -> String {
    try LocalText.write(PythonHandler.source, to: folder + "/handler.py")
    try LocalText.write(specification.json(), to: folder + "/model.json")
    let output = PythonOutput(node: node, folder: context.folder) { [executor = executor] in
      executor.compiler.say($0)
    }
    let words = [program.path(in: root), folder + "/handler.py", folder + "/model.json"]
    let ending: ConversingProgram.Ending
    do {
      ending = try ConversingProgram.start(words, environment: program.environment).converse(
        within: timeout, isCancelled: { Task.isCancelled }, hear: output.take,
        answer: { try reply(to: $0) })
    } catch let diagnostic as Diagnostic where diagnostic.code == .programFailed {
      throw unstartable(diagnostic)
    }
    output.finish()
    if ending == .cancelled { throw CancellationError() }
    let failures = PythonFailure(node: node, path: path, root: root, output: output)
    guard let answer else { throw failures.diagnostic(of: ending, program.name, timeout: timeout) }
    if let failed = answer["failed"] { throw failures.diagnostic(of: failed) }
    return try select(answer["result"])
  }

  /// As on other adapters, a model may say for how many seconds it may run.
  private var timeout: Duration? {
    switch node.config.values["timeout"] {
    case .int(let seconds)?: .seconds(min(seconds, Self.longest))
    case .float(let seconds)?: .seconds(min(seconds, Double(Self.longest)))
    default: nil
    }
  }

  private func unstartable(_ diagnostic: Diagnostic) -> Diagnostic {
    var problem = diagnostic
    problem.code = .pythonFailed
    problem.message = "the Python model '\(node.name)' cannot be run: '\(program.name)' cannot be started"
    problem.hint = "install Python 3, or name yours by WEIR_PYTHON or by `python:` in weir.yml"
    problem.span = SourceSpan(file: node.span.file)
    return problem
  }

  /// What the script is told.
  private var specification: DataValue {
    func input(_ input: PythonModel.Input) -> DataValue {
      .dict([("name", .string(input.name)), ("path", .list(input.path.map { .string($0) }))])
    }
    return .dict([
      ("path", .string(path)), ("root", .string(root)), ("folder", .string(folder)),
      ("code", .string(model.code)), ("first_line", .int(model.firstLine)),
      ("wrapper", .string(model.wrapper)),
      ("database", .string(context.project.target.database)), ("inputs", .list(model.inputs.map(input))),
      ("this", input(model.this)), ("module_paths", .list(modulePaths.map { .string($0) })),
    ])
  }

  /// The profile's folders of modules that models may import, as dbt-duckdb has them.
  private var modulePaths: [String] {
    guard case .list(let items)? = context.project.target.profile.settings["module_paths"] else { return [] }
    return items.compactMap { item in
      guard case .text(let path) = item else { return nil }
      return context.absolute(path)
    }
  }

  // MARK: - Requests

  private mutating func reply(to request: String) throws -> String {
    let request = try DataValue.parse(json: request)
    guard let name = request["get"]?.stringValue else {
      answer = request
      return "{}"
    }
    guard let input = ([model.this] + model.inputs).first(where: { $0.name == name }) else {
      return Self.refusal(Diagnostic(.pythonFailed, "there is no table \(name)"))
    }
    let columns: [ColumnDescription]
    do {
      columns = try executor.connection.columns(ofQuery: input.sql)
    } catch let diagnostic as Diagnostic {
      // It is not there: the model may go on without it.
      return Self.refusal(diagnostic)
    }
    return try handOver(input, columns, isExact: request["exact"]?.boolValue ?? false).json()
  }

  private static func refusal(_ diagnostic: Diagnostic) -> String {
    let hint = diagnostic.hint.map { [("hint", DataValue.string($0))] } ?? []
    return DataValue.dict([("error", .string(diagnostic.message))] + hint).json()
  }

  /// Writes a table's rows for the model to read.
  private mutating func handOver(
    _ input: PythonModel.Input, _ columns: [ColumnDescription], isExact: Bool
  ) throws -> DataValue {
    files += 1
    let file = "\(folder)/input-\(files).parquet"
    let select = isExact ? CarriedType.writing(input.sql, columns, executor.dialect) : input.sql
    try executor.statements.execute(
      "COPY (\n\(select)\n) TO \(executor.dialect.literal(file)) (FORMAT parquet)")
    return .dict([
      ("file", .string(file)),
      ("columns", .list(columns.map { .list([.string($0.name), .string($0.type)]) })),
    ])
  }

  /// The query of the rows that the model wrote.
  private func select(_ result: DataValue?) throws -> String {
    let columns = result?["columns"]?.listValue?.compactMap { column -> ColumnDescription? in
      guard let parts = column.listValue, parts.count == 2, let name = parts[0].stringValue,
        let type = parts[1].stringValue
      else { return nil }
      return ColumnDescription(name: name, type: type)
    }
    return CarriedType.reading(
      result?["file"]?.stringValue ?? folder + "/result.parquet", columns, executor.dialect)
  }
}
