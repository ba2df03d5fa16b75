import Diagnostics
import RandomTesting
import Testing

@testable import Jinja

#if canImport(Glibc)
  import Glibc
#endif

/// Breaks templates in every way that a keyboard can.
private struct Mutator {
  var random: SeededRandom
  let seeds: [[UInt8]]
  static let pieces = [
    "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "(", ")", "[", "]", "{", "}", "|", ".", ",", "=", "==",
    "~",
    "'", "\"", "\\", "\n", "\r\n", " ", "if ", "else", "endif", "for x in ", "endfor", "macro m(a, b=1)",
    "endmacro",
    "call m()", "endcall", "set x = ", "endset", "raw", "endraw", "filter upper", "endfilter", "with a=1",
    "endwith",
    "do ", "loop.index", "loop(x)", "recursive", "caller()", "varargs", "kwargs", "namespace()", "range(9)",
    "x", "y",
    "1", "0", "-1", "1.5", "1e9", "9223372036854775807", "-9223372036854775808", "**", "//", "%", "*", "<",
    "is ",
    "in ", "not ", "and ", "or ", "none", "true", "|join(',')", "|sort", "|map('upper')", "|groupby('a')",
    ".items()",
    "[::-1]", "[1:2]", "*args", "**kw", "é", "漢", "🎉", "\u{0}", "|tojson", "|format(1)", "|int", "|round(2)",
    "|batch(2)", "|indent(3)", "|truncate(3)", "|wordwrap(2)", "'%s' % ", "'{:>5}'.format(", "test t(m)",
    "endtest",
    "materialization v, default", "endmaterialization", "docs d", "enddocs", "snapshot s", "endsnapshot",
  ].map { Array($0.utf8) }

  mutating func next() -> String {
    var bytes = random.below(10) == 0 ? noise() : seeds[random.below(seeds.count)]
    for _ in 0...random.below(6) { mutate(&bytes) }
    return String(decoding: bytes.prefix(4000), as: UTF8.self)
  }

  private mutating func noise() -> [UInt8] {
    (0..<random.below(200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    let place = random.below(bytes.count + 1)
    switch random.below(7) {
    case 0: bytes.insert(contentsOf: Self.pieces[random.below(Self.pieces.count)], at: place)
    case 1: bytes.removeSubrange(place..<min(bytes.count, place + random.below(8)))
    case 2: bytes = Array(bytes.prefix(place))
    case 3: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
    case 4:
      let other = seeds[random.below(seeds.count)]
      let start = random.below(other.count)
      bytes.insert(contentsOf: other[start..<min(other.count, start + random.below(40))], at: place)
    case 5:
      let end = min(bytes.count, place + random.below(20))
      bytes.insert(
        contentsOf: Array(repeating: bytes[place..<end], count: random.below(20)).joined(), at: place)
    default:
      bytes.replaceSubrange(
        place..<min(bytes.count, place + 3), with: Self.pieces[random.below(Self.pieces.count)])
    }
  }
}

@Suite("Templates of broken and random bytes")
struct FuzzTests {
  /// The environment can ask for another seed and for more time: `JINJA_FUZZ_SEED`, `JINJA_FUZZ_SECONDS`.
  private static func environment(_ name: String, else fallback: Int) -> Int {
    getenv(name).flatMap { Int(String(cString: $0)) } ?? fallback
  }

  @Test("never crash, and end soon, whatever they hold")
  func fuzz() throws {
    let seed = Self.environment("JINJA_FUZZ_SEED", else: 20_240_607)
    let seconds = Self.environment("JINJA_FUZZ_SECONDS", else: 2)
    print("fuzzing templates with seed \(seed) for \(seconds) s")
    let seeds = try CorpusCase.all().compactMap { $0.text("template").map { Array($0.utf8) } }
    var mutator = Mutator(random: SeededRandom(seed: UInt64(truncatingIfNeeded: seed)), seeds: seeds)
    let limits = Limits(maxDepth: 40, maxSteps: 3000, maxOutputBytes: 1 << 18)
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(seconds)
    var count = 0
    var slowest = Duration.zero
    while clock.now < deadline {
      let source = mutator.next()
      if getenv("JINJA_FUZZ_TRACE") != nil { trace(source) }
      let took = clock.measure { check(source, limits, isDbt: count.isMultiple(of: 2)) }
      slowest = max(slowest, took)
      count += 1
    }
    print("\(count) templates, the slowest in \(slowest)")
    #expect(count > 50)
  }

  /// Leaves the template behind for the case that it crashes.
  private func trace(_ source: String) {
    guard let file = fopen("/tmp/jinja-fuzz-last.txt", "w") else { return }
    fputs(source, file)
    fclose(file)
  }

  /// Parses and renders `source`; every failure must be a diagnostic with a message and a place.
  private func check(_ source: String, _ limits: Limits, isDbt: Bool) {
    do {
      let template = try Template(parsing: source, name: "fuzz", options: isDbt ? .dbt : .jinja)
      let interpreter = Interpreter(limits: limits) { name in
        switch name {
        case "x": Value([1, "two", 3.5, Value([Value([("a", 1), ("b", "c")])])])
        case "y": Value([("a", 1), ("b", Value([1, 2]))])
        default: nil
        }
      }
      for definition in template.definitions {
        let macro = interpreter.macro(definition, of: template)
        if definition.kind != .docs { _ = try interpreter.call(macro, .none) }
      }
      let variables: [String: Value] = ["v": "text", "a": 1, "b": Value([("c", 2)])]
      _ = try interpreter.render(template, variables: variables)
    } catch let diagnostic as Diagnostic {
      #expect(!diagnostic.message.isEmpty, "\(source)")
      #expect(diagnostic.span?.file == "fuzz", "\(diagnostic) in \(source)")
      if diagnostic.code == .templateSyntax { checkMistakes(source, isDbt: isDbt) }
    } catch {
      Issue.record("\(error) is no diagnostic: \(source)")
    }
  }
  /// A text that does not parse has at least one mistake, and not too many.
  private func checkMistakes(_ source: String, isDbt: Bool) {
    do {
      _ = try Template.parse(source, name: "fuzz", options: isDbt ? .dbt : .jinja)
    } catch {
      #expect((1...21).contains(error.items.count), "\(source)")
      #expect(error.items.allSatisfy { $0.span?.file == "fuzz" }, "\(source)")
    }
  }
}
