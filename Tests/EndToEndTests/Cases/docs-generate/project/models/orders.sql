select id, {{ cents('amount') }} as amount from {{ ref('raw_orders') }}
