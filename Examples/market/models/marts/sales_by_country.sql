select
  country,
  count(*) as orders,
  sum(orders.amount) as ordered,
  sum(charges.amount) filter (where charges.succeeded) as paid,
  count(*) filter (where status = 'returned') as returned
from stg_orders as orders
join stg_customers using (customer_id)
left join stg_charges as charges using (order_id)
group by country
