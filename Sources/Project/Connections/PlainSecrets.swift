import Diagnostics

/// Finds secrets that stand in a file as plain text: in URLs, in connection strings, among headers.
enum PlainSecrets {
  /// Names whose values are secret, in lower case without `-`, `_` and spaces.
  private static let names: Set<String> = [
    "password", "passwd", "pwd", "pass", "secret", "clientsecret", "token", "accesstoken", "authtoken", "sig",
    "signature", "apikey", "apitoken", "accountkey", "accesskey", "secretkey", "sharedaccesskey",
    "sharedaccesssignature", "xamzsignature", "xamzsecuritytoken", "authorization", "proxyauthorization",
    "cookie", "xapikey", "xauthtoken",
  ]

  /// Whether a name is that of a secret.
  static func isSecret(name: some StringProtocol) -> Bool {
    names.contains(name.lowercased().filter { !"-_ ".contains($0) })
  }

  /// Whether a value is written out, not left to Jinja.
  private static func isPlain(_ value: some StringProtocol) -> Bool {
    let text = String(value)
    return !text.isEmpty && !YAMLRenderer.holdsJinja(text)
  }

  /// What of a text is a secret in plain sight, in words for a message; nil if nothing is.
  static func found(in text: String) -> String? {
    let masked = maskingJinja(text)
    if let mark = masked.firstRange(of: "://") {
      let rest = masked[mark.upperBound...]
      let authority = rest.prefix { !"/?#".contains($0) }
      if let at = authority.lastIndex(of: "@") {
        let user = authority[..<at]
        let password = user.dropFirst(user.prefix { $0 != ":" }.count + 1)
        if isWritten(password) { return "a password" }
      }
    }
    for pair in masked.split(whereSeparator: { "?&; \n".contains($0) }) {
      let key = pair.prefix { $0 != "=" }
      let value = pair.dropFirst(key.count + 1)
      if isSecret(name: key), isWritten(value) { return "'\(key)'" }
    }
    return nil
  }

  private static let mask: Character = "\u{FFFC}"

  private static func isWritten(_ text: Substring) -> Bool { text.contains { $0 != mask } }

  /// The text with every `{{ … }}` and `{% … %}` as one character that no URL has.
  private static func maskingJinja(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = ["{{", "{%"].compactMap({ rest.firstRange(of: $0) })
      .min(by: { $0.lowerBound < $1.lowerBound })
    {
      result += rest[..<start.lowerBound]
      result.append(mask)
      let closing = rest[start] == "{{" ? "}}" : "%}"
      guard let end = rest[start.upperBound...].firstRange(of: closing) else { return result }
      rest = rest[end.upperBound...]
    }
    return result + rest
  }

  /// Whether an entry of a mapping such as `headers` is a secret in plain sight.
  static func isPlainSecret(_ entry: YAMLEntry) -> Bool {
    guard isSecret(name: entry.key), let text = entry.value.scalarText else { return false }
    return isPlain(text)
  }

  /// The diagnostic for a secret that stands at `span`.
  static func diagnostic(_ subject: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.plainSecret, "\(subject) is written as plain text", at: span, hint: hint)
  }

  /// What to do about it.
  static let hint =
    "take it from the environment, \"{{ env_var('NAME') }}\", from a file, \"{{ secret('file:…') }}\", "
    + "or from a program, \"{{ secret('command:…') }}\"; and change the secret if the file was shared"
}
