/// What connections to REST APIs may say, and the tables that are read from them.
enum RESTShapes {
  static let connection: [Field] = [
    Field("base_url", .text, "what the tables' paths are added to", isRequired: true),
    Field("headers", .dictionary(.text), "headers of every request to the server"),
    Field("auth", .tagged(key: "type", cases: authentication), "how requests prove who sends them"),
    paginator,
    Field(
      "rate_limit",
      .mapping([
        Field("requests", .integer(1...1_000_000), "how many requests may be sent", isRequired: true),
        Field("per", .duration, "in what time; a second unless said"),
      ]), "how fast requests may be sent"),
    Field("retry", .mapping(retry), "how failed requests are repeated"),
    Field(
      "timeouts",
      .mapping([
        Field("connect", .duration, "until a connection stands; 10s unless said"),
        Field("read", .duration, "between two pieces of a response; 60s unless said"),
        Field("overall", .duration, "for one attempt; 10 minutes unless said"),
      ]), "how long what may take"),
    Field("concurrency", .integer(1...256), "how many requests for children run at once; 4 unless said"),
    Field("max_response_size", .size, "the largest response that is taken; 4 GiB unless said"),
    Field("ca_file", .text, "certificates of authorities to trust besides the system's (PEM)"),
    Field("proxy", .text, "a proxy for all requests: http://host:port"),
    Field("test_path", .text, "a path that answers when all is well, for `weir connections`"),
  ]

  static let table: [Field] = [
    Field("method", .choice(["GET", "POST"]), "GET unless said"),
    Field("params", .dictionary(.anything), "query parameters; a list repeats one"),
    Field("headers", .dictionary(.text), "headers beside the connection's"),
    Field("json", .dictionary(.anything), "the request's body"),
    Field("data_selector", .path, "where the rows stand in a response: a path such as `data.items`"),
    Field(
      "data_optional", .boolean, "whether a response without anything there has no rows, and is no error"),
    paginator,
    Field(
      "incremental",
      .mapping([
        Field("start_param", .text, "the query parameter for the start of what is new"),
        Field("end_param", .text, "the query parameter for the end of a backfill"),
        Field(
          "format", .text,
          "how a time is written: iso8601, date, epoch, epoch_ms, epoch_us or a pattern such as `%Y-%m-%d`; "
            + "as it is unless said"),
      ]), "how a request says from where on rows are new"),
    Field(
      "include_from_parent", .list(.text), "fields of the parent's row that each row gets as `_parent_field`"),
    Field(
      "response_actions",
      .list(
        .mapping([
          Field("status_code", .integer(100...599), "the status that the response must have"),
          Field("content", .text, "text that its body must contain"),
          Field("action", .choice(["ignore", "retry", "fail"]), "what is done", isRequired: true),
        ])), "what certain responses mean; the first that fits counts"),
    Field("raw", .text, "a folder in which responses are kept as they came"),
  ]

  private static let authentication: [Shape.Case] = [
    Shape.Case("none", []),
    Shape.Case("http_basic", basic), Shape.Case("basic", basic),
    Shape.Case("bearer", [Field("token", .text, "the token", isRequired: true, isSecret: true)]),
    Shape.Case(
      "api_key",
      [
        Field("name", .text, "the key's name; Authorization unless said"),
        Field("api_key", .text, "the key", isRequired: true, isSecret: true),
        Field("location", .choice(["header", "query", "cookie"]), "where it stands; a header unless said"),
      ]),
    Shape.Case(
      "oauth2_client_credentials",
      [
        Field("access_token_url", .text, "where tokens are given", isRequired: true),
        Field("client_id", .text, "the client", isRequired: true),
        Field("client_secret", .text, "its secret", isRequired: true, isSecret: true),
        Field("scope", .oneOrMore(.text), "the scopes that are asked for"),
        Field("access_token_request_data", .dictionary(.text), "further parameters, such as `audience`"),
        Field(
          "credentials_in", .choice(["body", "header"]), "where id and secret stand; the body unless said"),
        Field(
          "default_token_expiration", .duration, "how long a token holds if the server does not say; an hour"),
      ]),
  ]

  private static let basic: [Field] = [
    Field("username", .text, "the user", isRequired: true),
    Field("password", .text, "the password", isRequired: true, isSecret: true),
  ]

  private static let retry: [Field] = [
    Field("max_attempts", .integer(1...1000), "how often a request is sent; 10 unless said"),
    Field(
      "max_elapsed", .duration, "how long a request may take with its repetitions; 15 minutes unless said"),
    Field("base_delay", .duration, "the longest first wait, which then doubles; 0.5s unless said"),
    Field("max_delay", .duration, "the longest wait that the server does not ask for; 60s unless said"),
    Field(
      "statuses", .list(.integer(100...599)), "the status codes that are repeated, in place of the usual ones"
    ),
  ]

  private static let paginator = Field(
    "paginator",
    .either([
      .choice(["auto", "single_page", "header_link"]), .tagged(key: "type", cases: paginators),
    ]), "how pages follow each other; standard links are followed unless said")

  private static let paginators: [Shape.Case] = [
    Shape.Case("auto", guards), Shape.Case("single_page", []),
    Shape.Case(
      "page_number",
      [
        Field("base_page", .integer(0...1), "the number of the first page", isRequired: true),
        Field("page_param", .text, "the query parameter; `page` unless said"),
        Field("page_body_path", .path, "or the place in the body"),
        Field("total_path", .path, "where a response says how many pages there are"),
      ] + limit + guards),
    Shape.Case(
      "offset",
      [
        Field("offset", .integer(0...Int.max), "the first offset; 0 unless said"),
        Field("offset_param", .text, "the query parameter; `offset` unless said"),
        Field("offset_body_path", .path, "or the place in the body"),
        Field("total_path", .path, "where a response says how many rows there are"),
      ] + limit + guards),
    Shape.Case(
      "cursor",
      [Field("cursor_path", .path, "where a response has the mark for the next page", isRequired: true)]
        + mark
        + guards),
    Shape.Case(
      "header_cursor",
      [Field("cursor_key", .text, "the header with the mark for the next page", isRequired: true)] + mark
        + guards),
    Shape.Case(
      "keyset",
      [Field("field", .text, "the field whose value in the last row is the mark", isRequired: true)] + mark
        + limit + guards),
    Shape.Case(
      "json_link",
      [Field("next_url_path", .path, "where a response has the next page's URL; `next` unless said")] + guards
    ),
    Shape.Case(
      "header_link", [Field("links_next_key", .text, "the link's relation; `next` unless said")] + guards),
  ]

  private static let mark: [Field] = [
    Field("cursor_param", .text, "the query parameter for the mark; `cursor` unless said"),
    Field("cursor_body_path", .path, "or the place in the body"),
  ]

  private static let limit: [Field] = [
    Field("limit", .integer(1...Int.max), "how many rows of a page are asked for"),
    Field("limit_param", .text, "the query parameter; `limit` unless said"),
    Field("limit_body_path", .path, "or the place in the body"),
    Field(
      "stop_after_short_page", .boolean,
      "whether a page with fewer rows than `limit` is the last: only right if the server always fills its pages"
    ),
  ]

  private static let guards: [Field] = [
    Field("has_more_path", .path, "where a response says whether there is more"),
    Field("stop_after_empty_page", .boolean, "whether a page without rows is the last"),
    Field("max_pages", .integer(1...Int.max), "how many pages are taken at most"),
    Field("allow_repeats", .boolean, "whether a page may hold just the rows of the one before"),
  ]
}
