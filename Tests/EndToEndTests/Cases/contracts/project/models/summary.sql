select customer_id, sum(amount)::decimal(10, 2) as amount from {{ ref('orders') }} group by all
