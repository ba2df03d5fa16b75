import Diagnostics
import Jinja

extension ConfigDecoder {
  /// The typed form of a source's `freshness`; nil where nothing is asked.
  mutating func freshness(_ values: DataValue) -> FreshnessCriteria? {
    guard let value = values["freshness"], !value.isNone else { return nil }
    guard let entries = value.entries else {
      report("freshness", .badValue, "'freshness' of \(subject) must be a mapping, not \(value.typeName)")
      return nil
    }
    let known = ["warn_after", "error_after", "filter"]
    for (key, _) in entries where !known.contains(key) {
      report(
        "freshness", .unknownKey, "'freshness' of \(subject) has no key '\(key)'; it is ignored", .warning,
        hint: Spelling.hint(for: key, among: known))
    }
    var criteria = FreshnessCriteria()
    criteria.warnAfter = limit("warn_after", value)
    criteria.errorAfter = limit("error_after", value)
    if let filter = value["filter"], !filter.isNone {
      if filter.scalarText == nil {
        report("freshness", .badValue, "'filter' under 'freshness' of \(subject) must be text")
      }
      criteria.filter = filter.scalarText.flatMap { $0.isEmpty ? nil : $0 }
    }
    return criteria.isChecked ? criteria : nil
  }

  /// Looks over when a model is to be built again, which other tools read.
  mutating func buildFreshness(_ values: DataValue) {
    guard let rule = values["freshness"]?["build_after"], !rule.isNone else { return }
    let (count, period) = (rule["count"] ?? .none, rule["period"] ?? .none)
    guard count.isNone != period.isNone else { return }
    report(
      "freshness", .missingKey,
      "'build_after' under 'freshness' of \(subject) has no \(count.isNone ? "count" : "period")",
      hint: "write for example build_after: {count: 12, period: hour}")
  }

  private mutating func limit(_ key: String, _ freshness: DataValue) -> FreshnessCriteria.Limit? {
    guard let value = freshness[key], !value.isNone else { return nil }
    let what = "'\(key)' under 'freshness' of \(subject)"
    guard value.entries != nil else {
      report("freshness", .badValue, "\(what) must be a mapping, not \(value.typeName)")
      return nil
    }
    let (count, period) = (value["count"] ?? .none, value["period"] ?? .none)
    if count.isNone, period.isNone { return nil }
    guard !count.isNone, !period.isNone else {
      report(
        "freshness", .missingKey, "\(what) has no \(count.isNone ? "count" : "period"); it is ignored",
        .warning,
        hint: "write for example \(key): {count: 12, period: hour}")
      return nil
    }
    guard case .int(let number) = count.stringValue.flatMap({ Int($0) }).map({ .int($0) }) ?? count else {
      report("freshness", .badValue, "the count of \(what) must be a whole number, not \(count.typeName)")
      return nil
    }
    let periods = FreshnessCriteria.Period.allCases.map(\.rawValue)
    guard let text = period.stringValue, let known = FreshnessCriteria.Period(rawValue: text) else {
      let written = period.scalarText ?? period.typeName
      report(
        "freshness", .badValue, "the period of \(what) cannot be '\(written)'",
        hint: Spelling.hint(for: written, among: periods) ?? "it is one of: "
          + periods.joined(separator: ", "))
      return nil
    }
    return FreshnessCriteria.Limit(count: number, period: known)
  }
}
