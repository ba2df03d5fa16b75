import Diagnostics
import Jinja

extension ConfigDecoder {
  /// The typed form of a snapshot's configuration. One that is disabled may be unfinished.
  mutating func snapshot(_ values: DataValue, matchesNullKeys: Bool) -> NodeConfig {
    var config = NodeConfig(materialization: .snapshot, values: values)
    shared(values, &config)
    config.preHooks = hooks("pre-hook", values)
    config.postHooks = hooks("post-hook", values)
    config.publish =
      choice("publish", values, ["after_checks", "always"]).flatMap(PublishRule.init) ?? .afterChecks
    if config.isEnabled {
      let history = history(values, matchesNullKeys)
      config.snapshot = history
      config.values = values.setting("snapshot_meta_column_names", to: Self.shown(history.columns))
      warnAboutUnsupported(values)
    }
    return config
  }

  private mutating func history(_ values: DataValue, _ matchesNullKeys: Bool) -> SnapshotConfig {
    var config = SnapshotConfig()
    if let written = text("materialized", values), written != "snapshot" {
      report("materialized", .badValue, "\(subject) cannot be materialized as '\(written)'")
    }
    config.strategy = required(
      "strategy", values, "say how changes are found: strategy='timestamp' or 'check'")
    config.uniqueKey = SnapshotKey(texts("unique_key", values), isList: values["unique_key"]?.items != nil)
    if config.uniqueKey.expressions.isEmpty {
      report(
        "unique_key", .missingKey, "\(subject) has no unique_key",
        hint: "say what identifies a row: unique_key='id', or a list of columns")
    }
    config.updatedAt = text("updated_at", values)
    config.checkedColumns = checkedColumns(values)
    switch config.strategy {
    case "timestamp": checkTimestamp(values, config)
    case "check":
      if config.checkedColumns == nil {
        report(
          "check_cols", .missingKey, "\(subject) uses the strategy 'check' and has no check_cols",
          hint: "name the columns that are compared, or say check_cols='all'")
      }
    default: break
    }
    config.hardDeletes = hardDeletes(values)
    config.validToCurrent = text("dbt_valid_to_current", values)
    config.columns = columnNames(values)
    config.matchesNullKeys = matchesNullKeys && config.uniqueKey.isList
    return config
  }

  /// As in dbt, every column is listed, with nothing where it has its standard name.
  private static func shown(_ columns: SnapshotColumns) -> DataValue {
    let order = ["dbt_valid_to", "dbt_valid_from", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"]
    let named = Dictionary(uniqueKeysWithValues: columns.named.map { ($0.standard, $0.own) })
    return .mapping(order.map { ($0, named[$0] == $0 ? .none : .string(named[$0] ?? $0)) })
  }

  private mutating func required(_ key: String, _ values: DataValue, _ hint: String) -> String {
    if let written = text(key, values), !written.isEmpty { return written }
    report(key, .missingKey, "\(subject) has no \(key)", hint: hint)
    return ""
  }

  private mutating func checkTimestamp(_ values: DataValue, _ config: SnapshotConfig) {
    if config.updatedAt == nil {
      report(
        "updated_at", .missingKey, "\(subject) uses the strategy 'timestamp' and has no updated_at",
        hint: "name the column that says when a row was changed: updated_at='updated_at'")
    }
    if config.checkedColumns != nil {
      report(
        "check_cols", .badValue, "\(subject) uses the strategy 'timestamp', which compares no check_cols",
        hint: "leave check_cols out, or use strategy='check'")
    }
  }

  private mutating func checkedColumns(_ values: DataValue) -> SnapshotConfig.CheckedColumns? {
    guard let value = values["check_cols"], !value.isNone else { return nil }
    if let text = value.stringValue {
      if text == "all" { return .all }
      report(
        "check_cols", .badValue, "'check_cols' of \(subject) cannot be '\(text)'",
        hint: "give a list of columns, or 'all'")
      return .some([text])
    }
    let names = texts("check_cols", values)
    return names.isEmpty ? nil : .some(names)
  }

  private mutating func hardDeletes(_ values: DataValue) -> SnapshotConfig.HardDeletes {
    let legacy = bool("invalidate_hard_deletes", values)
    let known = SnapshotConfig.HardDeletes.allCases.map(\.rawValue)
    guard let written = choice("hard_deletes", values, known) else {
      return legacy == true ? .invalidate : .ignore
    }
    if legacy != nil {
      report(
        "invalidate_hard_deletes", .badValue,
        "\(subject) has both 'hard_deletes' and 'invalidate_hard_deletes'", hint: "keep 'hard_deletes'")
    }
    return SnapshotConfig.HardDeletes(rawValue: written) ?? .ignore
  }

  private mutating func columnNames(_ values: DataValue) -> SnapshotColumns {
    var columns = SnapshotColumns()
    let key = "snapshot_meta_column_names"
    guard let value = values[key], !value.isNone else { return columns }
    guard let entries = value.entries else {
      report(key, .badValue, "'\(key)' of \(subject) must be a mapping, not \(value.typeName)")
      return columns
    }
    let known = columns.named.map(\.standard)
    for (name, own) in entries where !own.isNone {
      guard let own = own.scalarText, !own.isEmpty else {
        report(key, .badValue, "'\(name)' under '\(key)' of \(subject) must be text, not \(own.typeName)")
        continue
      }
      switch name {
      case "dbt_valid_from": columns.validFrom = own
      case "dbt_valid_to": columns.validTo = own
      case "dbt_scd_id": columns.id = own
      case "dbt_updated_at": columns.updatedAt = own
      case "dbt_is_deleted": columns.isDeleted = own
      default:
        report(
          key, .badValue, "'\(key)' of \(subject) names '\(name)', which is no column of a snapshot",
          hint: Spelling.hint(for: name, among: known) ?? "there are " + known.joined(separator: ", "))
      }
    }
    let names = columns.named.map { $0.own.lowercased() }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      report(key, .badValue, "'\(key)' of \(subject) gives the name '\(twice)' to two columns")
    }
    return columns
  }
}
