import Project
import Testing

@testable import Loads

@Suite("Names of a load's columns")
struct NamingTests {
  @Test(
    "become snake_case",
    arguments: [
      ("OrderID", "order_id"), ("HTTPServer2", "http_server2"), ("order id", "order_id"),
      ("orderId", "order_id"),
      ("2ndName", "_2nd_name"), ("Straße", "straße"), ("Größe (cm)", "größe_cm"), ("a--b", "a_b"),
      ("_id", "_id"),
      ("名前", "名前"), ("select", "select"), ("x\"; drop table t", "x_drop_table_t"), ("a\nb", "a_b"), ("", "_"),
      ("ABC", "abc"), ("isHTTPSOn", "is_https_on"), ("already_fine_", "already_fine_"), ("%", "_"),
    ])
  func snakeCase(source: String, expected: String) {
    #expect(NamingRule.snakeCase.name(for: source) == expected)
  }

  @Test("are kept if the load says so")
  func kept() {
    #expect(NamingRule.keep.name(for: "Order ID") == "Order ID")
  }
}
