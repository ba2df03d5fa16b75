import Tabular
extension Table {
  func csv() -> String {
    schema.fields.map(\.name).joined(separator: ",") + "\n"
      + rows.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: "\n")
  }
}
