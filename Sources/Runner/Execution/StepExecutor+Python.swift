import Diagnostics
import EngineCore
import Project

/// A Python model that is ready to run.
struct PythonWork {
  let model: PythonModel
  /// Whether its rows are added to the table that is there.
  let isIncremental: Bool
  /// What writes the files of an external model.
  let files: ExternalWriter?
}

extension StepExecutor {
  /// Compiles a Python model; it runs only once its hooks did.
  func preparePython(
    _ node: Node, _ target: Relation, isIncremental: Bool, _ result: inout NodeResult
  ) throws -> NodeBuild {
    let model = try compiler.python(node, isIncremental: isIncremental)
    result.compiledSQL = model.text
    let files =
      node.config.materialization == .external ? try externalWriter(node, target, result) : nil
    let work = PythonWork(model: model, isIncremental: isIncremental, files: files)
    return NodeBuild(node: node, target: target, work: .python(work))
  }

  /// Runs a Python model and lends `body` the work that its rows are, as that of an SQL model whose query reads them. They
  /// are gone afterwards. Runs within the node's transaction, so that what the model reads is what its hooks left.
  func withPythonRows<T>(
    of node: Node, _ work: PythonWork, _ result: inout NodeResult,
    _ body: (NodeBuild.Work, inout NodeResult) throws -> T
  ) throws -> T {
    let folder = LoadFolder(context.folder, run: context.options.invocation.id, load: node.id.rawValue)
    try folder.create(in: context.folder, isPrivate: true)
    defer { folder.remove() }
    var run = PythonRun(node: node, model: work.model, folder: folder.path, executor: self)
    let select = try run.rows()
    try verifyContract(of: node, select)
    return try body(try pythonWork(node, work, select), &result)
  }

  private func pythonWork(_ node: Node, _ work: PythonWork, _ select: String) throws -> NodeBuild.Work {
    if let files = work.files { return .external(select, files) }
    if work.isIncremental { return .incremental(select) }
    guard let target = node.relation else { return .table(select) }
    return try replacedCreation(node, target, select, kind: .table) ?? .table(select)
  }
}
