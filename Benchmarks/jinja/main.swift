import Diagnostics
import Glibc
import Jinja

/// Renders the benchmark's templates again and again: `jinja-bench FOLDER SECONDS [NAME…]`.
///
/// Prints one line a template: its name, microseconds for parsing, microseconds for rendering, and a checksum of the
/// output, to be compared with what `bench.py` gets from Python's Jinja2.
func readFile(_ path: String) -> String {
  guard let file = fopen(path, "r") else { return "" }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { break }
    bytes.append(contentsOf: buffer[..<count])
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// What `bench.py` gives Jinja2 as well.
func globals(_ settings: Value) -> (String) -> Value? {
  let empty = Value.function("config") { _, _ in "" }
  let ref = Value.function("ref") { arguments, _ in
    .string("\"db\".\"main\".\"" + (arguments.positional.last?.description ?? "") + "\"")
  }
  let variable = Value.function("var") { arguments, _ in
    arguments.positional.count > 1 ? arguments.positional[1] : "x"
  }
  let incremental = Value.function("is_incremental") { _, _ in true }
  return { name in
    switch name {
    case "config": empty
    case "ref", "source": ref
    case "var": variable
    case "is_incremental": incremental
    case "this": "\"db\".\"main\".\"this\""
    case "settings": settings
    default: nil
    }
  }
}

/// Microseconds of one call, the best of the batches that fit into `seconds`.
func measure(_ seconds: Double, _ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let deadline = clock.now + .seconds(seconds)
  var best = Double.infinity
  repeat {
    let elapsed = try clock.measure { for _ in 0..<50 { try body() } }
    let (whole, attoseconds) = elapsed.components
    best = min(best, (Double(whole) * 1e6 + Double(attoseconds) / 1e12) / 50)
  } while clock.now < deadline
  return best
}

let folder = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "Benchmarks/jinja"
let seconds = CommandLine.arguments.count > 2 ? Double(CommandLine.arguments[2]) ?? 1 : 1
let data = try DataValue.parse(json: readFile(folder + "/variables.json"))
let interpreter = Interpreter(globals: globals(Value(data["settings"] ?? .none)))
let templates = [
  "staging", "pivot", "macros", "dates", "incremental", "union", "spine", "audit", "contract",
]
let names = Array(CommandLine.arguments.dropFirst(3))
for name in names.isEmpty ? templates : names {
  let source = readFile("\(folder)/templates/\(name).sql")
  let template = try Template(parsing: source, name: name)
  let output = try interpreter.render(template)
  let parsing = try measure(seconds / 4) { _ = try Template(parsing: source, name: name) }
  let rendering = try measure(seconds) { _ = try interpreter.render(template) }
  let checksum = output.utf8.reduce(UInt32(5381)) { $0 &* 33 &+ UInt32($1) }
  print(name, parsing, rendering, checksum)
}
