-- What each order came to, and what of it has been paid.
with lines as (
  select
    order_id,
    sum(quantity) as items,
    sum(round(quantity * price * (100 - discount_percent) / 100, 2)) as total
  from order_lines
  join products using (product_id)
  group by order_id
),

paid as (
  select order_id, sum(amount) as paid
  from payments
  group by order_id
)

select
  orders.order_id,
  orders.customer_id,
  orders.ordered_on,
  orders.status,
  lines.items,
  lines.total::decimal(12, 2) as total,
  coalesce(paid.paid, 0)::decimal(12, 2) as paid
from orders
join lines using (order_id)
left join paid using (order_id)
