import NIOHTTP1
import Testing

@testable import Server

/// What is answered to requests.
@Suite struct FileReplyTests {
  private let reply = FileReply(
    folder: "/shop/target", names: ["index.html", "catalog.json", "manifest.json"], host: "docs.example")

  @Test(
    "The files are served by their names, and the first one without a name",
    arguments: [
      ("/", "index.html", "text/html; charset=utf-8"),
      ("/index.html", "index.html", "text/html; charset=utf-8"),
      ("/catalog.json?x=1", "catalog.json", "application/json"),
      ("/manifest.json", "manifest.json", "application/json"),
      ("/?a/../b", "index.html", "text/html; charset=utf-8"),
    ])
  func files(_ target: String, _ name: String, _ type: String) {
    #expect(
      reply.answer(.GET, target, host: "127.0.0.1:8080") == .file(path: "/shop/target/\(name)", type: type))
    #expect(reply.answer(.HEAD, target, host: nil) == .file(path: "/shop/target/\(name)", type: type))
  }

  @Test(
    "Nothing else is, however it is spelled",
    arguments: [
      "/run_results.json", "/../profiles.yml", "/..%2fprofiles.yml", "/%2e%2e/x", "//index.html",
      "/./index.html",
      "/index.html/", "/INDEX.HTML", "/index.html%00", "index.html", "", "/compiled/a.sql",
      "/target/../index.html",
      "http://127.0.0.1/index.html", "*", "/\\index.html",
    ])
  func others(_ target: String) {
    #expect(reply.answer(.GET, target, host: nil) == .refusal(.notFound))
  }

  @Test("Only reading is possible", arguments: [HTTPMethod.POST, .PUT, .DELETE, .OPTIONS, .CONNECT, .TRACE])
  func methods(_ method: HTTPMethod) {
    #expect(reply.answer(method, "/", host: nil) == .refusal(.methodNotAllowed))
  }

  @Test("A request for another site is refused, so that no site can make a browser read these files")
  func hosts() {
    for host in [
      "localhost", "LOCALHOST:8080", "127.0.0.1", "192.168.0.7:80", "[::1]:8080", "docs.example:1",
    ] {
      #expect(reply.answer(.GET, "/catalog.json", host: host) != .refusal(.misdirectedRequest), "\(host)")
    }
    for host in ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "localhost.evil.example"]
    {
      #expect(reply.answer(.GET, "/catalog.json", host: host) == .refusal(.misdirectedRequest), "\(host)")
    }
  }
}
