import Project

/// Text with placeholders such as `{orders.id}`. Other braces stand for themselves.
public struct TemplateText: Sendable, Hashable, CustomStringConvertible {
  enum Piece: Sendable, Hashable {
    case text(String)
    case placeholder(Placeholder)
  }

  let pieces: [Piece]
  /// The text as written.
  public let description: String

  /// Takes text apart.
  public init(_ text: String) {
    description = text
    var pieces: [Piece] = []
    var plain = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      plain += rest[..<open]
      rest = rest[open...]
      if let close = rest.firstIndex(of: "}"),
        let placeholder = Placeholder(rest[rest.index(after: open)..<close])
      {
        if !plain.isEmpty { pieces.append(.text(plain)) }
        plain = ""
        pieces.append(.placeholder(placeholder))
        rest = rest[rest.index(after: close)...]
      } else {
        plain += "{"
        rest = rest.dropFirst()
      }
    }
    plain += rest
    if !plain.isEmpty { pieces.append(.text(plain)) }
    self.pieces = pieces
  }

  var placeholders: [Placeholder] {
    pieces.compactMap { piece in
      if case .placeholder(let placeholder) = piece { placeholder } else { nil }
    }
  }

  /// The placeholder that is all of the text.
  var onlyPlaceholder: Placeholder? { pieces.count == 1 ? placeholders.first : nil }

  /// The text with values in place. Nil if a value is missing.
  func filled(with values: Bindings, encoding encode: (String) -> String = { $0 }) -> String? {
    var output = ""
    for piece in pieces {
      switch piece {
      case .text(let text): output += text
      case .placeholder(let placeholder):
        guard let value = values[placeholder] else { return nil }
        output += encode(value.text)
      }
    }
    return output
  }
}

/// What stands between braces: a table and a field of it.
struct Placeholder: Sendable, Hashable, CustomStringConvertible {
  /// The owner of `{incremental.start}` and `{incremental.end}`.
  static let incremental = "incremental"
  static let start = Placeholder(owner: incremental, path: JSONPath(member: "start"))
  static let end = Placeholder(owner: incremental, path: JSONPath(member: "end"))

  let owner: String
  let path: JSONPath

  var description: String { "{\(owner).\(path)}" }

  init(owner: String, path: JSONPath) {
    self.owner = owner
    self.path = path
  }

  /// Reads `orders.id` or `resources.orders.id`. Nil if it does not look like that.
  init?(_ text: Substring) {
    let text = text.hasPrefix("resources.") ? text.dropFirst("resources.".count) : text
    guard let dot = text.firstIndex(of: ".") else { return nil }
    let owner = text[..<dot]
    let isName = owner.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    let rest = String(text[text.index(after: dot)...])
    guard isName, let first = owner.first, !first.isNumber, !rest.contains(where: \.isWhitespace),
      !rest.hasPrefix("$"), let path = JSONPath(rest), !path.hasWildcard
    else { return nil }
    // dlt's names for the bounds are understood, too.
    switch (String(owner), rest) {
    case (Self.incremental, "start_value"): self = .start
    case (Self.incremental, "end_value"): self = .end
    default: self.init(owner: String(owner), path: path)
    }
  }
}

/// A value that goes into a request.
struct BoundValue: Sendable, Hashable {
  /// As text.
  let text: String
  /// As JSON.
  let json: String
}

/// The values of placeholders.
struct Bindings: Sendable, Hashable {
  private var values: [Placeholder: BoundValue] = [:]

  subscript(placeholder: Placeholder) -> BoundValue? {
    get { values[placeholder] }
    set { values[placeholder] = newValue }
  }
}
