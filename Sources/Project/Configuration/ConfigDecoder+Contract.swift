import Diagnostics
import Jinja

extension ConfigDecoder {
  /// What a model promises of its columns.
  mutating func contract(_ values: DataValue, _ materialization: Materialization) -> ContractConfig {
    var contract = ContractConfig()
    contract.isEnforced = truth("enforced", of: values["contract"]) ?? false
    contract.aliasesTypes = truth("alias_types", of: values["contract"]) ?? true
    let rule = values["on_schema_change"]?.scalarText ?? "ignore"
    if contract.isEnforced, materialization == .incremental, !["append_new_columns", "fail"].contains(rule) {
      report(
        "on_schema_change", .badContract,
        "\(subject) has an enforced contract and is incremental: its on_schema_change cannot be '\(rule)'",
        hint: "set it to 'append_new_columns' or 'fail'")
    }
    return contract
  }

  private mutating func truth(_ key: String, of contract: DataValue?) -> Bool? {
    guard let value = contract?[key], !value.isNone else { return nil }
    if case .bool(let truth) = value { return truth }
    report("contract", .badValue, "'\(key)' of the contract of \(subject) must be true or false")
    return nil
  }
}
