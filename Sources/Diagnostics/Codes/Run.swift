extension DiagnosticCode {
  /// A node failed.
  public static let nodeFailed = DiagnosticCode("WEIR-E0701", "a node failed")
  /// A check kept a new version from being published.
  public static let notPublished = DiagnosticCode(
    "WEIR-E0702", "a failing check kept a new version from being published")
  /// A seed's file cannot be read.
  public static let seedUnreadable = DiagnosticCode("WEIR-E0703", "a seed's file cannot be read")
  /// A seed's file is not what a CSV file must be.
  public static let seedMalformed = DiagnosticCode("WEIR-E0704", "a seed's file is malformed")
  /// An incremental model's rows do not fit its table.
  public static let incrementalMismatch = DiagnosticCode(
    "WEIR-E0705", "an incremental model's columns do not fit its table")
  /// What stands under a node's name may not be replaced.
  public static let relationInTheWay = DiagnosticCode(
    "WEIR-E0706", "a relation of another kind is in a node's place")
  /// A hook before or after a run failed.
  public static let runHookFailed = DiagnosticCode("WEIR-E0707", "a hook of the run failed")
  /// A file with failing rows cannot be written.
  public static let failuresUnwritable = DiagnosticCode(
    "WEIR-E0708", "a file with failing rows cannot be written")
  /// The configuration asks for what is not supported yet.
  public static let notSupported = DiagnosticCode("WEIR-E0709", "a configuration is not supported yet")
  /// A transaction could not be undone; its session was closed instead.
  public static let rollbackFailed = DiagnosticCode("WEIR-E0710", "a transaction could not be rolled back")

  /// A file of an external model cannot be put in its place.
  public static let externalFile = DiagnosticCode("WEIR-E0711", "an external model's file cannot be written")

  /// Several of the rows that an incremental model takes up have one key.
  public static let repeatedKeys = DiagnosticCode(
    "WEIR-E0712", "several new rows of an incremental model have one key")
  /// What referred to a table by foreign keys lost them as it was built anew.
  public static let foreignKeysLost = DiagnosticCode(
    "WEIR-E0713", "tables lost their foreign keys to one that was built")
  /// A snapshot's unique key does not identify a row.
  public static let snapshotKey = DiagnosticCode(
    "WEIR-E0721", "a snapshot's unique key does not identify a row")
  /// A snapshot's table does not fit its query.
  public static let snapshotColumns = DiagnosticCode(
    "WEIR-E0722", "a snapshot's columns do not fit its table")

  /// A Python model's code failed, or what it gave is no table.
  public static let pythonFailed = DiagnosticCode("WEIR-E0740", "a Python model failed")

  /// Codes of running: E07xx.
  static let run: [DiagnosticCode] = [
    nodeFailed, notPublished, seedUnreadable, seedMalformed, incrementalMismatch, relationInTheWay,
    runHookFailed, failuresUnwritable, notSupported, rollbackFailed,
    externalFile, repeatedKeys, foreignKeysLost, snapshotKey, snapshotColumns,
    pythonFailed,
  ]
}
