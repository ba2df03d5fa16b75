-- which orders are large
select * from {{ ref('orders') }} where amount > {{ var('large', 15) }}
