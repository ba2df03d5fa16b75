import CommandTesting
import Foundation
import Testing

@testable import Catalog

/// The sources of the documentation's page, as they lie in `Web/documentation` and as the program has them.
@Suite struct PageSourcesTests {
  private static let top = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardizedFileURL
  private static let folder = top.appending(path: "Web/documentation")

  private static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  private static var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
  }

  @Test("The program's page is that of Web/documentation: else run scripts/pages.py")
  func step() throws {
    #expect(try PageSources.page == Self.text("page.html"))
    #expect(try PageSources.style == Self.text("style.css"))
    let scripts = try Self.names.filter { $0.hasSuffix(".js") }
    #expect(try Set(PageSources.scripts) == Set(scripts.map(Self.text)))
    #expect(PageSources.scripts.count == scripts.count)
    #expect(try Self.names.count == scripts.count + 2)
  }

  @Test("Nothing of the page makes markup of texts, or loads anything")
  func harmless() throws {
    let forbidden = [
      "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc",
      "DOMParser", "setAttributeNS", "createContextualFragment", "fetch(", "XMLHttpRequest", "import(",
      "@import",
      "url(", "</script", "<!--",
    ]
    for name in try Self.names where !name.hasSuffix(".html") {
      let text = try Self.text(name)
      for word in forbidden { #expect(!text.contains(word), "\(name) has \(word)") }
    }
  }

  @Test("No source of the page has more than 300 lines")
  func sizes() throws {
    for name in try Self.names {
      let count = try Self.text(name).split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(count <= 300, "\(name) has \(count) lines")
    }
  }

  private static let node = ["/usr/bin/node", "/usr/local/bin/node"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(
    "The page's scripts pass their own checks",
    .enabled(if: node != nil, "node is not installed: the page's scripts were not run"))
  func scripts() async throws {
    let check = Self.top.appending(path: "Tests/CatalogTests/Page/check.js").path
    let outcome = try await Command(
      program: #require(Self.node), arguments: [check], folder: Self.top.path, environment: [:]
    ).run()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("passed"))
  }
}
