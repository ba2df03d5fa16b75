import Diagnostics
import Jinja
import Project

extension Manifest {
  /// All functions, which dbt keeps apart from the nodes.
  func writeFunctions(to writer: inout JSONWriter) {
    writeAll("functions", project.nodes.filter { $0.function != nil }, id: \.id, to: &writer) {
      write($0, to: &$1)
    }
  }

  /// What only functions have.
  func writeMembers(of function: FunctionDefinition, to writer: inout JSONWriter) {
    writer.member(
      "returns",
      object: {
        // As in dbt, where nothing says it.
        $0.member("data_type", function.returns?.dataType ?? "INVALID_TYPE")
        $0.member("description", function.returns?.description)
      })
    writer.member(
      "arguments",
      array: { writer in
        for argument in function.arguments {
          writer.object {
            $0.member("name", argument.name)
            $0.member("data_type", argument.dataType)
            $0.member("description", argument.description)
            $0.member("default_value", argument.defaultValue)
          }
        }
      })
  }

  /// The `function()` calls of a text.
  func writeFunctionReferences(_ references: [FunctionReference], to writer: inout JSONWriter) {
    writer.member(
      "functions",
      array: { writer in
        for reference in references {
          writer.array { list in for name in reference.names { list.string(name) } }
        }
      })
  }
}
