import Project

/// A format of files that the engine reads.
enum FileFormat: String, Sendable {
  case csv, tsv, json, ndjson, parquet, excel, avro, iceberg, delta

  /// The format that a path's name tells; nil if it tells none.
  init?(path: String) {
    var name = path.lowercased()[...]
    if let query = name.firstIndex(of: "?"), name.contains("://") { name = name[..<query] }
    for packing in [".gz", ".zst", ".zstd"] where name.hasSuffix(packing) {
      name = name.dropLast(packing.count)
    }
    switch name.split(separator: ".").last.map(String.init) {
    case "csv", "txt": self = .csv
    case "tsv", "tab": self = .tsv
    case "json": self = .json
    case "ndjson", "jsonl": self = .ndjson
    case "parquet", "pq": self = .parquet
    case "xlsx": self = .excel
    case "avro": self = .avro
    default: return nil
    }
  }

  /// The engine's extensions that read it, in the order in which they must be loaded.
  var extensionNames: [String] {
    switch self {
    case .csv, .tsv, .json, .ndjson, .parquet: []
    case .excel: ["excel"]
    case .avro: ["avro"]
    case .iceberg: ["avro", "iceberg"]
    case .delta: ["delta"]
    }
  }

  /// Whether the path names a table of many files that has versions of its own.
  var isTable: Bool { self == .iceberg || self == .delta }
}
