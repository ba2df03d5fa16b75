import Diagnostics
import Jinja
import Project

/// Where files lie, and what the engine needs to reach them: extensions and a secret of the session, so that no
/// statement that reads holds a key.
struct FileStore {
  private let connection: ResolvedConnection
  private let name: String

  init(_ connection: ResolvedConnection, secret name: String) {
    self.connection = connection
    self.name = name
  }

  private var settings: DataValue { connection.settings }

  private func text(_ key: String) -> String? {
    settings[key].flatMap { $0.isNone ? nil : $0.stringValue ?? $0.programWord }
  }

  /// The URL or path of what a table names.
  func location(of from: String) -> String {
    if from.contains("://") { return from }
    switch connection.type {
    case .s3: return Self.joined("s3://" + (text("bucket") ?? ""), from)
    case .gcs: return Self.joined("gs://" + (text("bucket") ?? ""), from)
    case .azure: return Self.joined("az://" + (text("container") ?? ""), from)
    case .http: return Self.joined(text("url") ?? "", from)
    default:
      let folder = text("path") ?? ""
      let path = from.hasPrefix("/") || folder.isEmpty ? from : Self.joined(folder, from)
      return path.hasPrefix("/") ? path : connection.root + "/" + path
    }
  }

  /// The statements that make the store reachable. They may hold secrets.
  func opening() -> [String] {
    switch connection.type {
    case .s3: ["LOAD httpfs"] + s3
    case .gcs: ["LOAD httpfs"] + gcs
    case .azure: ["LOAD azure"] + azure
    case .http: ["LOAD httpfs"] + http
    default: []
    }
  }

  /// The statements that undo it.
  func closing() -> [String] {
    connection.type == .files ? [] : ["DROP TEMPORARY SECRET IF EXISTS \(name)"]
  }

  /// Whether the files are this machine's.
  var isLocal: Bool { connection.type == .files }

  private func secret(_ type: String, _ parts: [(String, String?)], provider: String? = nil) -> String {
    let head = ["TYPE \(type)"] + (provider.map { ["PROVIDER \($0)"] } ?? [])
    let values = parts.compactMap { key, value in value.map { "\(key) \(StandardQuoting.literal($0))" } }
    return "CREATE OR REPLACE TEMPORARY SECRET \(name) (\((head + values).joined(separator: ", ")))"
  }

  private var s3: [String] {
    let place: [(String, String?)] = [
      ("REGION", text("region")), ("ENDPOINT", text("endpoint")), ("URL_STYLE", text("url_style")),
      ("USE_SSL", text("use_ssl")),
    ]
    if let key = text("key_id") {
      return [
        secret(
          "s3",
          [("KEY_ID", key), ("SECRET", text("secret")), ("SESSION_TOKEN", text("session_token"))] + place)
      ]
    }
    // A profile that is named must be there. Otherwise a public bucket is read without a key, where none is found.
    let chain: [(String, String?)] =
      text("profile").map { [("PROFILE", $0), ("CHAIN", "config;process;sso")] } ?? [("VALIDATION", "none")]
    return ["LOAD aws", secret("s3", chain + place, provider: "credential_chain")]
  }

  /// Google's storage takes HMAC keys; what is public needs none.
  private var gcs: [String] {
    guard let key = text("key_id") else { return [] }
    return [
      secret(
        "gcs",
        [
          ("KEY_ID", key), ("SECRET", text("secret")), ("ENDPOINT", text("endpoint")),
          ("URL_STYLE", text("url_style")), ("USE_SSL", text("use_ssl")),
        ])
    ]
  }

  private var azure: [String] {
    if let string = text("connection_string") { return [secret("azure", [("CONNECTION_STRING", string)])] }
    let account = text("account_name")
    if let key = text("account_key") {
      let endpoint = text("endpoint") ?? "EndpointSuffix=core.windows.net"
      return [
        secret(
          "azure",
          [
            (
              "CONNECTION_STRING",
              "DefaultEndpointsProtocol=https;AccountName=\(account ?? "");AccountKey=\(key);\(endpoint)"
            )
          ])
      ]
    }
    if let client = text("client_id") {
      return [
        secret(
          "azure",
          [
            ("TENANT_ID", text("tenant_id")), ("CLIENT_ID", client), ("CLIENT_SECRET", text("client_secret")),
            ("ACCOUNT_NAME", account),
          ], provider: "service_principal")
      ]
    }
    return [secret("azure", [("ACCOUNT_NAME", account)], provider: "credential_chain")]
  }

  private var http: [String] {
    let headers = settings["headers"]?.dictValue.map(Array.init) ?? []
    guard !headers.isEmpty else { return [] }
    let entries = headers.map { key, value in
      "\(StandardQuoting.literal(key)): \(StandardQuoting.literal(value.programWord))"
    }
    let scope = text("url").map { ", SCOPE \(StandardQuoting.literal($0))" } ?? ""
    return [
      "CREATE OR REPLACE TEMPORARY SECRET \(name) "
        + "(TYPE http, EXTRA_HTTP_HEADERS MAP {\(entries.joined(separator: ", "))}\(scope))"
    ]
  }

  private static func joined(_ folder: String, _ path: String) -> String {
    if path.isEmpty { return folder }
    return folder.hasSuffix("/") || path.hasPrefix("/") ? folder + path : folder + "/" + path
  }
}
