import Jinja

/// Rows written as CSV: the first line names the columns, every cell is text, and an empty one is nothing.
enum FixtureCSV {
  static func rows(_ text: String) -> [DataValue] {
    let records = records(text)
    guard let names = records.first else { return [] }
    return records.dropFirst().map { cells in
      .mapping(
        names.enumerated().map { index, name in
          let cell = cells.indices.contains(index) ? cells[index] : ""
          return (name, cell.isEmpty ? DataValue.none : .string(cell))
        })
    }
  }

  /// The cells of every line that holds any; quotes count at a cell's start, and a doubled one inside stands for one.
  private static func records(_ text: String) -> [[String]] {
    var records: [[String]] = []
    var cells: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var hasContent = false
    let bytes = Array(text.utf8)
    var index = 0
    func end() {
      if hasContent || !cells.isEmpty || !cell.isEmpty {
        records.append(cells + [String(decoding: cell, as: UTF8.self)])
      }
      (cells, cell, hasContent) = ([], [], false)
    }
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        if byte != UInt8(ascii: "\"") {
          cell.append(byte)
        } else if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
          cell.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\"") where cell.isEmpty: (isQuoted, hasContent) = (true, true)
      case UInt8(ascii: ","):
        cells.append(String(decoding: cell, as: UTF8.self))
        cell = []
      case UInt8(ascii: "\n"): end()
      case UInt8(ascii: "\r"): if index >= bytes.count || bytes[index] != UInt8(ascii: "\n") { end() }
      default: cell.append(byte)
      }
    }
    end()
    return records
  }
}
