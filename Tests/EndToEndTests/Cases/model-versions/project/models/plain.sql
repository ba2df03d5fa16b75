select id from dim_customers
