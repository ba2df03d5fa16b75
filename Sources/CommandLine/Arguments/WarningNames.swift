import Diagnostics

/// What warnings are called: by dbt, whose options name them, and by Weir.
enum WarningNames {
  /// dbt's name for everything that it calls deprecated.
  static let deprecations = "Deprecations"

  /// Every name that an option may hold.
  static let all = Set(events + [deprecations] + DiagnosticCode.all.map(\.rawValue))

  /// The names of a warning: its code, dbt's events of the same meaning, and the group that they belong to.
  static func names(of code: DiagnosticCode) -> Set<String> {
    let same = sameMeaning[code] ?? []
    let isDeprecation = same.contains { $0.hasSuffix("Deprecation") }
    return Set([code.rawValue] + same + (isDeprecation ? [deprecations] : []))
  }

  private static let sameMeaning: [DiagnosticCode: [String]] = [
    .unusedConfiguration: ["UnusedResourceConfigPath"],
    .orphanProperties: ["NoNodeForYamlKey", "MacroNotFoundForPatch", "WrongResourceSchemaFile"],
    .deprecatedModel: ["DeprecatedModel", "DeprecatedReference"],
    .prerelease: ["UpcomingReferenceDeprecation"],
    .disabledReference: ["NodeNotFoundOrDisabled"],
    .missingReference: ["NodeNotFoundOrDisabled"],
    .unknownKey: [
      "CustomKeyInConfigDeprecation", "CustomKeyInObjectDeprecation", "CustomTopLevelKeyDeprecation",
    ],
    .brokenContract: ["UnversionedBreakingChange"],
    .seedNotCompared: [
      "SeedIncreased", "SeedExceedsLimitSamePath", "SeedExceedsLimitAndPathChanged",
      "SeedExceedsLimitChecksumChanged",
    ],
    .brokenYAML: ["DuplicateYAMLKeysDeprecation"],
    .deprecatedSpelling: [
      "ConfigSourcePathDeprecation", "ConfigDataPathDeprecation", "ExposureNameDeprecation",
      "ModelParamUsageDeprecation", "ResourceNamesWithSpacesDeprecation",
    ],
    .templateSyntax: ["UnexpectedJinjaBlockDeprecation"],
    .sameState: ["WarnStateTargetEqual"],
    .nothingSelected: ["NoNodesForSelectionCriteria"],
    .badContract: [
      "UnsupportedConstraintMaterialization", "ConstraintNotSupported", "ConstraintNotEnforced",
    ],
    .raised: ["JinjaLogWarning"],
  ]

  /// The events of dbt-core 1.11 that are warnings.
  private static let events = [
    "DeprecatedModel", "PackageRedirectDeprecation", "PackageInstallPathDeprecation",
    "ConfigSourcePathDeprecation", "ConfigDataPathDeprecation", "MetricAttributesRenamed",
    "ExposureNameDeprecation", "InternalDeprecation", "EnvironmentVariableRenamed",
    "ConfigLogPathDeprecation", "ConfigTargetPathDeprecation", "TestsConfigDeprecation",
    "ProjectFlagsMovedDeprecation", "ResourceNamesWithSpacesDeprecation",
    "PackageMaterializationOverrideDeprecation", "SourceFreshnessProjectHooksNotRun",
    "MFTimespineWithoutYamlConfigurationDeprecation", "MFCumulativeTypeParamsDeprecation",
    "MicrobatchMacroOutsideOfBatchesDeprecation", "GenericJSONSchemaValidationDeprecation",
    "UnexpectedJinjaBlockDeprecation", "DuplicateYAMLKeysDeprecation", "CustomTopLevelKeyDeprecation",
    "CustomKeyInConfigDeprecation", "CustomKeyInObjectDeprecation", "DeprecationsSummary",
    "CustomOutputPathInSourceFreshnessDeprecation", "PropertyMovedToConfigDeprecation",
    "WEOIncludeExcludeDeprecation", "ModelParamUsageDeprecation", "ModulesItertoolsUsageDeprecation",
    "SourceOverrideDeprecation", "EnvironmentVariableNamespaceDeprecation", "MissingPlusPrefixDeprecation",
    "ArgumentsPropertyInGenericTestDeprecation", "MissingArgumentsPropertyInGenericTestDeprecation",
    "DuplicateNameDistinctNodeTypesDeprecation", "InvalidValueForField", "ValidationWarning",
    "UnusedResourceConfigPath", "SeedIncreased", "SeedExceedsLimitSamePath",
    "SeedExceedsLimitAndPathChanged", "SeedExceedsLimitChecksumChanged", "UnusedTables",
    "WrongResourceSchemaFile", "NoNodeForYamlKey", "MacroNotFoundForPatch", "NodeNotFoundOrDisabled",
    "JinjaLogWarning", "UpcomingReferenceDeprecation", "DeprecatedReference",
    "UnsupportedConstraintMaterialization", "SemanticValidationFailure", "UnversionedBreakingChange",
    "WarnStateTargetEqual", "FreshnessConfigProblem", "MicrobatchModelNoEventTimeInputs",
    "InvalidConcurrentBatchesConfig", "InvalidMacroAnnotation", "PackageNodeDependsOnRootProjectNode",
    "DepsUnpinned", "NoNodesForSelectionCriteria", "DepsScrubbedPackageName", "NothingToDo",
    "NoNodesSelected", "SnapshotTimestampWarning", "RunResultWarning", "RunResultWarningMessage",
    "BehaviorChangeEvent", "GetMetaKeyWarning", "CollectFreshnessReturnSignature",
    "AdapterDeprecationWarning", "AdapterEventWarning", "CatalogGenerationError", "ConstraintNotEnforced",
    "ConstraintNotSupported", "LogTestResult", "LogFreshnessResult",
  ]
}
