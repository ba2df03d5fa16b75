import Diagnostics
import Foundation
import Testing

@testable import Connectors

@Suite("Parents and children against a server")
struct ParentServerTests {
  private func withOrders(_ body: (TestServer, [String]) async throws -> Void) async throws {
    try await TestServer.with { server in
      try await TestFolder.with { folder in
        let orders = try RESTResource.make("orders", data: "orders")
        let extraction = try await RESTSource.with(try server.connection()) { source in
          try await source.extract(orders, into: try SpoolFolder(at: folder))
        }
        #expect(extraction.rows == 31)
        try await body(server, extraction.files)
      }
    }
  }

  @Test(
    "children come in the order of their parents, each asked for once, with the parent's fields",
    arguments: [1, 4, 64])
  func children(_ concurrency: Int) async throws {
    try await withOrders { server, files in
      var connection = try server.connection()
      connection.concurrency = concurrency
      var items = try RESTResource.make(
        "orders/{orders.id}/items", Paging(.pageNumber(at: .query("page"), first: 1, limit: nil, total: nil)))
      items.includeFromParent = [.test("id"), .test("code")]
      items.responseActions = [ResponseAction(status: 404, action: .ignore)]
      var expected: [String] = []
      for order in 0..<30 where order != 13 {
        for line in 0..<(order % 4) {
          let row =
            #"{"_orders_id":\#(order),"_orders_code":"a/b \#(order)","line": \#(line + 1), "order": \#(order)}"#
          expected.append(row)
        }
      }
      try await extract(items, from: connection, parents: ["orders": files]) { extraction, lines in
        #expect(lines == expected)
        #expect(extraction.warnings == [])
      }
    }
  }

  @Test("parents without a value are passed over with a warning; those that lead to one request ask once")
  func customers() async throws {
    try await withOrders { server, files in
      let customers = try RESTResource.make("customers/{resources.orders.customer}")
      try await extract(customers, from: try server.connection(), parents: ["orders": files]) {
        extraction, lines in
        #expect(lines == [#"{ "id": 1, "tags": [] }"#, #"{ "id": 2, "tags": [] }"#])
        #expect(
          extraction.warnings.map(\.message) == [
            "10 of 31 rows of 'orders' have no value for {orders.customer}: nothing was asked for them"
          ])
      }
      let counts = try await server.counts()
      #expect([counts["customer 1"], counts["customer 2"]] == [1, 1])
    }
  }

  @Test("a value goes into a path, a query and a body without changing what they are")
  func escaping() async throws {
    try await withOrders { server, files in
      var echo = try RESTResource.make(
        "echo/{orders.code}", nil, [("q", "x {orders.code}&y"), ("none", "{incremental.start}")])
      echo.method = "POST"
      echo.body = ["id": "{orders.id}", "text": "no. {orders.id}", "query": "{ users { id } }"]
      try await extract(echo, from: try server.connection(), parents: ["orders": files]) { _, lines in
        let first = try #require(lines.first)
        #expect(first.hasPrefix(#"{"path": "/echo/a%2Fb%200?q=x%20a%2Fb%200%26y", "#))
        #expect(first.hasSuffix(#""body": "{\"id\":0,\"text\":\"no. 0\",\"query\":\"{ users { id } }\"}"}"#))
      }
    }
  }

  @Test("a field that no parent has, and a parent that was not read, are refused")
  func refused() async throws {
    try await withOrders { server, files in
      func failure(_ resource: RESTResource, _ parents: [String: [String]]) async throws -> Diagnostic? {
        await #expect(throws: Diagnostic.self) {
          try await extract(resource, from: try server.connection(), parents: parents) { _, _ in }
        }
      }
      let unknown = try await failure(try .make("customers/{orders.nobody}"), ["orders": files])
      #expect(
        unknown?.message == "no row of 'orders' has a value for {orders.nobody}, which 'rows' needs")
      let unread = try await failure(try .make("customers/{orders.id}"), [:])
      #expect(unread?.message == "'rows' asks for rows of 'orders', which was not read before it")
      let two = try await failure(try .make("x/{orders.id}/{shops.id}"), ["orders": files])
      #expect(two?.message == "'rows' takes values from several tables: orders, shops")
      let taken = try #require(try? SpoolFolder(at: NSTemporaryDirectory() + "weir-\(UUID().uuidString)"))
      defer { try? FileManager.default.removeItem(atPath: taken.path) }
      let writer = SpoolWriter(in: taken)
      try writer.append(Array(#"{"id": 1, "t": {"id": 5}}"#.utf8))
      try writer.finish()
      var customers = try RESTResource.make("echo/{t.id}", data: "headers")
      customers.includeFromParent = [.test("t.id")]
      try await extract(customers, from: try server.connection(), parents: ["t": writer.files]) { _, lines in
        #expect(lines.first?.hasPrefix(#"{"_t_t_id":5,"Accept": "#) == true)
      }
    }
  }
}
