import Diagnostics
import Jinja

extension LoadEnvironment {
  /// A file's values with their Jinja rendered, by what the project file may use, and what of it fails.
  func rendered(_ root: YAMLNode, of file: String) -> (YAMLNode, [Diagnostic]) {
    guard YAMLRenderer.holdsJinja(root) else { return (root, []) }
    let base = BaseContext(invocation: invocation, log: { _ in })
    base.projectName = settings.name
    base.target = target.visibleValues
    base.vars = vars
    var renderer = YAMLRenderer(interpreter: base.makeInterpreter(), file: file)
    let rendered = renderer.render(root, skipping: { _ in false })
    return (rendered, renderer.problems)
  }
}
