select count(*) as customers from stg_customers
