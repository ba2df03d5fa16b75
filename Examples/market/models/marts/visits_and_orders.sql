with visits as (
  select day, count(*) as visits, count(distinct visitor) as visitors
  from site.visits
  group by day
),
orders as (
  select placed_on as day, count(*) as orders
  from stg_orders
  group by placed_on
)
select
  day,
  visits,
  visitors,
  coalesce(orders, 0) as orders
from visits
left join orders using (day)
