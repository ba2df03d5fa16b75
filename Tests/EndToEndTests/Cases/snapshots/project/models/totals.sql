select count(*) as versions from {{ ref('orders_history') }}
