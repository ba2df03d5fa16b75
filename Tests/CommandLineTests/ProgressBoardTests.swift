import Diagnostics
import Testing

@testable import CommandLine

@Suite struct ProgressBoardTests {
  @Test("A bar has eighths of blocks")
  func bars() {
    #expect(ProgressBoard.bar(0, width: 4) == "░░░░")
    #expect(ProgressBoard.bar(1, width: 4) == "████")
    #expect(ProgressBoard.bar(0.5, width: 4) == "██░░")
    #expect(ProgressBoard.bar(0.3, width: 4) == "█▏░░")
    #expect(ProgressBoard.bar(7, width: 2) == "██")
  }

  @Test("No line is wider than the terminal, whatever a node is called", arguments: [12, 20, 40, 80])
  func width(_ columns: Int) {
    var board = ProgressBoard(total: 3, startedAt: 0)
    board.start("a", .init(name: "schema.日本語のとても長い名前のモデル", kind: "incremental", startedAt: 0, fraction: 0.3))
    board.start("b", .init(name: "x", kind: "view", startedAt: 0))
    let lines = board.lines(at: 100, size: TerminalSize(columns: columns, rows: 30), style: .plain)
    #expect(lines.count == 3)
    for line in lines {
      #expect(TerminalText.width(of: line.text) == line.width)
      #expect(line.width < columns)
    }
  }

  @Test("Many nodes take no more rows than the terminal has")
  func rows() {
    var board = ProgressBoard(total: 100, startedAt: 0)
    for number in 0..<50 { board.start("\(number)", .init(name: "n", kind: "view", startedAt: 0)) }
    let size = TerminalSize(columns: 100, rows: 8)
    let lines = board.lines(at: 0, size: size, style: .plain)
    #expect(lines.count == 6)
    #expect(lines.last?.text == "░░░░░░░░░░░░░░░░░░░░ 0/100 done, 50 running in 0.00s")
  }

  @Test("After the terminal became narrower the area is still removed whole")
  func resized() {
    var area = ProgressArea()
    _ = area.drawing(["x", "y"], widths: [70, 10], columns: 80)
    #expect(area.erasing(columns: 40) == "\u{1B}[3A\r\u{1B}[J")
    #expect(area.erasing(columns: 40) == "")
  }
}
