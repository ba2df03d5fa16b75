select
  order_id,
  customers.name,
  ordered_on,
  total - paid as owed
from order_totals
join customers using (customer_id)
where paid < total
