import Diagnostics
import EngineCore
import Jinja
import RandomTesting
import Testing

@testable import Project

@Suite("Values that are kept")
struct PositionalCoderTests {
  private struct Everything: Codable, Equatable {
    enum Kind: String, Codable { case first, second }
    enum Choice: Codable, Equatable {
      case none
      case one(String)
      case two(Int, [String])
    }

    var flag = true
    var number = -1_234_567_890_123
    var share = 0.1
    var text = "ä\u{0}\"\n"
    var data = DataValue.dict([
      ("a", .list([.none, .bool(false), .bool(true), .int(.min), .int(.max), .float(-0.5), .string("")])),
      ("b", .dict([("c", .string("d"))])),
    ])
    var kind = Kind.second
    var choices = [Choice.none, .one("x"), .two(3, ["y", "z"]), .two(0, [])]
    var lists = [[1, 2], [], [3]]
    var missingText: String?
    var missingFlag: Bool?
    var missingChoice: Choice?
    var presentText: String? = "here"
    var presentFlag: Bool? = false
    var presentNumber: Int? = 7
    var presentShare: Double? = 2.5
    var presentChoice: Choice? = .one("w")
    var presentData: DataValue? = .some(.none)
    var range = 3..<9
    var byFormat: [ExternalConfig.Format: [String]] = [.csv: ["a"]]
  }

  @Test("Everything comes back as it was")
  func roundTrip() throws {
    let value = Everything()
    let bytes = try PositionalEncoder.bytes(of: [value, value])
    let back: [Everything] = try PositionalDecoder.value(of: ByteReader(bytes))
    #expect(back == [value, value])
    #expect(try PositionalEncoder.bytes(of: back) == bytes)
  }

  @Test("Numbers of every size come back")
  func numbers() throws {
    var numbers: [Int64] = [0, 1, -1, .min, .max]
    for shift in 0..<63 { numbers += [1 << shift, -(1 << shift), (1 << shift) - 1] }
    var writer = ByteWriter()
    for number in numbers { writer.write(number) }
    var reader = ByteReader(writer.bytes)
    for number in numbers { #expect(try reader.readNumber() == number) }
    #expect(reader.isAtEnd)
  }

  @Test("Bytes that are damaged give an error or another value, and never stop the program")
  func damage() throws {
    let bytes = try PositionalEncoder.bytes(of: [Everything()])
    var random = SeededRandom(seed: 7)
    var failures = 0
    for round in 0..<4_000 {
      var spoilt = bytes
      for _ in 0...(round % 3) {
        switch random.below(3) {
        case 0 where !spoilt.isEmpty: spoilt[random.below(spoilt.count)] = UInt8(random.below(256))
        case 1 where !spoilt.isEmpty: spoilt.removeLast(random.below(spoilt.count) + 1)
        default: spoilt.insert(UInt8(random.below(256)), at: random.below(spoilt.count + 1))
        }
      }
      do {
        let _: [Everything] = try PositionalDecoder.value(of: ByteReader(spoilt))
      } catch {
        failures += 1
      }
    }
    #expect(failures > 1_000)
  }

  @Test("A hash tells every single change of a byte")
  func hash() {
    let bytes = Array("select a, b from orders -- 0123456789".utf8)
    let own = ContentHash.of(bytes)
    #expect(own == ContentHash.of(bytes[...]))
    for index in bytes.indices {
      for change in [UInt8(1), 0x20, 0x80, 0xFF] {
        var other = bytes
        other[index] ^= change
        #expect(ContentHash.of(other) != own)
      }
    }
    #expect(ContentHash.of([]) != ContentHash.of([0]))
    #expect(ContentHash.of([0]) != ContentHash.of([0, 0]))
  }
}
