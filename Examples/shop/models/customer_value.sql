select
  customers.customer_id,
  customers.name,
  customers.city,
  count(order_id) as orders,
  min(ordered_on) as first_order_on,
  max(ordered_on) as last_order_on,
  coalesce(sum(total) filter (where status <> 'returned'), 0) as spent
from customers
left join order_totals using (customer_id)
group by all
