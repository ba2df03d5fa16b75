import Testing

@Suite("House rules")
struct ImportRulesTests {
  /// What each module may import, besides itself and what the system brings. Edges point downward only.
  private static let permitted: [String: Set<String>] = [
    "CDuckDB": [],
    "Diagnostics": [],
    "Files": [],
    "Tabular": ["Diagnostics"],
    "Jinja": ["Diagnostics"],
    "EngineCore": ["Diagnostics", "Tabular"],
    "DuckDBEngine": ["CDuckDB", "Diagnostics", "Files", "Tabular", "EngineCore"],
    "Project": ["Diagnostics", "Files", "Tabular", "Jinja", "EngineCore", "Yams"],
    "Planner": ["Diagnostics", "Jinja", "Project"],
    "Checks": ["Diagnostics", "Jinja", "EngineCore", "Project"],
    "Catalog": ["Diagnostics", "Files", "Tabular", "Jinja", "EngineCore", "Project", "Planner"],
    "Connectors": [
      "Diagnostics", "Jinja", "EngineCore", "Project", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOSSL",
      "Subprocess", "SystemPackage",
    ],
    "Packages": [
      "Diagnostics", "Jinja", "Project", "AsyncHTTPClient", "NIOCore", "Subprocess", "SystemPackage",
    ],
    "Loads": ["Diagnostics", "Jinja", "EngineCore", "Project"],
    "StateStore": ["Diagnostics", "Files", "GRDB"],
    "Runner": [
      "Diagnostics", "Files", "Tabular", "Jinja", "EngineCore", "Project", "Planner", "Checks", "Catalog",
      "Connectors", "Loads", "StateStore",
    ],
    "Server": ["Diagnostics", "NIOCore", "NIOHTTP1", "NIOPosix"],
    "CommandLine": [
      "Diagnostics", "Files", "Tabular", "Jinja", "EngineCore", "Project", "Planner", "Checks", "Catalog",
      "Connectors", "Loads", "Packages", "StateStore", "Runner", "Server", "ArgumentParser",
    ],
    "weir": ["Diagnostics", "EngineCore", "DuckDBEngine", "Project", "Connectors", "CommandLine"],
  ]

  /// What comes with the toolchain or the system.
  private static let system: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Synchronization", "Dispatch",
  ]

  @Test("modules import only what the table permits")
  func imports() throws {
    let files = try SourceTree.files(in: "Sources")
    #expect(files.count > 100)
    for file in files {
      let allowed = Self.permitted[file.module, default: []].union(Self.system)
      // A raw text may be a program in another language, with imports of its own.
      var isText = false
      for (index, line) in file.lines.enumerated() {
        if line.contains("#\"\"\"") || line.contains("\"\"\"#") { isText.toggle() }
        guard !isText, let found = ImportScanner.parse(line) else { continue }
        #expect(allowed.contains(found.module), "\(file.path):\(index + 1) imports \(found.module)")
      }
    }
  }

  @Test("only an engine imports its C module, and hides it")
  func cModules() throws {
    for file in try SourceTree.files(in: "Sources") {
      for (index, line) in file.lines.enumerated() {
        guard let found = ImportScanner.parse(line), found.module == "CDuckDB" else { continue }
        #expect(file.module == "DuckDBEngine", "\(file.path):\(index + 1)")
        let isHidden = ["internal", "fileprivate", "private"].contains(found.access)
        #expect(isHidden, "\(file.path):\(index + 1): write 'internal import'")
      }
    }
  }

  @Test("the table names every module, and so does the list in Sources/README.md")
  func modules() throws {
    let modules = try SourceTree.modules()
    let readme = try SourceTree.text(of: "Sources/README.md")
    for module in modules {
      #expect(Self.permitted[module] != nil, "no rule for \(module)")
      #expect(readme.contains("| `\(module)` |"), "Sources/README.md does not list \(module)")
    }
  }

  @Test("edges point downward: no module reaches itself")
  func layers() {
    for start in Self.permitted.keys {
      var reached: Set<String> = []
      var stack = Array(Self.permitted[start, default: []])
      while let module = stack.popLast() {
        if reached.insert(module).inserted { stack.append(contentsOf: Self.permitted[module, default: []]) }
      }
      #expect(!reached.contains(start), "\(start) depends on itself")
    }
  }

  @Test("no file has more than 800 lines")
  func sizes() throws {
    for file in try SourceTree.files(in: "Sources") + SourceTree.files(in: "Tests") {
      #expect(file.lines.count <= 801, "\(file.path) has \(file.lines.count - 1) lines")
    }
  }

  @Test("no source leaves work for later, and none swallows an error without a reason")
  func remains() throws {
    for file in try SourceTree.files(in: "Sources") {
      for (index, line) in file.lines.enumerated() {
        #expect(!line.contains("TODO") && !line.contains("FIXME"), "\(file.path):\(index + 1)")
        #expect(
          !Self.swallows(line), "\(file.path):\(index + 1): 'try?' needs a reason in a comment behind it")
      }
    }
  }

  @Test("the scanner knows every way to write an import")
  func scanner() {
    let lines: [(Substring, ImportLine?)] = [
      ("import Jinja", ImportLine(access: nil, module: "Jinja")),
      ("  internal import CDuckDB", ImportLine(access: "internal", module: "CDuckDB")),
      ("@testable import Planner", ImportLine(access: nil, module: "Planner")),
      ("@preconcurrency public import Project", ImportLine(access: "public", module: "Project")),
      ("public @_exported import Tabular", ImportLine(access: "public", module: "Tabular")),
      ("import struct Foundation.URL", ImportLine(access: nil, module: "Foundation")),
      ("import GRDB; import Yams", ImportLine(access: nil, module: "GRDB")),
      ("// import Runner", nil), ("important()", nil), ("let import_ = 1", nil), ("", nil),
    ]
    for (line, expected) in lines { #expect(ImportScanner.parse(line) == expected, "\(line)") }
    #expect(Self.swallows("  try? close()"))
    #expect(!Self.swallows("  try? close()  // the first error counts"))
    #expect(!Self.swallows("  /// `try?` is not used"))
    #expect(!Self.swallows("  let span = entry?.span"))
  }

  private static func swallows(_ line: Substring) -> Bool {
    guard let found = line.firstRange(of: /\btry\?\s/) else { return false }
    let isComment = line.firstRange(of: "//").map { $0.lowerBound < found.lowerBound } ?? false
    return !isComment && !line[found.upperBound...].contains("//")
  }
}
