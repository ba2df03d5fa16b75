import Diagnostics
import Jinja

extension ConfigDecoder {
  /// From where a model may be referred to.
  mutating func access(_ values: DataValue, _ materialization: Materialization) -> ModelAccess {
    let written = choice("access", values, ModelAccess.allCases.map(\.rawValue))
    guard let access = written.flatMap(ModelAccess.init) else { return .protected }
    if access == .public, materialization == .ephemeral {
      report(
        "access", .badValue, "\(subject) is ephemeral and cannot be public: others could not read it",
        hint: "store it as a view, or leave its access protected")
    }
    return access
  }
}
