import Testing

@testable import Connectors

@Suite("Addresses")
struct AddressTests {
  @Test("a URL is taken apart, and what is none is refused")
  func parsing() {
    let cases: [(String, String?)] = [
      ("http://X.example:80/a?b=c#d", "http://x.example/a?b=c"), ("https://x:8443", "https://x:8443/"),
      ("HTTPS://x:443/é b", "https://x/%C3%A9%20b"), ("https://x/%41?q=%20", "https://x/%41?q=%20"),
      ("https://x?y", "https://x/?y"), ("http://[::1]:8080/", "http://[::1]:8080/"),
      ("https://user:pass@x/", nil), ("ftp://x/", nil), ("x/y", nil), ("https://", nil), ("https:///y", nil),
      ("https://a b/", nil),
    ]
    for (text, expected) in cases { #expect(WebAddress(text)?.description == expected, "\(text)") }
  }

  @Test("references are resolved as RFC 3986 has it")
  func resolving() throws {
    let base = try #require(WebAddress("http://a/b/c/d?q"))
    let cases: [(String, String?)] = [
      ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
      ("//g", "http://g/"), ("?y", "http://a/b/c/d?y"), ("g?y", "http://a/b/c/g?y"),
      ("#s", "http://a/b/c/d?q"),
      ("", "http://a/b/c/d?q"), (".", "http://a/b/c/"), ("..", "http://a/b/"), ("../g", "http://a/b/g"),
      ("../../..", "http://a/"), ("../../../g", "http://a/g"), ("https://z/x", "https://z/x"),
      ("mailto:x", nil),
      ("g?u=http://x/", "http://a/b/c/g?u=http://x/"),
    ]
    for (reference, expected) in cases {
      #expect(base.resolving(reference)?.description == expected, "\(reference)")
    }
  }

  @Test("paths are added and parameters take the place of those of their name")
  func building() throws {
    let base = try #require(WebAddress("https://x/api/v1/?version=2"))
    #expect(base.appending(path: "orders").description == "https://x/api/v1/orders?version=2")
    #expect(base.appending(path: "/orders?a=1").description == "https://x/api/v1/orders?version=2&a=1")
    #expect(base.appending(path: "?a=1").description == "https://x/api/v1/?version=2&a=1")
    var url = try #require(WebAddress("https://x/?p=1&q=2&p=3&r%5B%5D=4"))
    url.set([QueryParameter("p", "a b&c"), QueryParameter("r[]", "é")])
    #expect(url.description == "https://x/?q=2&p=a%20b%26c&r%5B%5D=%C3%A9")
    url.set([QueryParameter("t", "1"), QueryParameter("t", "2")])
    #expect(url.query?.hasSuffix("&t=1&t=2") == true)
  }

  @Test("placeholders are those that name a table's field; all other braces stay")
  func templates() {
    let template = TemplateText(
      "/o/{orders.id}/{resources.shop-1.a.b}?{x} {a b.c} {{ users { id } }} {incremental.start_value}")
    #expect(
      template.placeholders.map(\.description) == ["{orders.id}", "{shop-1.a.b}", "{incremental.start}"])
    var bindings = Bindings()
    #expect(template.filled(with: bindings) == nil)
    for placeholder in template.placeholders { bindings[placeholder] = BoundValue(text: "é/", json: "1") }
    #expect(
      template.filled(with: bindings, encoding: WebAddress.encoded)
        == "/o/%C3%A9%2F/%C3%A9%2F?{x} {a b.c} {{ users { id } }} %C3%A9%2F")
    #expect(TemplateText("").placeholders.isEmpty && TemplateText("{").description == "{")
  }

  @Test("Base64 is RFC 4648's")
  func base64() {
    let cases = [
      "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=",
      "foobar": "Zm9vYmFy",
    ]
    for (text, expected) in cases { #expect(Base64.encoded(text) == expected) }
  }
}
