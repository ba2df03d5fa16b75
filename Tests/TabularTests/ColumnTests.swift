import Tabular
import Testing

@Suite struct ColumnTests {
  @Test("A mask finds a missing value only among the rows that count")
  func validity() {
    var mask = Validity(allPresent: 70)
    #expect(!mask.hasMissing(of: 70))
    mask[66] = false
    #expect(mask.hasMissing(of: 70))
    #expect(!mask.hasMissing(of: 66))
    #expect(!mask[66])
    mask[66] = true
    #expect(mask[66])
  }

  @Test("Byte strings give back what was appended, also their first ones alone")
  func byteStrings() {
    var strings = ByteStrings()
    strings.append("ab")
    strings.appendEmpty()
    strings.append("ü")
    #expect((0..<3).map(strings.text(at:)) == ["ab", "", "ü"])
    let column = Column(.text, .bytes(strings))
    let batch = Batch(schema: Schema([Field("t", .text)]), columns: [column], rowCount: 3)
    #expect(batch.prefix(2).columns[0].count == 2)
    #expect(batch.prefix(1).value(row: 0, column: 0) == .text("ab"))
  }
}
