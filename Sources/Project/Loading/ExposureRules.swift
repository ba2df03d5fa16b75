import Diagnostics

/// What dbt asks of an exposure beside its type: an owner, a name without spaces, a maturity that it knows.
struct ExposureRules {
  let entry: EntryProperties

  func check(_ problems: inout [Diagnostic]) {
    let owner = entry.node["owner"]
    if ["name", "email"].allSatisfy({ owner?[$0]?.isNull ?? true }) {
      problems.append(
        Diagnostic(
          .missingKey, "exposure '\(entry.name)' has no owner",
          at: (owner ?? entry.node).span(in: entry.file),
          hint: "say who: owner: {name: …, email: …}"))
    }
    let known = ["low", "medium", "high"]
    if let node = entry.node["maturity"], !node.isNull, !known.contains(node.scalarText ?? "") {
      problems.append(
        Diagnostic(
          .badValue,
          "exposure '\(entry.name)' has the unknown maturity '\(node.scalarText ?? node.typeName)'",
          at: node.span(in: entry.file), hint: "it is one of: " + known.joined(separator: ", ")))
    }
    let isPlain = entry.name.unicodeScalars.allSatisfy {
      $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || $0.properties.numericType != nil
    }
    guard !isPlain else { return }
    problems.append(
      Diagnostic(
        .deprecatedSpelling,
        "the name of exposure '\(entry.name)' should have letters, digits and underscores only",
        at: entry.span, severity: .warning, hint: "give it such a name, and the other as its 'label'"))
  }
}
