/// An S3 server with one bucket.
public struct S3Service: Sendable {
  /// Address and port, without a scheme; plain HTTP, buckets in the path.
  public private(set) var endpoint: String
  /// The only bucket.
  public let bucket: String
  /// The access key.
  public let key: String
  /// The secret key.
  public let secret: String
  /// The region.
  public let region: String

  init(facts: [String: String]) {
    endpoint = facts.fact("endpoint")
    bucket = facts.fact("bucket")
    key = facts.fact("key")
    secret = facts.fact("secret")
    region = facts.fact("region")
  }

  /// The address of a folder that no other test uses, without a slash at its end.
  public func makeFolder() -> String { "s3://\(bucket)/\(freshName())" }

  /// The same server, reached through a proxy. Its signatures cover the address that the client is told: it takes any.
  public func through(_ proxy: ProxyService) -> S3Service {
    var copy = self
    copy.endpoint = "\(proxy.host):\(proxy.port)"
    return copy
  }

  /// The secret as a DuckDB profile has it, on one line of YAML.
  public var profileSecret: String {
    """
    {type: s3, key_id: '\(key)', secret: '\(secret)', endpoint: '\(endpoint)', region: '\(region)', \
    url_style: path, use_ssl: false}
    """
  }

  /// The secret as DuckDB's SQL has it.
  public var createSecret: String {
    """
    CREATE OR REPLACE SECRET tests_s3 (TYPE s3, KEY_ID '\(key)', SECRET '\(secret)', ENDPOINT '\(endpoint)', \
    REGION '\(region)', URL_STYLE 'path', USE_SSL false)
    """
  }
}

/// An Azure storage account with one container.
public struct AzureService: Sendable {
  /// The account's name.
  public let account: String
  /// The account's key.
  public let key: String
  /// The only container.
  public let container: String
  /// The connection string, with the endpoints of Blob and Data Lake Storage.
  public let connection: String

  init(facts: [String: String]) {
    account = facts.fact("account")
    key = facts.fact("key")
    container = facts.fact("container")
    connection = facts.fact("connection")
  }

  /// The address of a folder that no other test uses, without a slash at its end; `scheme` is `az` or `abfss`.
  public func makeFolder(scheme: String = "az") -> String { "\(scheme)://\(container)/\(freshName())" }

  /// The secret as a DuckDB profile has it, on one line of YAML.
  public var profileSecret: String { "{type: azure, connection_string: '\(connection)'}" }

  /// The secret as DuckDB's SQL has it.
  public var createSecret: String {
    "CREATE OR REPLACE SECRET tests_azure (TYPE azure, CONNECTION_STRING '\(connection)')"
  }
}
