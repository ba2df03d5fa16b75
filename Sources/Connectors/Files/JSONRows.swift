import Diagnostics
import EngineCore

/// Rows of JSON objects: the engine takes those of some hundred fields of one type for maps.
enum JSONRows {
  /// The option that makes fields columns, however many there are.
  static let asColumns = "map_inference_threshold = -1"

  /// The columns of the first SELECT. Nil if rows are malformed, which is left for reading to find.
  static func columns(_ selects: [String], _ engine: any Connection) throws -> [ColumnDescription]? {
    guard let select = selects.first else { return nil }
    do {
      return try engine.columns(ofQuery: select)
    } catch let diagnostic as Diagnostic where diagnostic.code == .sqlData {
      return nil
    }
  }

  /// Whether the engine would give whole rows as maps.
  static func areMaps(_ columns: [ColumnDescription]?) -> Bool {
    columns?.contains { $0.name == "json" && $0.type.hasPrefix("MAP(") } ?? false
  }
}
