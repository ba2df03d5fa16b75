select * from {{ ref('orders') }} o join {{ ref('top') }} t using (id) where o.amount < 0
