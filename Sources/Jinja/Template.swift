import Diagnostics

/// How a template's text is read.
public struct TemplateOptions: Sendable, Hashable {
  /// Whether dbt's blocks (`test`, `data_test`, `materialization`, `snapshot`, `docs`) and typed macro parameters are
  /// known. A name that one of the template's own macros has is then asked of the host first, so that a project can
  /// override any macro, as in dbt.
  public var dbtBlocks: Bool
  /// Whether the line end right after a block tag is dropped.
  public var trimBlocks: Bool
  /// Whether the spaces between a line's beginning and a block tag are dropped.
  public var lstripBlocks: Bool
  /// Whether a line end at the very end of the template stays.
  public var keepTrailingNewline: Bool

  /// Makes options; Jinja's own defaults where nothing is said.
  public init(
    dbtBlocks: Bool = false, trimBlocks: Bool = false, lstripBlocks: Bool = false,
    keepTrailingNewline: Bool = false
  ) {
    self.dbtBlocks = dbtBlocks
    self.trimBlocks = trimBlocks
    self.lstripBlocks = lstripBlocks
    self.keepTrailingNewline = keepTrailingNewline
  }

  /// Jinja's defaults.
  public static let jinja = TemplateOptions()
  /// dbt's.
  public static let dbt = TemplateOptions(dbtBlocks: true)
}

/// A parsed template: immutable, and shared freely between threads.
public struct Template: Sendable {
  let program: Program
  /// Whether the template has no tag, expression or comment: rendering gives its text (line ends made `\n`, and without
  /// the last one, as the options say).
  public let isStatic: Bool
  /// The macros and dbt blocks of the top level, in order.
  public let definitions: [Definition]

  /// Parses `source`. `name` is the file that diagnostics show.
  ///
  /// `do`, `break` and `continue` are known. What needs other templates (`include`, `import`, `extends`, `block`) is
  /// refused: there is no loader.
  public init(
    parsing source: String, name: String, options: TemplateOptions = .dbt
  ) throws(Diagnostic) {
    let parser = Parser(source, name: name, options: options)
    (program, definitions) = try parser.parse()
    isStatic = !parser.lexer.sawTag
  }
}

/// A macro or a dbt block at the top level of a template.
public struct Definition: Sendable, Hashable {
  /// What a definition is.
  public enum Kind: Sendable, Hashable {
    case macro
    /// `{% test name(…) %}` or `{% data_test name(…) %}`
    case test
    /// `{% materialization name, adapter=… %}`; the adapter is `default` unless one is named.
    case materialization(adapter: String)
    /// `{% snapshot name %}`
    case snapshot
    /// `{% docs name %}`, whose contents are not parsed.
    case docs
  }

  /// A parameter and the source of its default, if it has one.
  public struct Parameter: Sendable, Hashable {
    /// The parameter's name.
    public let name: String
    /// The default, as written.
    public let defaultSource: String?
  }

  /// What it is.
  public let kind: Kind
  /// Its name, as written.
  public let name: String
  /// Its parameters, in order.
  public let parameters: [Parameter]
  /// Where it begins.
  public let span: SourceSpan
  /// The bytes of the whole block in the source, from its first tag's beginning to its last tag's end.
  public let range: Range<Int>
  /// The bytes between the two tags.
  public let bodyRange: Range<Int>
  /// What stands between the two tags, as written.
  public let bodyText: String
  /// Its number in the program.
  let index: Int
}
