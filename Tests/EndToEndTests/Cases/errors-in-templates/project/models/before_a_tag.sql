select idd from {{ ref('orders') }}
