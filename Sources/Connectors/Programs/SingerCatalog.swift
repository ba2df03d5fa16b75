import Diagnostics
import Jinja

/// A Singer catalog: the streams that a tap offers, each with its JSON Schema and metadata.
struct SingerCatalog {
  /// One stream.
  struct Stream {
    /// What the tap's messages call it.
    var name: String
    /// The properties that identify a record.
    var key: [String]
    /// The whole entry.
    var entry: DataValue
  }

  let streams: [Stream]
  private let root: DataValue

  /// Reads a catalog. `origin` names it in messages. Throws a `Diagnostic`.
  init(text: String?, from origin: String) throws {
    do {
      root = try DataValue.parse(json: text ?? "")
    } catch {
      throw Diagnostic(.sourceUnreadable, "\(origin) gives no JSON", cause: error.message)
    }
    guard let entries = root["streams"]?.listValue else {
      throw Diagnostic(.sourceUnreadable, "\(origin) gives no catalog: it has no list 'streams'")
    }
    streams = entries.compactMap { entry in
      (entry["stream"] ?? entry["tap_stream_id"])?.stringValue.map { name in
        Stream(name: name, key: Self.key(of: entry), entry: entry)
      }
    }
  }

  /// Whether streams are selected by metadata; in the first generation it is done within the schema.
  var hasMetadata: Bool { streams.contains { $0.entry["metadata"] != nil } }

  /// The catalog with one stream selected, with all of its properties or some. A cursor makes it incremental.
  func selecting(
    _ name: String, only selected: [String], without excluded: [String], cursor: String?
  ) -> DataValue {
    let entries = streams.map { stream in
      Self.entry(stream.entry, isSelected: stream.name == name, selected, excluded, cursor)
    }
    return Self.setting("streams", .list(entries), in: root)
  }

  private static func entry(
    _ entry: DataValue, isSelected: Bool, _ selected: [String], _ excluded: [String], _ cursor: String?
  ) -> DataValue {
    func isWanted(_ property: String) -> Bool {
      isSelected && (selected.isEmpty || selected.contains(property)) && !excluded.contains(property)
    }
    let schema = setting("selected", .bool(isSelected), in: entry["schema"] ?? .dict(DataMap()))
    var copy = setting("schema", schema, in: entry)
    var metadata = entry["metadata"]?.listValue ?? []
    if !metadata.contains(where: { ($0["breadcrumb"]?.listValue ?? []).isEmpty }) {
      metadata.append(
        .dict(DataMap([("breadcrumb", .list([])), ("metadata", .dict(DataMap()))])))
    }
    metadata = metadata.map { item in
      let path = item["breadcrumb"]?.listValue ?? []
      var facts = item["metadata"] ?? .dict(DataMap())
      if path.isEmpty {
        facts = setting("selected", .bool(isSelected), in: facts)
        if let cursor, isSelected {
          facts = setting("replication-method", .string("INCREMENTAL"), in: facts)
          facts = setting("replication-key", .string(cursor), in: facts)
        }
      } else if path.count == 2, let property = path[1].stringValue,
        facts["inclusion"]?.stringValue != "automatic"
      {
        facts = setting("selected", .bool(isWanted(property)), in: facts)
      }
      return setting("metadata", facts, in: item)
    }
    copy = setting("metadata", .list(metadata), in: copy)
    if let cursor, isSelected {
      copy = setting("replication_method", .string("INCREMENTAL"), in: copy)
      copy = setting("replication_key", .string(cursor), in: copy)
    }
    return copy
  }

  private static func setting(_ key: String, _ value: DataValue, in mapping: DataValue) -> DataValue {
    var map = mapping.dictValue ?? DataMap()
    map[key] = value
    return .dict(map)
  }

  private static func key(of entry: DataValue) -> [String] {
    if let key = entry["key_properties"]?.listValue { return key.compactMap(\.stringValue) }
    let facts = entry["metadata"]?.listValue?.first { ($0["breadcrumb"]?.listValue ?? []).isEmpty }?[
      "metadata"]
    return (facts?["table-key-properties"]?.listValue ?? []).compactMap(\.stringValue)
  }
}
