select
  date_trunc('month', ordered_on)::date as month,
  category,
  sum(quantity)::bigint as items,
  sum(round(quantity * price * (100 - discount_percent) / 100, 2))::decimal(12, 2) as sales
from orders
join order_lines using (order_id)
join products using (product_id)
where status <> 'returned'
group by all
