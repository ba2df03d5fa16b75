/// The files of a new project.
enum ProjectTemplate {
  /// Paths and texts, in the order they are shown.
  static func files(_ name: String) -> [(path: String, text: String)] {
    [
      ("weir.yml", settings(name)),
      ("seeds/raw_customers.csv", rawCustomers),
      ("seeds/raw_orders.csv", rawOrders),
      ("models/staging/stg_orders.sql", stagedOrders),
      ("models/customers.sql", customers),
      ("models/models.yml", properties),
      ("tests/no_order_before_the_customer.sql", singularCheck),
      ("README.md", readme(name)),
      (".gitignore", "target/\n.weir/\ndbt_packages/\n*.duckdb\n*.duckdb.wal\n"),
    ]
  }

  private static func settings(_ name: String) -> String {
    """
    name: \(name)
    version: "1.0"

    # Without a profiles.yml the warehouse is DuckDB, in \(name).duckdb beside this file.

    models:
      \(name):
        +materialized: table
        staging:
          +materialized: view

    """
  }

  private static let rawCustomers = """
    customer_id,name,joined_on
    1,Ada,2024-01-03
    2,Grace,2024-01-17
    3,Edsger,2024-02-11

    """

  private static let rawOrders = """
    order_id,customer_id,ordered_on,amount_cents,status
    1,1,2024-01-05,1250,completed
    2,1,2024-02-09,300,completed
    3,2,2024-01-20,9900,returned
    4,3,2024-02-12,450,completed
    5,2,2024-03-01,1999,placed

    """

  private static let stagedOrders = """
    -- Plain SQL: raw_orders is a seed of this project, so this model is built after it.
    select
      order_id,
      customer_id,
      ordered_on,
      amount_cents / 100 as amount,
      status
    from raw_orders

    """

  private static let customers = """
    select
      customer.customer_id,
      customer.name,
      customer.joined_on,
      count(stg_orders.order_id) as orders,
      coalesce(sum(stg_orders.amount) filter (stg_orders.status = 'completed'), 0) as revenue
    from raw_customers as customer
    left join stg_orders using (customer_id)
    group by all
    order by customer_id

    """

  private static let properties = """
    version: 2

    models:
      - name: stg_orders
        description: One row for each order.
        columns:
          - name: order_id
            data_tests: [unique, not_null]
          - name: status
            data_tests:
              - accepted_values:
                  arguments:
                    values: [placed, completed, returned]

      - name: customers
        description: One row for each customer, with what they ordered and paid.
        columns:
          - name: customer_id
            data_tests: [unique, not_null]

    """

  private static let singularCheck = """
    -- A check is a query for rows that must not be there.
    select stg_orders.*
    from stg_orders
    join raw_customers using (customer_id)
    where ordered_on < joined_on

    """

  private static func readme(_ name: String) -> String {
    """
    # \(name)

        weir build                      load, model, check and publish
        weir show --select customers    look at the result
        weir test                       run the checks alone

    `seeds/` holds small CSV files, `models/` the SQL, `models/models.yml` what is promised of it, `tests/`
    queries for rows that must not exist. A model whose check fails is not published: readers keep the old one.

    """
  }
}
