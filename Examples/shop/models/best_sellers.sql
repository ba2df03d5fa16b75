with sold as (
  select category, product, sum(quantity)::bigint as sold
  from products
  join order_lines using (product_id)
  group by all
)

select
  category,
  product,
  sold,
  rank() over (partition by category order by sold desc) as place
from sold
qualify place <= 2
