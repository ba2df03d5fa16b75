import Diagnostics
import EngineCore

/// Rows of JSON objects: the engine takes those of some hundred fields of one type for maps.
enum JSONRows {
  /// The option that makes fields columns, however many there are.
  static let asColumns = "map_inference_threshold = -1"

  /// Whether the engine would give whole rows as maps. Rows that are malformed are left for reading to find.
  static func areMaps(_ selects: [String], _ engine: any Connection) throws -> Bool {
    guard let select = selects.first else { return false }
    do {
      return try engine.columns(ofQuery: select).contains { $0.name == "json" && $0.type.hasPrefix("MAP(") }
    } catch let diagnostic as Diagnostic where diagnostic.code == .sqlData {
      return false
    }
  }
}
