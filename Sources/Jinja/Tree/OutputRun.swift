/// Literal texts and `{{ }}` that follow each other, written in one go.
final class OutputRun: Statement {
  /// A text, which may be empty, and what is printed behind it.
  private struct Piece {
    var text: UnsafeBufferPointer<UInt8>
    var expression: Unmanaged<Expression>?
  }

  /// Keeps what `pieces` refers to.
  private let statements: [Statement]
  private let pieces: UnsafeMutableBufferPointer<Piece>

  private init(_ statements: [Statement]) {
    self.statements = statements
    let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    var pieces: [Piece] = []
    for statement in statements {
      if let text = statement as? TextStatement {
        pieces.append(Piece(text: text.bytes, expression: nil))
      } else if let print = statement as? PrintStatement {
        if pieces.isEmpty || pieces[pieces.count - 1].expression != nil {
          pieces.append(Piece(text: nothing, expression: nil))
        }
        pieces[pieces.count - 1].expression = .passUnretained(print.expression)
      }
    }
    self.pieces = .allocate(capacity: pieces.count)
    _ = self.pieces.initialize(from: pieces)
    super.init(position: statements.first?.position ?? 0)
  }

  deinit { pieces.deallocate() }

  /// The statements, with each run of those that only write as one.
  static func joining(_ statements: [Statement]) -> [Statement] {
    var result: [Statement] = []
    var run: [Statement] = []
    func finish() {
      if run.count > 1 { result.append(OutputRun(run)) } else { result += run }
      run = []
    }
    for statement in statements {
      if statement is TextStatement || statement is PrintStatement {
        run.append(statement)
      } else {
        finish()
        result.append(statement)
      }
    }
    finish()
    return result
  }

  override func execute(_ frame: Frame, _ interpreter: Interpreter) throws -> Flow {
    let output = interpreter.output
    for index in 0..<pieces.count {
      try output.append(template: pieces[index].text)
      guard let expression = pieces[index].expression else { continue }
      let slot = expression._withUnsafeGuaranteedRef { $0.localSlot }
      if slot >= 0 {
        try frame.slots[slot].write(to: output)
      } else {
        try expression._withUnsafeGuaranteedRef { try $0.write(frame, interpreter) }
      }
    }
    return .next
  }
}
