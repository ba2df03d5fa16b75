extension DiagnosticCode {
  /// A file or folder cannot be read.
  public static let unreadableFile = DiagnosticCode("WEIR-E0101", "a file or folder cannot be read")
  /// A YAML file does not parse.
  public static let brokenYAML = DiagnosticCode("WEIR-E0102", "a YAML file does not parse")
  /// A text file is not UTF-8.
  public static let notUTF8 = DiagnosticCode("WEIR-E0103", "a text file is not UTF-8")
  /// No project file was found.
  public static let noProject = DiagnosticCode("WEIR-E0104", "no project file was found")
  /// A key is not known where it stands.
  public static let unknownKey = DiagnosticCode("WEIR-E0105", "a key is not known where it stands")
  /// A setting's value has the wrong type or is not one of those allowed.
  public static let badValue = DiagnosticCode("WEIR-E0106", "a setting has a value that cannot be")
  /// A setting that must be there is missing.
  public static let missingKey = DiagnosticCode("WEIR-E0107", "a setting that must be there is missing")
  /// A profile or target cannot be used.
  public static let badProfile = DiagnosticCode("WEIR-E0108", "a profile or target cannot be used")
  /// Two definitions share a name.
  public static let duplicateName = DiagnosticCode("WEIR-E0109", "two definitions share a name")
  /// Two nodes would be stored as the same relation.
  public static let ambiguousRelation = DiagnosticCode(
    "WEIR-E0110", "two nodes would be stored as the same relation")
  /// A reference names nothing that the project has.
  public static let missingReference = DiagnosticCode(
    "WEIR-E0111", "a reference names nothing in the project")
  /// A reference names something that is switched off.
  public static let disabledReference = DiagnosticCode("WEIR-E0112", "a reference names a disabled node")
  /// Something that dbt has and this version does not.
  public static let unsupported = DiagnosticCode("WEIR-E0113", "a feature is not supported yet")
  /// A property file describes something that does not exist.
  public static let orphanProperties = DiagnosticCode(
    "WEIR-E0114", "a property file describes what does not exist")
  /// A configuration path of the project file matches nothing.
  public static let unusedConfiguration = DiagnosticCode(
    "WEIR-E0115", "a configuration path matches nothing")
  /// A path leads out of the project.
  public static let pathOutside = DiagnosticCode("WEIR-E0116", "a path leads out of the project")
  /// A check is declared wrongly.
  public static let badCheck = DiagnosticCode("WEIR-E0117", "a check is declared wrongly")
  /// A variable or environment variable is not set.
  public static let missingVariable = DiagnosticCode("WEIR-E0118", "a variable is not set")
  /// The project's own code raised an error or a warning.
  public static let raised = DiagnosticCode("WEIR-E0119", "the project raised an error itself")
  /// The version of dbt that the project asks for is not the one offered.
  public static let versionMismatch = DiagnosticCode("WEIR-E0120", "the project asks for another version")
  /// A template needs a connection where there is none.
  public static let needsConnection = DiagnosticCode("WEIR-E0121", "a template needs a connection")

  /// A package that is asked for is not installed, or cannot be.
  public static let packageMissing = DiagnosticCode(
    "WEIR-E0122", "a package is not installed or cannot be")
  /// A package is asked for wrongly.
  public static let badPackage = DiagnosticCode("WEIR-E0123", "a package is asked for wrongly")

  /// A model that is to go, or was to go by now.
  public static let deprecatedModel = DiagnosticCode("WEIR-E0124", "a model is deprecated")
  /// A reference means a version after which there is another.
  public static let prerelease = DiagnosticCode(
    "WEIR-E0125", "there is a newer version of a model to be tried")
  /// A reference to a model that may not be read from there.
  public static let inaccessible = DiagnosticCode("WEIR-E0126", "a model may not be read from there")
  /// A contract is declared wrongly.
  public static let badContract = DiagnosticCode("WEIR-E0127", "a contract is declared wrongly")
  /// A unit test is declared wrongly.
  public static let badUnitTest = DiagnosticCode("WEIR-E0128", "a unit test is declared wrongly")

  /// Something is written as dbt once had it, and will not have it for ever.
  public static let deprecatedSpelling = DiagnosticCode(
    "WEIR-E0129", "something is written as it will not be read for ever")

  /// A semantic model, a metric or a saved query does not hold together.
  public static let badSemantics = DiagnosticCode(
    "WEIR-E0131", "a semantic model, metric, saved query or time spine is declared wrongly")

  /// A function is declared wrongly.
  public static let badFunction = DiagnosticCode("WEIR-E0132", "a function is declared wrongly")

  /// A Python model is not written as it must be.
  public static let badPythonModel = DiagnosticCode(
    "WEIR-E0140", "a Python model is not written as it must be")

  /// Codes of reading a project: E01xx.
  static let project: [DiagnosticCode] = [
    unreadableFile, brokenYAML, notUTF8, noProject, unknownKey, badValue, missingKey, badProfile,
    duplicateName, ambiguousRelation, missingReference, disabledReference, unsupported, orphanProperties,
    unusedConfiguration, pathOutside, badCheck, missingVariable, raised, versionMismatch, needsConnection,
    packageMissing, badPackage, deprecatedModel, prerelease, inaccessible, badContract, badUnitTest,
    deprecatedSpelling, badSemantics, badFunction, badPythonModel,
  ]
}
