select count(*) as total from {{ ref('orders') }}
