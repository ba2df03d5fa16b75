// swift-tools-version: 6.2
import PackageDescription

/// Every target is built alike: Swift 6 mode, warnings are errors.
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

/// Swift's runtime inside the program: it starts in half the time and runs where no toolchain is. SwiftPM's own
/// `--static-swift-stdlib` would take the testing library from the tests of the same build.
let runtimeInside: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-static-stdlib", "-lFoundation", "-lFoundationInternationalization", "-lFoundationEssentials",
      "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims", "-l_FoundationCollections",
      "-lswiftSynchronization", "-lswiftDispatch", "-ldispatch", "-lBlocksRuntime",
    ], .when(platforms: [.linux], configuration: .release))
]

/// A module of the layout in `Sources/README.md`.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: [], swiftSettings: settings)
}

/// The tests that mirror a module's sources.
func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, resources: resources,
    swiftSettings: settings)
}

let package = Package(
  name: "weir",
  products: [.executable(name: "weir", targets: ["weir"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    .systemLibrary(name: "CDuckDB", pkgConfig: "duckdb"),
    module("Diagnostics"),
    module("Files"),
    module("Tabular", ["Diagnostics"]),
    module("Jinja", ["Diagnostics"]),
    module("EngineCore", ["Diagnostics", "Tabular"]),
    module("DuckDBEngine", ["CDuckDB", "Diagnostics", "Files", "Tabular", "EngineCore"]),
    module("Project", ["Diagnostics", "Files", "Tabular", "Jinja", "EngineCore", "Yams"]),
    module("Planner", ["Diagnostics", "Jinja", "Project"]),
    module("Checks", ["Diagnostics", "Jinja", "EngineCore", "Project"]),
    module("Catalog", ["Diagnostics", "Files", "Tabular", "Jinja", "EngineCore", "Project", "Planner"]),
    module(
      "Connectors",
      [
        "Diagnostics", "Jinja", "EngineCore", "Project",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    module(
      "Packages",
      [
        "Diagnostics", "Jinja", "Project",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    module("Loads", ["Diagnostics", "Jinja", "EngineCore", "Project"]),
    module("StateStore", ["Diagnostics", "Files", .product(name: "GRDB", package: "GRDB.swift")]),
    module(
      "Runner",
      [
        "Diagnostics", "Files", "Tabular", "Jinja", "EngineCore", "Project", "Planner", "Checks", "Catalog",
        "Connectors", "Loads", "StateStore",
      ]),
    module(
      "Server",
      [
        "Diagnostics", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    module(
      "CommandLine",
      [
        "Diagnostics", "Files", "Tabular", "Jinja", "EngineCore", "Project", "Planner", "Checks", "Catalog",
        "Connectors", "Loads", "Packages", "StateStore", "Runner", "Server",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "jinja-bench", dependencies: ["Diagnostics", "Jinja"], path: "Benchmarks/jinja",
      exclude: ["bench.py", "templates", "variables.json"], swiftSettings: settings,
      linkerSettings: runtimeInside),
    .executableTarget(
      name: "weir",
      dependencies: ["Diagnostics", "EngineCore", "DuckDBEngine", "Project", "Connectors", "CommandLine"],
      swiftSettings: settings,
      linkerSettings: runtimeInside),
    .target(name: "CommandTesting", path: "Tests/CommandTesting", swiftSettings: settings),
    .target(name: "RandomTesting", path: "Tests/RandomTesting", swiftSettings: settings),
    .target(
      name: "ServiceTesting", dependencies: ["CommandTesting"], path: "Tests/ServiceTesting",
      swiftSettings: settings),
    tests("ServiceTestingTests", ["ServiceTesting", "CommandTesting"]),
    tests("LakeTests", ["ServiceTesting", "CommandTesting", "RandomTesting"]),
    tests("EndToEndTests", ["CommandTesting"], exclude: ["Cases"]),
    tests("ExamplesTests", ["CommandTesting", "ServiceTesting"]),
    tests("FaultTests", ["CommandTesting", "ServiceTesting", "RandomTesting"]),
    tests("TourTests", ["CommandTesting"]),
    tests("DiagnosticsTests", ["Diagnostics"]),
    tests("FilesTests", ["Files"]),
    tests("ImportRulesTests", []),
    tests(
      "PlannerTests", ["Planner", "Project", "EngineCore", "Jinja", "Diagnostics", "RandomTesting"],
      exclude: ["Corpus"]),
    tests("ChecksTests", ["Checks", "Project", "EngineCore", "Jinja", "Diagnostics"]),
    tests(
      "CatalogTests",
      ["Catalog", "Planner", "Project", "EngineCore", "Jinja", "Diagnostics", "CommandTesting"],
      exclude: ["Page"]),
    tests("ProjectTests", ["Project", "EngineCore", "Jinja", "Diagnostics", "Tabular", "RandomTesting"]),
    tests("TabularTests", ["Tabular"]),
    tests(
      "ConnectorsTests",
      [
        "Connectors", "Diagnostics", "DuckDBEngine", "EngineCore", "Jinja", "Project", "Tabular",
        "CommandTesting",
        "ServiceTesting",
      ], exclude: ["REST/Server"]),
    tests("DuckDBEngineTests", ["DuckDBEngine", "EngineCore", "Tabular", "Diagnostics"]),
    tests("JinjaTests", ["Jinja", "Diagnostics", "RandomTesting"], exclude: ["Corpus", "record_corpus.py"]),
    tests(
      "CommandLineTests",
      [
        "CommandLine", "Connectors", "Diagnostics", "EngineCore", "Jinja", "Loads", "Planner", "Project",
        "Runner",
        "Tabular",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    tests(
      "StateStoreTests",
      ["StateStore", "Diagnostics", .product(name: "GRDB", package: "GRDB.swift")]),
    tests(
      "RunnerTests",
      [
        "Runner", "Diagnostics", "Tabular", "Jinja", "EngineCore", "DuckDBEngine", "Project", "Planner",
        "Checks", "StateStore", "Connectors", "Loads", "RandomTesting",
      ]),
    tests(
      "ServerTests",
      ["Server", "Diagnostics", "CommandTesting", .product(name: "NIOHTTP1", package: "swift-nio")]),
    tests("PackagesTests", ["Packages", "Diagnostics", "Jinja", "Project", "CommandTesting"]),
    tests("LoadsTests", ["Loads", "Project", "EngineCore", "DuckDBEngine", "Diagnostics", "Tabular"]),
  ]
)
