import Diagnostics
import Jinja
import Testing

@testable import Project

/// The names were read from dbt-core 1.11's own manifests.
@Suite struct CheckNamingTests {
  private func build(
    _ yaml: String, _ owner: DeclaredCheck.Owner, column: String? = nil
  ) throws -> DeclaredCheck {
    let node = try #require(try YAMLFile.parse(yaml, file: "m.yml"))
    let definition = column.map { ColumnDefinition(name: $0, meta: [:]) }
    return try CheckBuilder(owner: owner, file: "m.yml", column: definition).build(node) { .string($0) }
  }

  @Test(
    "Checks are named and numbered as by dbt",
    arguments: [
      ("unique", "customers", "customer_id", "unique_customers_customer_id.c5af1ff4b1"),
      ("not_null: {}", "orders", "order_id", "not_null_orders_order_id.cf6c17daed"),
      (
        "relationships: {to: ref('customers'), field: customer_id}", "orders", "customer_id",
        "relationships_orders_customer_id__customer_id__ref_customers_.c6ec7f58f2"
      ),
      (
        "relationships: {arguments: {to: ref('customers'), field: customer_id}}", "orders", "customer_id",
        "relationships_orders_customer_id__customer_id__ref_customers_.c6ec7f58f2"
      ),
      (
        "accepted_values: {values: [placed, shipped, completed, return_pending, returned]}", "orders",
        "status",
        "accepted_values_orders_status__placed__shipped__completed__return_pending__returned.be6b5b5ec3"
      ),
      (
        "accepted_values: {arguments: {quote: false, values: [1, 2.5, true, null, "
          + "'it''s a very long value that makes the name too long', {a: b}]}}", "fct_orders", "status",
        "accepted_values_fct_orders_status__False__1__2_5__True__None__"
          + "it_s_a_very_long_value_that_makes_the_name_too_long___a_b_.966c1b3b3f"
      ),
    ])
  func names(yaml: String, model: String, column: String, expected: String) throws {
    let check = try build(yaml, .resource(name: model), column: column)
    #expect("\(check.fullName).\(check.hash)" == expected)
  }

  @Test("Checks of sources say so in their names")
  func sources() throws {
    let owner = DeclaredCheck.Owner.source(source: "raw", table: "orders")
    let check = try build("unique", owner, column: "id")
    #expect("\(check.fullName).\(check.hash)" == "source_unique_raw_orders_id.56401af608")
    let own = try build("at_least_one: {arguments: {minimum: 3}}", owner)
    #expect("\(own.fullName).\(own.hash)" == "source_at_least_one_raw_orders_3.1e9ae86fd6")
  }

  @Test("A name given in the file is taken")
  func ownNames() throws {
    let check = try build("unique: {column_name: a || b, name: named_one}", .resource(name: "fct_orders"))
    #expect("\(check.fullName).\(check.hash)" == "named_one.5ee77dd9fd")
    let flat = try build(
      "{name: my_custom_name, test_name: at_least_one, arguments: {minimum: 5}, config: {limit: 10}}",
      .resource(name: "fct_orders"))
    #expect("\(flat.fullName).\(flat.hash)" == "my_custom_name.958e0a6c90")
    #expect(flat.config == ["limit": 10])
  }

  @Test("A name too long for a table is cut and hashed")
  func longNames() throws {
    let check = try build(
      "accepted_values: {values: [placed, shipped, completed, return_pending, returned]}",
      .resource(name: "orders"), column: "status")
    #expect(check.shortName == "accepted_values_orders_1ce6ab157c285f7cd2ac656013faf758")
    #expect(check.config["alias"] == "accepted_values_orders_1ce6ab157c285f7cd2ac656013faf758")
  }

  @Test(
    "What is no check is refused",
    arguments: [
      ("[a]", "a check must be a name or a mapping, not a list"),
      ("{a: 1, b: 2}", "a check must be one name with its arguments under it, not 2 keys"),
      ("a: 3", "the arguments of the check 'a' must be a mapping, not a number"),
      ("a b", "'a b' cannot be the name of a check"),
      ("a: {model: x}", "a check cannot be given 'model': it is what the check is declared on"),
      ("a: {config: 3}", "'config' of a check must be a mapping, not an integer"),
      ("a: {where: x, config: {where: y}}", "the check 'a' says 'where' both in and beside its config"),
    ])
  func refusals(yaml: String, message: String) {
    let problem = #expect(throws: (any Error).self) { try build(yaml, .resource(name: "m")) }
    #expect((problem as? Diagnostic)?.message == message)
  }
}
