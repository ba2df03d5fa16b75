import Diagnostics
import Jinja
import Project

/// Makes a resource's requests: the template, with values in place. Secrets are not among them.
struct RequestBuilder {
  let connection: RESTConnection
  let resource: RESTResource

  /// The request with these values of placeholders, and paging's values in their places. Throws a diagnostic if the path
  /// lacks a value.
  func request(_ bindings: Bindings, _ paging: [PlacedValue]) throws -> HTTPRequest {
    var url = try address(bindings)
    var parameters: [QueryParameter] = []
    for (name, value) in resource.parameters {
      // A parameter whose value is not there is left out: the first load has no start.
      if let text = value.filled(with: bindings) { parameters.append(QueryParameter(name, text)) }
    }
    if let incremental = resource.incremental {
      for (name, placeholder) in [
        (incremental.startParameter, Placeholder.start), (incremental.endParameter, .end),
      ] {
        if let name, let value = bindings[placeholder] { parameters.append(QueryParameter(name, value.text)) }
      }
    }
    for item in paging {
      if case .query(let name) = item.place {
        parameters.removeAll { $0.name == name }
        parameters.append(QueryParameter(name, item.value.text))
      }
    }
    if !parameters.isEmpty { url.set(parameters) }
    var headers = self.headers(to: url)
    for (name, value) in resource.headers {
      if let text = value.filled(with: bindings) { headers.set(name, text) }
    }
    let body = try body(bindings, paging)
    if body != nil, headers["Content-Type"] == nil { headers.set("Content-Type", "application/json") }
    return HTTPRequest(method: resource.method, url: url, headers: headers, body: body)
  }

  /// A plain request for a URL that a response gave.
  func request(following url: WebAddress) -> HTTPRequest {
    var headers = headers(to: url)
    if url.origin == connection.baseURL.origin {
      for (name, value) in resource.headers {
        if let text = value.filled(with: Bindings()) { headers.set(name, text) }
      }
    }
    return HTTPRequest(url: url, headers: headers)
  }

  /// What every request says; the connection's own headers go to its own server only.
  private func headers(to url: WebAddress) -> HTTPHeaders {
    var headers: HTTPHeaders = ["Accept": "application/json", "User-Agent": "weir"]
    if url.origin == connection.baseURL.origin {
      for header in connection.headers.entries { headers.set(header.name, header.value) }
    }
    return headers
  }

  private func address(_ bindings: Bindings) throws -> WebAddress {
    guard let path = resource.path.filled(with: bindings, encoding: WebAddress.encoded) else {
      let missing = resource.path.placeholders.first { bindings[$0] == nil }
      throw Diagnostic(
        .sourceSetting,
        "the path of '\(resource.name)' needs \(missing?.description ?? "a value"), and there is none",
        hint: missing?.owner == Placeholder.incremental
          ? "say where the first load starts: 'initial' of the table" : nil)
    }
    // A whole URL is taken as it is; a server's path only behind the connection's own.
    if path.lowercased().hasPrefix("http://") || path.lowercased().hasPrefix("https://") {
      guard let url = WebAddress(path) else {
        throw Diagnostic(.sourceSetting, "the path of '\(resource.name)' is no URL: \(path)")
      }
      return url
    }
    return path.isEmpty ? connection.baseURL : connection.baseURL.appending(path: path)
  }

  private func body(_ bindings: Bindings, _ paging: [PlacedValue]) throws -> [UInt8]? {
    var bindings = bindings
    var body = resource.body
    for (index, item) in paging.enumerated() {
      guard case .body(let names) = item.place else { continue }
      // The value's place is taken by a placeholder, so that its JSON goes in as the server wrote it.
      let mark = Placeholder(owner: "-", path: JSONPath(member: String(index)))
      bindings[mark] = item.value
      body = (body ?? .dict(DataMap())).setting(names[...], to: .string("{-.\(index)}"))
    }
    guard let body else { return nil }
    let text = body.compactJSON { text in
      let template = TemplateText(text)
      if template.placeholders.isEmpty { return nil }
      if let placeholder = template.onlyPlaceholder { return bindings[placeholder]?.json ?? "null" }
      return template.filled(with: bindings).map(JSONText.quoted) ?? "null"
    }
    return Array(text.utf8)
  }
}

extension DataValue {
  /// The mapping with a value at the end of a way of names.
  fileprivate func setting(_ names: ArraySlice<String>, to value: DataValue) -> DataValue {
    guard let name = names.first else { return value }
    var map = dictValue ?? DataMap()
    map[name] = (map[name] ?? .dict(DataMap())).setting(names.dropFirst(), to: value)
    return .dict(map)
  }
}
