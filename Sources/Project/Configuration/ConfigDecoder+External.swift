import Diagnostics
import Jinja

extension ConfigDecoder {
  /// The typed form of an external model's settings.
  mutating func external(_ values: DataValue) -> ExternalConfig {
    var config = ExternalConfig()
    config.location = text("location", values)
    config.format = choice("format", values, ExternalConfig.Format.allCases.map(\.rawValue))
      .flatMap(ExternalConfig.Format.init)
    config.writeOptions = writeOptions(values)
    if !config.writeOptions.contains(where: { $0.name == "delimiter" }),
      let delimiter = text("delimiter", values)
    {
      config.writeOptions.append(.init("delimiter", delimiter))
    }
    for format in ExternalConfig.Format.allCases {
      let key = "\(format.rawValue)_read_options"
      guard let value = values[key], !value.isNone else { continue }
      guard let entries = value.entries, entries.allSatisfy({ Self.isOptionName($0.key) }) else {
        report(key, .badValue, "'\(key)' of \(subject) must be a mapping of options to values")
        continue
      }
      config.readOptions[format] = entries.map { .init($0.key, Self.value($0.value)) }
    }
    for key in ["glue_register", "plugin"] where !(values[key]?.isNone ?? true) && values[key] != .bool(false)
    {
      report(key, .unsupported, "'\(key)' of \(subject) needs Python and is not supported")
    }
    return config
  }

  private mutating func writeOptions(_ values: DataValue) -> [ExternalConfig.Option<String>] {
    guard let value = values["options"], !value.isNone else { return [] }
    guard let entries = value.entries else {
      report("options", .badValue, "'options' of \(subject) must be a mapping, not \(value.typeName)")
      return []
    }
    var options: [ExternalConfig.Option<String>] = []
    for (key, value) in entries {
      let name = key.lowercased()
      if !Self.isOptionName(name) {
        report(
          "options", .badValue, "'options' of \(subject) has a name that no option of COPY has: '\(key)'")
      } else if name == "partition_by", let columns = value.texts {
        options.append(.init(name, columns.joined(separator: ", ")))
      } else if let text = value.scalarText {
        options.append(.init(name, text))
      } else {
        report("options", .badValue, "the option '\(key)' of \(subject) must be text, not \(value.typeName)")
      }
    }
    return options
  }

  private static func value(_ data: DataValue) -> ExternalConfig.Value {
    if case .string(let text) = data { return .text(text) }
    if let items = data.items { return .list(items.map(value)) }
    if let entries = data.entries { return .table(entries.map { .init($0.key, value($0.value)) }) }
    return .plain(data.scalarText ?? "NULL")
  }

  private static func isOptionName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x5F
      }
  }
}
