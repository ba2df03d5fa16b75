import Diagnostics
import Testing

@testable import Jinja

#if canImport(Glibc)
  import Glibc
#endif

/// Renders `source` and gives the output, or the diagnostic's code and message.
func outcome(
  _ source: String, limits: Limits = .default, options: TemplateOptions = .jinja,
  globals: @escaping (String) -> Value? = { _ in nil }
) -> String {
  do {
    let template = try Template(parsing: source, name: "t.sql", options: options)
    return try Interpreter(limits: limits, globals: globals).render(template)
  } catch let diagnostic as Diagnostic {
    return "\(diagnostic.code): \(diagnostic.message)"
  } catch {
    return "thrown: \(error)"
  }
}

@Suite("Templates that would not end, or grow without bounds")
struct LimitTests {
  static let tooDeep = "WEIR-E0203: macros or loops call each other too deeply"
  static let tooManySteps = "WEIR-E0203: the template takes more than 1000 loop iterations and calls"

  @Test("A macro that calls itself for ever is stopped")
  func recursion() {
    #expect(outcome("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}") == Self.tooDeep)
    #expect(outcome("{% macro m(x) %}{{ m(x + 1)|upper }}{% endmacro %}{{ m(1) }}") == Self.tooDeep)
  }

  @Test("Two macros that call each other through caller blocks are stopped")
  func mutualRecursion() {
    let source = """
      {% macro a() %}{% call b() %}x{% endcall %}{% endmacro %}
      {% macro b() %}{{ caller() }}{{ a() }}{% endmacro %}{{ a() }}
      """
    #expect(outcome(source) == Self.tooDeep)
  }

  @Test("A recursive loop over itself is stopped")
  func recursiveLoop() {
    #expect(outcome("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}") == Self.tooDeep)
  }

  @Test("A macro may call itself a few hundred times")
  func deepButFinite() {
    let source = "{% macro m(n) %}{% if n %}{{ m(n - 1) }}.{% endif %}{% endmacro %}{{ m(300)|length }}"
    let result = onThread(stack: 8 << 20) { outcome(source) }
    #expect(result == "300")
  }

  @Test("Endless loops are stopped after the given number of steps")
  func steps() {
    let limits = Limits(maxSteps: 1000)
    #expect(outcome("{% for i in range(10 ** 12) %}{% endfor %}", limits: limits) == Self.tooManySteps)
    #expect(outcome("{{ range(10 ** 12)|list }}", limits: limits) == Self.tooManySteps)
    #expect(outcome("{{ range(10 ** 9)|sum }}", limits: limits) == Self.tooManySteps)
    #expect(
      outcome("{% set l = [1] %}{% for x in l %}{% do l.append(x) %}{% endfor %}", limits: limits)
        == Self.tooManySteps)
    let nested = "{% for i in range(99) %}{% for j in range(99) %}{% endfor %}{% endfor %}"
    #expect(outcome(nested, limits: limits) == Self.tooManySteps)
  }

  @Test("The steps are counted anew for each rendering")
  func stepsOfEachRendering() throws {
    let template = try Template(parsing: "{% for i in range(900) %}{% endfor %}ok", name: "t")
    let interpreter = Interpreter(limits: Limits(maxSteps: 1000)) { _ in nil }
    for _ in 0..<5 { #expect(try interpreter.render(template) == "ok") }
  }

  @Test(
    "Values that grow too large are refused before they are made",
    arguments: [
      "{{ 'x' * 10 ** 12 }}", "{{ [1] * 10 ** 12 }}", "{{ (1,) * 10 ** 12 }}", "{{ 'x'.center(10 ** 12) }}",
      "{{ 'x'.zfill(10 ** 12) }}", "{{ 'x'|center(10 ** 12) }}", "{{ '%999999999d' % 1 }}",
      "{{ '{:999999999}'.format(1) }}", "{{ '%.999999999f' % 1 }}", "{{ 'a\\nb'|indent(10 ** 12) }}",
      "{{ '\\t'.expandtabs(10 ** 12) }}", "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
      "{{ ('a' * 100000).replace('', 'b' * 100000) }}", "{{ ('b' * 100000).join('a' * 100000) }}",
      "{% set ns = namespace(s='x' * 1000) %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      "{% set ns = namespace(s='x' * 1000) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
      "{% set l = [1] %}{% for i in range(99) %}{% do l.extend(l) %}{% endfor %}",
      "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
      "{{ [1]|batch(10 ** 12, 0) }}", "{{ [1]|slice(10 ** 7, 0) }}",
      "{{ ['a']|join('b')|wordwrap(1, wrapstring='b' * 10 ** 12) }}",
    ])
  func growth(_ source: String) {
    let limits = Limits(maxSteps: 1_000_000, maxOutputBytes: 1 << 20)
    #expect(outcome(source, limits: limits).hasPrefix("WEIR-E0203: "), "\(source)")
  }

  @Test("Output that grows too large is stopped")
  func output() {
    let limits = Limits(maxOutputBytes: 10_000)
    let source = "{% for i in range(100000) %}0123456789{% endfor %}"
    #expect(outcome(source, limits: limits) == "WEIR-E0203: the output grows past 10000 bytes")
  }

  @Test(
    "Deep nesting in the source is a diagnostic and not a crash",
    arguments: ["(", "[", "{1:", "-", "not ", "f(", "a[", "1 if 1 else ", "'a' ~ (", "a|f("])
  func deepSource(_ piece: String) {
    let source = "{{ " + String(repeating: piece, count: 100_000)
    #expect(outcome(source) == "WEIR-E0203: the template nests more than 100 levels deep")
  }

  @Test(
    "Long chains of one operator are a diagnostic and not a crash",
    arguments: ["1 + ", "2 * ", "1 and ", "1 or ", "'a'|e + "])
  func longChains(_ piece: String) {
    let source = "{{ " + String(repeating: piece, count: 100_000) + "1 }}"
    let result = outcome(source)
    #expect(result == "WEIR-E0203: an expression has more than 250 operators in a row" || result.count < 30)
  }

  @Test("Chains of filters, attributes and calls are bounded too")
  func postfixChains() {
    let expected = "WEIR-E0203: an expression has more than 250 operators in a row"
    for piece in ["|e", ".a", "[0]", "()", ".a()", " is string"] {
      let source = "{{ a" + String(repeating: piece, count: 100_000) + " }}"
      if piece == " is string" {
        #expect(
          outcome(source) == "WEIR-E0201: You cannot chain multiple tests with is"
            || outcome(source) == expected)
      } else {
        #expect(outcome(source) == expected, "\(piece)")
      }
    }
  }

  @Test("Deeply nested blocks are a diagnostic and not a crash")
  func deepBlocks() {
    for piece in ["{% if 1 %}", "{% for a in [1] %}", "{% macro m() %}", "{% filter e %}", "{% with %}"] {
      let source = String(repeating: piece, count: 50_000)
      #expect(outcome(source) == "WEIR-E0203: the template nests more than 100 levels deep", "\(piece)")
    }
  }

  @Test("Values that were nested very deeply can be printed, compared and freed")
  func deepValues() {
    let list = "{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}"
    #expect(outcome(list + "{{ ns.x|length }}") == "1")
    #expect(outcome(list + "{{ ns.x|string|length > 100 }}") == "True")
    #expect(outcome(list + "{{ ns.x == [[[]]] }}") == "False")
    #expect(
      outcome(list + "{{ ns.x|tojson }}") == "WEIR-E0203: values nest too deeply to be converted to data")
    let dict =
      "{% set ns = namespace(x={}) %}{% for i in range(100000) %}{% set ns.x = {'a': ns.x} %}{% endfor %}"
    #expect(outcome(dict + "{{ ns.x|length }}") == "1")
    let mixed =
      "{% set ns = namespace(x=1) %}{% for i in range(50000) %}{% set ns.x = [(ns.x,)] %}{% endfor %}"
    #expect(outcome(mixed + "{{ ns.x|length }}") == "1")
    let tuples =
      "{% set ns = namespace(x=1) %}{% for i in range(100000) %}{% set ns.x = (ns.x,) %}{% endfor %}"
    #expect(outcome(tuples) == "WEIR-E0203: tuples nest too deeply")
  }

  @Test("A value that holds itself prints as in Python")
  func cycles() {
    #expect(outcome("{% set l = [] %}{% do l.append(l) %}{{ l }}") == "[[...]]")
  }

  @Test("All of this holds on a thread with a stack of 512 KiB")
  func smallStack() {
    let results = onThread(stack: 512 << 10) {
      [
        outcome("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
        outcome("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}"),
        outcome("{{ " + String(repeating: "(", count: 100_000)),
        outcome(
          "{% set ns = namespace(x=[]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}done"),
        outcome(
          "{% macro m(n) %}{% for a in [1] %}{% if n %}{{ (((m(n - 1)))) }}{% endif %}{% endfor %}{% endmacro %}"
            + "{{ m(20) }}done"),
      ]
    }
    #expect(results?[0] == Self.tooDeep)
    #expect(results?[1] == Self.tooDeep)
    #expect(results?[2] == "WEIR-E0203: the template nests more than 100 levels deep")
    #expect(results?[3] == "done")
    #expect(results?[4] == "done")
  }
}

/// Work for another thread. Unchecked: the thread is waited for before the work's results are read.
private final class Work: @unchecked Sendable {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}

/// What the work gave; see `Work`.
private final class Box<Content>: @unchecked Sendable {
  var content: Content?
}

/// Runs `body` on a new thread whose stack has `stack` bytes, and waits for it.
func onThread<Result: Sendable>(stack: Int, _ body: @escaping @Sendable () -> Result) -> Result? {
  let box = Box<Result>()
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, stack)
  defer { pthread_attr_destroy(&attributes) }
  var thread = pthread_t()
  let argument = Unmanaged.passRetained(Work { box.content = body() }).toOpaque()
  let status = pthread_create(
    &thread, &attributes,
    { pointer in
      guard let pointer else { return nil }
      Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().run()
      return nil
    }, argument)
  guard status == 0 else { return nil }
  pthread_join(thread, nil)
  return box.content
}

@Suite("Values that hold themselves or many others")
struct TangledValueTests {
  /// Runs `step` 20,000 times on `ns.x`, which begins as `start`, and then drops what came of it.
  private func chain(_ start: String, _ step: String) -> String? {
    let source =
      "{% set ns = namespace(x=\(start)) %}{% for i in range(20000) %}\(step)"
      + "{% endfor %}{% set ns.x = 1 %}done"
    return onThread(stack: 512 << 10) { outcome(source) }
  }

  @Test(
    "Chains of twenty thousand objects are freed on a small stack",
    arguments: [
      "{% set ns.x = namespace(y=ns.x) %}", "{% set ns.x = cycler(ns.x) %}", "{% set ns.x = joiner(ns.x) %}",
      "{% set ns.x = [ns.x].append %}", "{% set ns.x = {'a': ns.x}.get %}",
      "{% for i in [ns.x] %}{% set ns.x = loop %}{% endfor %}",
      "{% for i in [ns.x] %}{% set ns.x = loop.cycle %}{% endfor %}",
      "{% for g in [{'a': ns.x}]|groupby('b', default=1) %}{% set ns.x = g %}{% endfor %}",
    ])
  func chains(_ step: String) {
    #expect(chain("0", step) == "done")
  }

  @Test("Chains of twenty thousand frames are freed on a small stack")
  func frames() {
    let source = """
      {% set ns = namespace(c=0) %}\
      {% macro keep() %}{% set ns.c = caller %}{% endmacro %}\
      {% macro link(before) %}{% call keep() %}{{ before }}{% endcall %}{% endmacro %}\
      {% for i in range(20000) %}{{ link(ns.c) }}{% endfor %}{% set ns.c = 1 %}done
      """
    #expect(onThread(stack: 512 << 10) { outcome(source) } == "done")
    let macros = """
      {% set ns = namespace(c=0) %}\
      {% macro link(before) %}{% macro m() %}{{ before }}{% endmacro %}{% set ns.c = m %}{% endmacro %}\
      {% for i in range(20000) %}{{ link(ns.c) }}{% endfor %}{% set ns.c = 1 %}done
      """
    #expect(onThread(stack: 512 << 10) { outcome(macros) } == "done")
  }

  @Test("What holds itself can be printed and compared")
  func cycles() {
    #expect(
      outcome("{% set n = namespace() %}{% set n.n = n %}{{ n }}") == "<Namespace {'n': <Namespace ...>}>")
    let group = "{% set l = [1] %}{% set g = ([{'a': l}]|groupby('b', default=l))[0] %}{% do l.append(g) %}"
    #expect(outcome(group + "{{ g }}") == "([1, (...)], [{'a': [1, (...)]}])")
    let twins = "{% set a = [] %}{% set b = [] %}{% do a.append(a) %}{% do b.append(b) %}"
    #expect(outcome(twins + "{{ a == b }}") == "False")
    #expect(
      outcome("{% set l = [] %}{% do l.append(l) %}{% do l.append(l) %}{{ l|pprint }}") == "[[...], [...]]")
  }

  @Test("Lists that hold one list twice, again and again, take no endless time")
  func doubling() {
    let double =
      "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}"
    let other =
      "{% set ms = namespace(x=[1]) %}{% for i in range(60) %}{% set ms.x = [ms.x, ms.x] %}{% endfor %}"
    #expect(outcome(double + other + "{{ ns.x == ms.x }}") == "False")
    #expect(
      outcome(double + "{{ ns.x|tojson }}") == "WEIR-E0203: a value is too large to be converted to data")
  }
}
