import Diagnostics
import EngineCore
import Jinja

/// A Python model, ready to run.
public struct PythonModel: Sendable, Hashable {
  /// Something that the model may read.
  public struct Input: Sendable, Hashable {
    /// What the code asks for it by.
    public var name: String
    /// Database, schema and identifier, where it is a table or a view.
    public var path: [String]
    /// The query of its rows.
    public var sql: String

    /// Makes an input.
    public init(name: String, path: [String], sql: String) {
      self.name = name
      self.path = path
      self.sql = sql
    }
  }

  /// The file's text without the space around it.
  public var code: String
  /// On which line of the file it begins, from 1.
  public var firstLine: Int
  /// What is put behind it, so that `dbt` knows the project.
  public var wrapper: String
  /// All that it may read by `dbt.ref` and `dbt.source`.
  public var inputs: [Input]
  /// Its own table.
  public var this: Input

  /// Makes a model.
  public init(code: String, firstLine: Int, wrapper: String, inputs: [Input], this: Input) {
    self.code = code
    self.firstLine = firstLine
    self.wrapper = wrapper
    self.inputs = inputs
    self.this = this
  }

  /// The whole, as artifacts show it.
  public var text: String { code + "\n\n" + wrapper }
}

extension Compiler {
  /// A Python model with all that it may read. Throws `Diagnostic`s.
  public func python(_ node: Node, isIncremental: Bool) throws -> PythonModel {
    try located(node) {
      enter(node, isIncremental: isIncremental)
      return try pythonModel(of: node)
    }
  }

  /// Says something in a node's name, as its text would by `log()`.
  public func say(_ line: LogLine) { log(line) }

  /// The model that was entered.
  func pythonModel(of node: Node) throws -> PythonModel {
    var inputs: [PythonModel.Input] = []
    var references: [(String, Value)] = []
    for reference in node.references {
      let input = try input(of: reference, node)
      let version = reference.version.map { ["v" + $0] } ?? []
      let key = ([reference.package, reference.name].compactMap { $0 } + version).joined(separator: ".")
      references.append((key, .string(input.name)))
      inputs.append(input)
    }
    var sources: [(String, Value)] = []
    for reference in node.sourceReferences {
      let input = try input(context.relation(of: reference), node)
      sources.append((reference.source + "." + reference.table, .string(input.name)))
      inputs.append(input)
    }
    let own = context.frame.this ?? Relation(identifier: node.name)
    let this = try input(.object(RelationObject(own, context.dialect)), node)
    let wrapper = PythonWrapper(
      references: Value(references), sources: Value(sources), settings: settings(node),
      meta: metaSettings(node), this: own, name: this.name,
      isIncremental: context.frame.isIncremental)
    let start = node.code.utf8.prefix { $0 <= 0x20 }
    return PythonModel(
      code: NativeMacros.trimmed(node.code), firstLine: 1 + start.count { $0 == 0x0A }, wrapper: wrapper.text,
      inputs: inputs, this: this)
  }

  /// What `ref()` gives, which a project may have replaced.
  private func input(of reference: ModelReference, _ node: Node) throws -> PythonModel.Input {
    let names = [reference.package, reference.name].compactMap { $0 }.map { Value.string($0) }
    let version: Value? = reference.version.map { text in
      reference.hasNumericVersion ? Int(text).map { .int($0) } ?? .string(text) : .string(text)
    }
    let arguments = Arguments(names, keyword: version.map { [("v", $0)] } ?? [])
    guard let function = context.lookup("ref") else {
      return try input(context.relation(of: reference), node)
    }
    return try input(try context.interpreter.call(function, arguments), node)
  }

  private func input(_ value: Value, _ node: Node) throws -> PythonModel.Input {
    guard let relation = RelationObject.relation(value) else {
      // A project's own `ref` may give a text.
      let text = value.description
      return PythonModel.Input(name: text, path: [], sql: "SELECT * FROM \(text)")
    }
    // As in dbt, all rows: neither `--empty` nor spans of time narrow what Python reads.
    let name = context.dialect.rendered(relation)
    let ephemerals =
      relation.isCommonTable
      ? project.nodes.filter {
        $0.config.materialization == .ephemeral && relation == .commonTable($0.standardAlias)
      } : []
    let compiled = try finished(node.id, "SELECT * FROM \(name)", ephemerals.map(\.id))
    return PythonModel.Input(
      name: name, path: relation.expression == nil ? relation.path : [], sql: compiled.sql)
  }

  /// The values of the keys that the file asks for.
  private func settings(_ node: Node) -> Value {
    let values = node.config.values
    return Self.asked(values["config_keys_used"], values["config_keys_defaults"]) { values[$0] }
  }

  private func metaSettings(_ node: Node) -> Value {
    let values = node.config.values
    return Self.asked(values["meta_keys_used"], values["meta_keys_defaults"]) { values["meta"]?[$0] }
  }

  private static func asked(
    _ keys: DataValue?, _ standards: DataValue?, _ value: (String) -> DataValue?
  ) -> Value {
    let pairs = zip(keys?.items ?? [], standards?.items ?? [])
    return Value(
      pairs.compactMap { key, standard -> (String, Value)? in
        key.stringValue.map { ($0, Value(value($0) ?? standard)) }
      })
  }
}

/// The text that makes a Python model's file whole: `dbt` as the model function gets it.
private struct PythonWrapper {
  let references: Value
  let sources: Value
  let settings: Value
  let meta: Value
  let this: Relation
  let name: String
  let isIncremental: Bool

  private func literal(_ text: String?) -> String { (text.map { Value.string($0) } ?? Value.none).repr() }

  var text: String {
    """
    # What follows is Weir's: it tells the code above what the project knows.
    weir_refs = \(references.repr())
    weir_sources = \(sources.repr())
    config_dict = \(settings.repr())
    meta_dict = \(meta.repr())


    def ref(*names, dbt_load_df_function, v=None, version=None, **others):
        parts = [str(name) for name in names]
        if v or version:
            parts.append("v" + str(v or version))
        key = ".".join(parts)
        if key not in weir_refs:
            raise LookupError("dbt.ref(%s) is not written in the model's file, so it was not planned" % key)
        return dbt_load_df_function(weir_refs[key])


    def source(*names, dbt_load_df_function):
        key = ".".join(str(name) for name in names)
        if key not in weir_sources:
            raise LookupError("dbt.source(%s) is not written in the model's file, so it was not planned" % key)
        return dbt_load_df_function(weir_sources[key])


    class config:
        def __init__(self, *values, **named):
            pass

        @staticmethod
        def get(key, default=None):
            return config_dict.get(key, default)

        @staticmethod
        def meta_get(key, default=None):
            return meta_dict.get(key, default)


    class this:
        database = \(literal(this.database))
        schema = \(literal(this.schema))
        identifier = \(literal(this.identifier))

        def __repr__(self):
            return \(literal(name))


    class dbtObj:
        def __init__(self, load_df_function):
            self.ref = lambda *names, **named: ref(*names, **named, dbt_load_df_function=load_df_function)
            self.source = lambda *names: source(*names, dbt_load_df_function=load_df_function)
            self.config = config
            self.this = this()
            self.is_incremental = \(isIncremental ? "True" : "False")

    """
  }
}
