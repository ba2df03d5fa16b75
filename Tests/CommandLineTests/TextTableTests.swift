import Testing

@testable import CommandLine

@Suite struct TextTableTests {
  private let table = TextTable(
    columns: [
      .init(name: "id", isRightAligned: true), .init(name: "name", isRightAligned: false),
      .init(name: "note", isRightAligned: false),
    ],
    rows: [
      [.text("1"), .text("Ada"), .null], [.text("200"), .text("日本"), .text("a long note, longer than most")],
    ])

  @Test("A table aligns its columns and marks what is missing")
  func aligned() {
    #expect(
      table.lines(width: nil, style: .plain).lines == [
        "|  id | name | note                          |",
        "| --: | ---- | ----------------------------- |",
        "|   1 | Ada  | NULL                          |",
        "| 200 | 日本 | a long note, longer than most |",
      ])
  }

  @Test("The widest column gives way to the terminal")
  func narrow() {
    #expect(
      table.lines(width: 30, style: .plain).lines == [
        "|  id | name | note          |",
        "| --: | ---- | ------------- |",
        "|   1 | Ada  | NULL          |",
        "| 200 | 日本 | a long note,… |",
      ])
  }

  @Test("Columns that do not fit at all are left out, from the right")
  func columnsLeftOut() {
    let (lines, shown) = table.lines(width: 15, style: .plain)
    #expect(lines == ["|  id | name |", "| --: | ---- |", "|   1 | Ada  |", "| 200 | 日本 |"])
    #expect(shown == 2)
  }

  @Test("Text cannot break out of its cell")
  func hostile() {
    let table = TextTable(
      columns: [.init(name: "a\nb", isRightAligned: false)], rows: [[.text("\u{1B}[2Jx\ty")]])
    #expect(
      table.lines(width: nil, style: .plain).lines == [
        "| a\\nb          |", "| ------------- |", "| \\u{1b}[2Jx\\ty |",
      ])
  }

  @Test("Missing values are dimmed where there are colours")
  func colours() {
    let table = TextTable(columns: [.init(name: "abc", isRightAligned: true)], rows: [[.null]])
    #expect(
      table.lines(width: nil, style: Style(isColored: true)).lines == [
        "| \u{1B}[1m abc\u{1B}[0m |", "| ---: |", "| \u{1B}[2mNULL\u{1B}[0m |",
      ])
  }
}
